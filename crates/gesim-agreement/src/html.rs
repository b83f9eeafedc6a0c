//! A document as a page: its prose, its block as it is written, and what the block means.

use std::fmt::Write as _;

use pulldown_cmark::{html, CowStr, Event, Options, Parser, Tag};

use crate::{document::Document, explain::terms_table};

/// A whole HTML page. Raw HTML of the document is shown as text, and links lead nowhere but to web and mail: a page
/// that is opened runs nothing and looks like what was hashed.
pub fn render(document: &Document) -> String {
    let block_end = document.block_range().end;
    let mut body = String::new();
    let mut events: Vec<Event> = Vec::new();
    for (event, range) in Parser::new_ext(document.text(), Options::empty()).into_offset_iter() {
        let last = range.end >= block_end && range.start <= block_end;
        let closes = last && matches!(event, Event::End(pulldown_cmark::TagEnd::CodeBlock));
        events.push(safe(event));
        if closes {
            html::push_html(&mut body, events.drain(..));
            body.push_str(&table(document));
        }
    }
    html::push_html(&mut body, events.into_iter());
    let title = format!("Agreement {} - {}", document.contract.parties.mno, document.contract.parties.mvno);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{title}</title>\n<style>body{{max-width:50em;margin:2em auto;font-family:sans-serif}}\
         table{{border-collapse:collapse}}td,th{{border:1px solid #999;padding:.3em .6em;text-align:left}}\
         pre{{background:#eee;padding:1em;overflow:auto}}code{{word-break:break-all}}</style>\n</head>\n<body>\n\
         {body}</body>\n</html>\n"
    )
}

/// What the block means, below it.
fn table(document: &Document) -> String {
    let mut out = String::from("<table>\n<caption>What these terms mean</caption>\n");
    // writing into a string does not fail
    for row in terms_table(&document.contract).0 {
        let _ = writeln!(out, "<tr><th>{}</th><td>{}</td></tr>", escaped(&row.item), escaped(&row.meaning));
    }
    let hash = document.contract_hash().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    });
    let _ = writeln!(out, "<tr><th>contract hash</th><td><code>{hash}</code></td></tr>\n</table>");
    out
}

fn safe(event: Event) -> Event {
    match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            Event::Start(Tag::Link { link_type, dest_url: safe_url(dest_url), title, id })
        }
        // a picture is a request to a stranger's server
        Event::Start(Tag::Image { link_type, title, id, .. }) => {
            Event::Start(Tag::Image { link_type, dest_url: "".into(), title, id })
        }
        other => other,
    }
}

fn safe_url(url: CowStr) -> CowStr {
    let lower = url.to_ascii_lowercase();
    let known = ["https://", "http://", "mailto:", "#"].iter().any(|scheme| lower.starts_with(scheme));
    if known {
        url
    } else {
        "#".into()
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
