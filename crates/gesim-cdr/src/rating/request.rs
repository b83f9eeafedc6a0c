//! Answers to rating requests: results by service.

use gesim_core::Tadig;

use super::{rate, Rated, Result};
use crate::bwrp::{out::text, settlement::RULES_VERSION, Decimal, Json, Request, Style};

/// The answer to a request: its deal values, and the document. Requests with numbers are answered with a header,
/// usage and directions; those with texts, the older shape, with values alone.
pub fn rate_request(request: &Request) -> Result<(Rated, Json)> {
    let rated = rate(&request.discounts, &request.usage)?;
    let lines = rated.parts.iter().flat_map(|part| &part.lines);
    let results = lines.filter_map(|line| {
        let direction = line.direction?;
        let names = [
            ("service", text(&line.service)),
            ("homeTadigs", tadigs(&line.homes)),
            ("visitorTadigs", tadigs(&line.visitors)),
            ("dealValue", number(line.deal, request.style)),
        ];
        // only where there is a shortfall: requests without commitments have no such member
        let short = (!line.short.is_zero()).then(|| ("shortOfCommitment", number(line.short, request.style)));
        let newer = [("usage", Json::Number(line.usage)), ("type", text(direction.name()))];
        let newer = newer.into_iter().filter(|_| request.style == Style::Numbers);
        Some(Json::object(names.into_iter().chain(short).chain(newer)))
    });
    let results = ("intermediateResults", Json::List(results.collect()));
    // the hash of the program that answered: this one has no single file to hash
    let header = Json::object([("version", text(RULES_VERSION)), ("md5hash", text(""))]);
    let header = (request.style == Style::Numbers).then_some(("header", header));
    let answer = Json::object(header.into_iter().chain([results]));
    Ok((rated, answer))
}

fn number(value: Decimal, style: Style) -> Json {
    match style {
        Style::Numbers => Json::Number(value),
        Style::Texts => text(value),
    }
}

fn tadigs(tadigs: &[Tadig]) -> Json {
    Json::List(tadigs.iter().map(text).collect())
}
