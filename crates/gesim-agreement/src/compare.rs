//! A document held against what stands on-chain, field by field: signed is what is the same.

use std::fmt::Display;

use settlement::state::{Agreement, Frame, LaneTerms, Terms, TermsHead, Tier};

use crate::{contract::Contract, quantity::lane};

/// A field in which the two differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub field: String,
    pub document: String,
    pub chain: String,
}

struct Differences(Vec<Difference>);

impl Differences {
    fn field(&mut self, field: impl Into<String>, document: impl Display, chain: impl Display) {
        let (document, chain) = (document.to_string(), chain.to_string());
        if document != chain {
            self.0.push(Difference { field: field.into(), document, chain });
        }
    }
}

/// What an agreement's account says otherwise.
pub fn with_agreement(contract: &Contract, chain: &Agreement) -> Vec<Difference> {
    let mut found = Differences(Vec::new());
    found.field("number", contract.number, chain.id);
    found.field("mno", contract.mno(), chain.mno);
    found.field("mvno-address", contract.parties.mvno_address, chain.mvno_origin);
    found.field("mint", contract.money.mint, chain.mint);
    let (
        Frame { measure, currency_decimals, rounding, prove_window, dispute_window, resolve_window, prover_reward },
        there,
    ) = (&contract.frame, &chain.frame);
    found.field("measure", measure, there.measure);
    found.field("decimals", currency_decimals, there.currency_decimals);
    found.field("rounding", rounding, there.rounding);
    found.field("prove (seconds)", prove_window, there.prove_window);
    found.field("dispute (seconds)", dispute_window, there.dispute_window);
    found.field("resolve (seconds)", resolve_window, there.resolve_window);
    found.field("prover-reward (smallest units)", prover_reward, there.prover_reward);
    found.0
}

/// What a version of the terms says otherwise.
pub fn with_terms(contract: &Contract, chain: &Terms) -> Vec<Difference> {
    let mut found = Differences(Vec::new());
    let there = &chain.head;
    // every field by name: one that is added later cannot be forgotten here
    let TermsHead {
        effective_from,
        prose_hash,
        tax_bps,
        commitment,
        arbiter,
        timeout_rule,
        payment_days,
        late_days,
        penalty_bps,
        reverse,
        close_grace,
        rate_source,
        sla,
    } = &contract.head;
    found.field("text of the document (SHA-256)", hex(prose_hash), hex(&there.prose_hash));
    found.field("effective-from", effective_from, there.effective_from);
    found.field("tax (basis points)", tax_bps, there.tax_bps);
    found.field("commitment", format!("{commitment:?}"), format!("{:?}", there.commitment));
    found.field("arbiter", arbiter, there.arbiter);
    found.field("timeout", format!("{timeout_rule:?}"), format!("{:?}", there.timeout_rule));
    found.field("payment-days", payment_days, there.payment_days);
    found.field("late-days", late_days, there.late_days);
    found.field("penalty (basis points)", penalty_bps, there.penalty_bps);
    found.field("reverse", reverse, there.reverse);
    found.field("close-grace (seconds)", close_grace, there.close_grace);
    found.field("rate-source", hex(rate_source), hex(&there.rate_source));
    found.field("sla", format!("{sla:?}"), format!("{:?}", there.sla));
    for index in 0..=u8::MAX {
        let of = |lanes: &[LaneTerms]| lanes.iter().find(|terms| terms.lane == index).map(in_short);
        let name = lane(index).map_or_else(|| index.to_string(), |lane| lane.name().into());
        let none = || "not named".to_string();
        let (document, chain) = (of(&contract.lanes), of(&chain.lanes));
        found.field(format!("lane {name}"), document.unwrap_or_else(none), chain.unwrap_or_else(none));
    }
    found.0
}

fn in_short(terms: &LaneTerms) -> String {
    let LaneTerms { lane: _, first, next, increment_rounding, per, tiers, unbalanced } = terms;
    let list = |tiers: &[Tier]| {
        let one = |Tier { start, rate, fixed }: &Tier| format!("from {start}: {rate} + {fixed}");
        tiers.iter().map(one).collect::<Vec<_>>().join(", ")
    };
    let (prices, rest) = (list(tiers), list(unbalanced));
    format!("{first}/{next} rounding {increment_rounding}, per {per}: [{prices}], unbalanced [{rest}]")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
