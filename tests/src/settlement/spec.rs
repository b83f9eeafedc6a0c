//! What two sides agree on in tests.

use anchor_lang::prelude::Pubkey;
use settlement::{
    state::{terms::RevenueCommitment, Frame, LaneTerms, TermsHead, Tier, TimeoutRule},
    ExchangeRate,
};

use super::{DISPUTE, PROVE, RESOLVE, REWARD};

/// A unit of the tariff is a unit of the stablecoin.
pub const RATE: ExchangeRate = ExchangeRate { numerator: 1, denominator: 1, date: 20_261_031 };

/// An agreement and one version of its terms.
#[derive(Debug, Clone)]
pub struct Spec {
    pub frame: Frame,
    pub head: TermsHead,
    pub lanes: Vec<LaneTerms>,
}

/// Units of every lane cost 2 up to 1,000 and 1 above; 5 once.
pub fn terms() -> Spec {
    let tiers = [Tier { start: 0, rate: 2, fixed: 5 }, Tier { start: 1_000, rate: 1, fixed: 0 }];
    Spec { frame: frame(), head: head(), lanes: (0..8).map(|number| lane(number, &tiers)).collect() }
}

/// Every unit of every lane costs 1, so that a batch of `n` units is invoiced with `n`.
pub fn flat() -> Spec {
    let tiers = [Tier { start: 0, rate: 1, fixed: 0 }];
    Spec { lanes: (0..8).map(|number| lane(number, &tiers)).collect(), ..terms() }
}

/// A lane's prices for single units, whatever the other direction carried.
pub fn lane(lane: u8, tiers: &[Tier]) -> LaneTerms {
    let tiers = tiers.to_vec();
    LaneTerms { lane, first: 1, next: 1, increment_rounding: 2, per: 1, tiers, unbalanced: Vec::new() }
}

fn frame() -> Frame {
    Frame {
        measure: 0,
        currency_decimals: 2,
        rounding: 1,
        prove_window: PROVE,
        dispute_window: DISPUTE,
        resolve_window: RESOLVE,
        prover_reward: REWARD,
    }
}

/// From January 2026 on: no tax, no commitment, no arbiter; late for 31 days, a tenth as penalty, a day of grace.
fn head() -> TermsHead {
    TermsHead {
        effective_from: 202_601,
        prose_hash: [9; 32],
        tax_bps: 0,
        commitment: RevenueCommitment::default(),
        arbiter: Pubkey::default(),
        timeout_rule: TimeoutRule::Drop,
        payment_days: 30,
        late_days: 31,
        penalty_bps: 1_000,
        reverse: Pubkey::default(),
        close_grace: 86_400,
        rate_source: [0; 32],
        sla: Vec::new(),
    }
}
