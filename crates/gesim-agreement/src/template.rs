//! A document to begin with.

use gesim_core::{layout::LANES, money::Rounding, Lane, Measure};
use settlement::state::{terms::RevenueCommitment, Frame, LaneTerms, TermsHead, Tier, TimeoutRule};

use crate::{
    contract::{Contract, Money, Parties},
    error::Reason,
};

const DAY: u32 = 86_400;

/// Who and in what money: what no example can know.
#[derive(Debug, Clone)]
pub struct Outline {
    pub number: u32,
    pub parties: Parties,
    pub money: Money,
    /// Decimals of the currency: of the files' charges where those are billed.
    pub decimals: u8,
    pub measure: Measure,
    /// YYYYMM.
    pub effective_from: u32,
}

impl Outline {
    /// Usual terms. Charges are billed as the files state them; units are billed at example prices,
    /// which need at least three decimals.
    pub fn contract(self) -> Result<Contract, Reason> {
        let Self { number, parties, money, decimals, measure, effective_from } = self;
        let lanes = Lane::ALL.into_iter().map(|lane| lane_terms(lane, measure, decimals)).collect::<Option<_>>();
        let lanes = lanes.ok_or_else(|| Reason::Decimals { text: "0.002".into(), decimals })?;
        let mut rate_source = [0; 32];
        let source = b"central bank reference rate";
        rate_source.iter_mut().zip(source).for_each(|(to, from)| *to = *from);
        Ok(Contract {
            number,
            parties,
            money,
            frame: Frame {
                measure: measure as u8,
                currency_decimals: decimals,
                rounding: Rounding::HalfEven as u8,
                prove_window: 30 * DAY,
                dispute_window: 7 * DAY,
                resolve_window: 30 * DAY,
                prover_reward: 0,
            },
            head: TermsHead {
                effective_from,
                prose_hash: [0; 32],
                tax_bps: 0,
                commitment: RevenueCommitment::default(),
                arbiter: Default::default(),
                timeout_rule: TimeoutRule::Pay,
                payment_days: 30,
                late_days: 30,
                penalty_bps: 1_000,
                reverse: Default::default(),
                close_grace: 10 * DAY,
                rate_source,
                sla: Vec::new(),
            },
            lanes,
        })
    }
}

/// Thousandths of the currency for so many units, by lane. Messages that arrive cost nothing.
const EXAMPLES: [(u64, u64); LANES] = [(2, 100_000), (90, 60), (20, 60), (30, 1), (0, 1), (10, 1), (10, 1), (10, 1)];

fn lane_terms(lane: Lane, measure: Measure, decimals: u8) -> Option<LaneTerms> {
    let one = 10u64.checked_pow(u32::from(decimals))?;
    let (rate, per) = match measure {
        Measure::Charge => (one, one),
        Measure::Units => {
            let (thousandths, per) = EXAMPLES.get(lane as usize).copied()?;
            (thousandths.checked_mul(10u64.checked_pow(u32::from(decimals.checked_sub(3)?))?)?, per)
        }
    };
    let tiers = vec![Tier { start: 0, rate, fixed: 0 }];
    let increment_rounding = Rounding::Ceil as u8;
    Some(LaneTerms { lane: lane as u8, first: 1, next: 1, increment_rounding, per, tiers, unbalanced: Vec::new() })
}

impl Contract {
    /// A whole document around these terms: prose to be edited, and the block.
    pub fn to_document(&self) -> String {
        let (mno, mvno) = (self.parties.mno, self.parties.mvno);
        let mut text = format!(
            "# Roaming agreement between {mno} and {mvno}\n\n\
             {mno} carries the traffic of the subscribers of {mvno} and bills it by files whose totals it proves. \
             {mvno} pays what is proven, at the prices of the terms below, and may dispute an invoice in time.\n\n\
             The terms below are executed by the GeSIM settlement program. Both sides sign one number on-chain that \
             stands for this document and for these terms: neither can be changed alone. A change is a new version \
             that both sign.\n\n## Terms\n\n"
        );
        text.push_str(&self.to_block());
        text.push_str(
            "\n## Where text and terms differ\n\n\
             Where the text of this document and its terms contradict each other, the terms count.\n",
        );
        text
    }
}
