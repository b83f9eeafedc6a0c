use anchor_lang::prelude::*;
use gesim_core::{
    digest::sha256,
    layout::LANES,
    money::{mul_div, Rounding, BASIS_POINTS},
    period::is_period,
};

use super::{agreement::MAX_WINDOW, Frame, LaneTerms};
use crate::error::SettlementError;

/// Steps of a penalty table at most.
pub const MAX_SLA_STEPS: usize = 8;
/// Largest penalty on a claim that was proven: ten times the charge.
pub const MAX_PENALTY_BPS: u32 = 10 * BASIS_POINTS as u32;
/// Oldest a record may be at the start of the period it is billed in, in days.
pub const MAX_LATE_DAYS: u16 = 400;

#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub enum TermsState {
    /// Being written by whoever opened it.
    Draft,
    /// Signed by the side that wrote it: nothing changes any more.
    Signed,
    /// Signed by both.
    Active,
}

/// Who gets the disputed part when nobody decides in time.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeoutRule {
    Pay,
    Drop,
    /// Half each; an odd unit is dropped.
    Split,
}

impl TimeoutRule {
    /// What of a disputed amount is paid.
    pub fn award(self, disputed: u64) -> u64 {
        match self {
            Self::Pay => disputed,
            Self::Drop => 0,
            Self::Split => disputed / 2,
        }
    }
}

/// What is billed at least over some periods, in tariff units; nothing when `amount` is 0.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RevenueCommitment {
    pub amount: u64,
    /// First and last period, YYYYMM.
    pub from: u32,
    pub to: u32,
    /// Lanes whose amounts count, one bit each.
    pub lanes: u8,
    /// The amount includes the tax.
    pub with_tax: bool,
}

/// Availability below `below_bps` takes `reduction_bps` off the payout.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlaStep {
    pub below_bps: u16,
    pub reduction_bps: u16,
}

/// Everything a version says beside its lanes.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Debug, PartialEq, Eq)]
pub struct TermsHead {
    /// First period it can rate, YYYYMM.
    pub effective_from: u32,
    /// SHA-256 of the whole document, with LF line ends.
    pub prose_hash: [u8; 32],
    pub tax_bps: u16,
    pub commitment: RevenueCommitment,
    /// Decides disputes; the default key when nobody does.
    pub arbiter: Pubkey,
    pub timeout_rule: TimeoutRule,
    /// Days from the invoice to its due date.
    pub payment_days: u16,
    /// How many days before its period a record may have begun.
    pub late_days: u16,
    /// On top of the charge of a record that must not have been billed.
    pub penalty_bps: u32,
    /// The agreement of the other direction, for balanced prices; the default key when there is none.
    pub reverse: Pubkey,
    /// Seconds from a period's end after which anyone may close its statement.
    pub close_grace: u32,
    /// Who publishes the exchange rate: ASCII, filled up with zeros.
    pub rate_source: [u8; 32],
    /// By ascending availability.
    #[max_len(MAX_SLA_STEPS)]
    pub sla: Vec<SlaStep>,
}

impl TermsHead {
    pub fn invariant(&self) -> Result<()> {
        require!(is_period(self.effective_from), SettlementError::BadPeriod);
        require!(self.tax_bps <= BASIS_POINTS, SettlementError::BadTerms);
        require!(self.penalty_bps <= MAX_PENALTY_BPS, SettlementError::BadTerms);
        require!(self.late_days <= MAX_LATE_DAYS, SettlementError::BadTerms);
        require!(self.close_grace <= MAX_WINDOW, SettlementError::BadWindow);
        let RevenueCommitment { amount, from, to, lanes, .. } = self.commitment;
        let committed = is_period(from) && is_period(to) && from <= to && from >= self.effective_from && lanes != 0;
        require!(amount == 0 || committed, SettlementError::BadTerms);
        require!(self.sla.len() <= MAX_SLA_STEPS, SettlementError::BadTerms);
        let small = self.sla.iter().all(|s| s.below_bps <= BASIS_POINTS && s.reduction_bps <= BASIS_POINTS);
        let ascending = self.sla.windows(2).all(|w| matches!(w, [a, b] if a.below_bps < b.below_bps));
        require!(small && ascending, SettlementError::BadTerms);
        Ok(())
    }
}

