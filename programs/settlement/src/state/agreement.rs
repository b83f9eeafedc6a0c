use anchor_lang::prelude::*;
use gesim_core::{layout::LANES, money::Rounding, Measure};

use super::Tariff;
use crate::error::SettlementError;

/// Longest window an agreement can name: 400 days. Money cannot be locked for ever by a typing error.
pub const MAX_WINDOW: u32 = 400 * 86_400;
/// Most decimals a tariff's currency can have.
pub const MAX_DECIMALS: u8 = 18;

#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgreementState {
    /// One side has signed.
    Proposed,
    /// Both have.
    Active,
    /// One side has left: no new batches; those on their way are finished.
    Terminated,
}

#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Mno,
    Mvno,
}

/// What an MNO and an MVNO agreed on. The terms never change once proposed.
///
/// Seeds: `["agreement", mno, mvno_origin, id u32]`.
#[account]
#[derive(InitSpace, Debug)]
pub struct Agreement {
    pub version: u8,
    pub bump: u8,
    pub state: AgreementState,
    /// Who proposed; the other side signs.
    pub proposed_by: Side,
    pub id: u32,
    /// Address of the MNO's account.
    pub mno: Pubkey,
    /// The MVNO's authority.
    pub mvno: Pubkey,
    /// The MVNO's authority when the agreement was proposed: part of the address.
    pub mvno_origin: Pubkey,
    /// The MVNO's authority that has been named and has not accepted yet.
    pub pending_mvno: Pubkey,
    /// The stablecoin.
    pub mint: Pubkey,
    /// Where the MNO is paid: a token account of the mint. The MNO alone can change it.
    pub payout: Pubkey,
    /// [`Measure`]: what the batches count.
    pub measure: u8,
    /// Decimals of the currency the tariff is written in: information for people, the rate does the arithmetic.
    pub currency_decimals: u8,
    /// [`Rounding`] of every division on the way to the invoice.
    pub rounding: u8,
    pub tariff: [Tariff; LANES],
    /// Seconds from commitment within which the totals must be opened.
    pub prove_window: u32,
    /// Seconds from then within which the MVNO may dispute.
    pub dispute_window: u32,
    /// Seconds from the dispute within which both must agree on an amount.
    pub resolve_window: u32,
    /// Stablecoin a proven chunk earns its prover, out of the MNO's share.
    pub prover_reward: u64,
    /// SHA-256 of the contract's text.
    pub contract_hash: [u8; 32],
    pub reserved: [u8; 64],
}

impl Agreement {
    pub const SPACE: usize = 8 + Self::INIT_SPACE;

    pub fn measure(&self) -> Result<Measure> {
        Measure::try_from(self.measure).map_err(|_| error!(SettlementError::BadMeasure))
    }

    pub fn rounding(&self) -> Result<Rounding> {
        Rounding::try_from(self.rounding).map_err(|_| error!(SettlementError::BadRounding))
    }

    /// Signers of both sides: what neither can do alone.
    pub fn signed_by_both(&self, mno_authority: &Pubkey, mno_signer: &Pubkey, mvno_signer: &Pubkey) -> Result<()> {
        require_keys_eq!(*mno_signer, *mno_authority, SettlementError::NotTheMno);
        require_keys_eq!(*mvno_signer, self.mvno, SettlementError::NotTheMvno);
        Ok(())
    }

    pub fn invariant(&self) -> Result<()> {
        require!(self.version == super::VERSION, SettlementError::Invariant);
        self.measure()?;
        self.rounding()?;
        require!(self.currency_decimals <= MAX_DECIMALS, SettlementError::BadDecimals);
        for window in [self.prove_window, self.dispute_window, self.resolve_window] {
            require!(window > 0 && window <= MAX_WINDOW, SettlementError::BadWindow);
        }
        for tariff in &self.tariff {
            tariff.invariant()?;
        }
        Ok(())
    }
}
