use anchor_lang::prelude::*;
use gesim_core::{money::Rounding, Measure};

use crate::error::SettlementError;

/// Longest window an agreement can name: 400 days. Money cannot be locked for ever by a typing error.
pub const MAX_WINDOW: u32 = 400 * 86_400;
/// Most decimals a tariff's currency can have.
pub const MAX_DECIMALS: u8 = 18;

#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgreementState {
    /// No version of the terms is signed by both yet.
    Proposed,
    Active,
    /// One side has left: no new batches; those on their way are finished.
    Terminated,
}

#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Mno,
    Mvno,
}

/// What never changes in an agreement's life: the grace of plans rests on the windows, all its books on the rest.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// [`Measure`]: what the batches count.
    pub measure: u8,
    /// Decimals of the currency the prices are written in: information for people, the rate does the arithmetic.
    pub currency_decimals: u8,
    /// [`Rounding`] of every division on the way to the invoice.
    pub rounding: u8,
    /// Seconds from commitment within which the totals must be opened.
    pub prove_window: u32,
    /// Seconds from then within which the MVNO may dispute.
    pub dispute_window: u32,
    /// Seconds from the dispute until the terms' rule ends it.
    pub resolve_window: u32,
    /// Stablecoin a proven chunk earns its prover, out of the MNO's share.
    pub prover_reward: u64,
}

impl Frame {
    pub fn measure(&self) -> Result<Measure> {
        Measure::try_from(self.measure).map_err(|_| error!(SettlementError::BadMeasure))
    }

    pub fn rounding(&self) -> Result<Rounding> {
        Rounding::try_from(self.rounding).map_err(|_| error!(SettlementError::BadRounding))
    }

    pub fn invariant(&self) -> Result<()> {
        self.measure()?;
        self.rounding()?;
        require!(self.currency_decimals <= MAX_DECIMALS, SettlementError::BadDecimals);
        for window in [self.prove_window, self.dispute_window, self.resolve_window] {
            require!(window > 0 && window <= MAX_WINDOW, SettlementError::BadWindow);
        }
        Ok(())
    }
}

/// An MNO and an MVNO who settle with each other. Prices and rules are in its [`Terms`](super::Terms), version by version.
///
/// Seeds: `["agreement", mno, mvno_origin, id u32]`.
#[account]
#[derive(InitSpace, Debug)]
pub struct Agreement {
    pub version: u8,
    pub bump: u8,
    pub bond_bump: u8,
    pub state: AgreementState,
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
    pub frame: Frame,
    /// The latest version of the terms that both have signed; 0 before the first.
    pub terms: u32,
    /// Versions that were ever drafted: the next one's number is one more.
    pub drafts: u32,
    /// What the MNO has to give back: set off against its payments.
    pub owed: u64,
    /// Cumulative: what was ever owed, and what of it was set off or collected.
    pub owed_total: u64,
    pub repaid_total: u64,
    /// Stablecoin in the bond's token account, of the MNO.
    pub bond: u64,
    /// When it was terminated; 0 before.
    pub terminated_at: i64,
    pub reserved: [u8; 64],
}

impl Agreement {
    pub const SPACE: usize = 8 + Self::INIT_SPACE;

    /// Signers of both sides: what neither can do alone.
    pub fn signed_by_both(&self, mno_authority: &Pubkey, mno_signer: &Pubkey, mvno_signer: &Pubkey) -> Result<()> {
        require_keys_eq!(*mno_signer, *mno_authority, SettlementError::NotTheMno);
        require_keys_eq!(*mvno_signer, self.mvno, SettlementError::NotTheMvno);
        Ok(())
    }

    /// Which side a signer speaks for.
    pub fn side(&self, mno_authority: &Pubkey, signer: &Pubkey) -> Result<Side> {
        match signer {
            key if key == mno_authority => Ok(Side::Mno),
            key if *key == self.mvno => Ok(Side::Mvno),
            _ => err!(SettlementError::NotASide),
        }
    }

    /// The MNO has more to give back.
    pub fn owe(&mut self, amount: u64) -> Result<()> {
        self.owed = self.owed.checked_add(amount).ok_or(SettlementError::Overflow)?;
        self.owed_total = self.owed_total.checked_add(amount).ok_or(SettlementError::Overflow)?;
        Ok(())
    }

    /// Takes as much as `most` off what is owed, and says how much that was.
    pub fn repay(&mut self, most: u64) -> Result<u64> {
        let amount = self.owed.min(most);
        self.owed = self.owed.checked_sub(amount).ok_or(SettlementError::Overflow)?;
        self.repaid_total = self.repaid_total.checked_add(amount).ok_or(SettlementError::Overflow)?;
        Ok(amount)
    }

    pub fn invariant(&self) -> Result<()> {
        require!(self.version == super::BOOKS_VERSION, SettlementError::Invariant);
        self.frame.invariant()?;
        require!(self.terms <= self.drafts, SettlementError::Invariant);
        require!(self.state != AgreementState::Active || self.terms > 0, SettlementError::Invariant);
        require!(self.owed_total.checked_sub(self.repaid_total) == Some(self.owed), SettlementError::Invariant);
        Ok(())
    }
}