/// One version of an agreement's terms. Both sides sign its hash; nothing changes from the first signature on.
///
/// Seeds: `["terms", agreement, number u32]`.
#[account]
#[derive(Debug)]
pub struct Terms {
    pub version: u8,
    pub bump: u8,
    pub state: TermsState,
    /// The side that writes and signs first.
    pub drafted_by: super::Side,
    pub agreement: Pubkey,
    /// Counts from 1.
    pub number: u32,
    /// What both sides sign; zero while it is a draft.
    pub contract_hash: [u8; 32],
    /// Billed toward the commitment so far, in tariff units without tax.
    pub toward: u64,
    pub head: TermsHead,
    /// By ascending lane.
    pub lanes: Vec<LaneTerms>,
    pub reserved: [u8; 64],
}

impl Terms {
    /// Octets of the account with these lanes.
    pub fn space(lanes: &[LaneTerms]) -> usize {
        const FIXED: usize = 8 + 1 + 1 + 1 + 1 + 32 + 4 + 32 + 8 + TermsHead::INIT_SPACE + 4 + 64;
        lanes.iter().map(LaneTerms::space).fold(FIXED, usize::saturating_add)
    }

    pub fn lane(&self, lane: usize) -> Option<&LaneTerms> {
        self.lanes.iter().find(|terms| usize::from(terms.lane) == lane)
    }

    pub fn require_active(&self) -> Result<()> {
        require!(self.state == TermsState::Active, SettlementError::WrongTermsState);
        Ok(())
    }

    /// What both sides sign: computed from what is executed.
    pub fn hash(&self, frame: &Frame) -> Result<[u8; 32]> {
        contract_hash(frame, &self.head, &self.lanes)
    }

    /// The amount billed at least, without tax, in tariff units.
    pub fn committed_net(&self, rounding: Rounding) -> Result<u64> {
        let RevenueCommitment { amount, with_tax, .. } = self.head.commitment;
        if !with_tax {
            return Ok(amount);
        }
        let gross =
            u64::from(BASIS_POINTS).checked_add(u64::from(self.head.tax_bps)).ok_or(SettlementError::Overflow)?;
        mul_div(amount, u64::from(BASIS_POINTS), gross, rounding).map_err(|_| error!(SettlementError::Overflow))
    }

    pub fn invariant(&self) -> Result<()> {
        require!(self.version == super::BOOKS_VERSION, SettlementError::Invariant);
        require!(self.number > 0, SettlementError::Invariant);
        self.head.invariant()?;
        require!(self.lanes.len() <= LANES, SettlementError::BadTariff);
        let ascending = self.lanes.windows(2).all(|pair| matches!(pair, [a, b] if a.lane < b.lane));
        require!(ascending, SettlementError::BadTariff);
        self.lanes.iter().try_for_each(LaneTerms::invariant)?;
        let balanced = self.lanes.iter().any(|lane| !lane.unbalanced.is_empty());
        require!(!balanced || self.head.reverse != Pubkey::default(), SettlementError::BadTerms);
        let unsigned = self.state == TermsState::Draft;
        require!(unsigned == (self.contract_hash == [0; 32]), SettlementError::Invariant);
        Ok(())
    }
}

const TERMS_TAG: &[u8] = b"gesim:terms:v1";
const CONTRACT_TAG: &[u8] = b"gesim:contract:v1";

/// The hash that stands for prose and terms together. Documents are hashed by this function too.
pub fn contract_hash(frame: &Frame, head: &TermsHead, lanes: &[LaneTerms]) -> Result<[u8; 32]> {
    let mut bytes = Vec::with_capacity(1_024);
    frame.serialize(&mut bytes)?;
    head.serialize(&mut bytes)?;
    lanes.iter().try_for_each(|lane| lane.serialize(&mut bytes))?;
    let terms = sha256(&[TERMS_TAG, &bytes]);
    Ok(sha256(&[CONTRACT_TAG, &head.prose_hash, &terms]))
}
