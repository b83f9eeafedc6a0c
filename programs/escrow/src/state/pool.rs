use anchor_lang::prelude::*;
use gesim_core::money;

use super::RESERVED;
use crate::{error::EscrowError, math};

/// Where a pool is in its life. One way only.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub enum PoolState {
    /// Takes deposits.
    Open,
    /// The plan is retired: no deposits; activations, refunds and releases go on.
    Closing,
    /// The remainder is fixed: refunds and remainder claims only.
    Closed,
}

/// Who gets what the MNO did not bill.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemainderPolicy {
    ToMvno,
    ToSubscriber,
}

/// The money of one plan under one agreement. Seeds: `["pool", plan, agreement]`.
#[account]
#[derive(InitSpace, Debug)]
pub struct Pool {
    pub version: u8,
    pub bump: u8,
    pub vault_bump: u8,
    pub state: PoolState,
    pub plan: Pubkey,
    pub agreement: Pubkey,
    /// The stablecoin.
    pub mint: Pubkey,
    pub token_program: Pubkey,
    /// The MVNO's token account and the owner it must still have when it is paid.
    pub treasury: Pubkey,
    pub treasury_owner: Pubkey,
    pub margin_bps: u16,
    pub remainder_policy: RemainderPolicy,
    pub unit_price: u64,

    /// Price of every open and pending unit: refundable.
    pub held: u64,
    /// Earned and not the MVNO's: pays MNO and prover.
    pub wholesale: u64,
    /// Earned and the MVNO's, not paid yet.
    pub margin_due: u64,
    /// Set when the pool closes: what each earned unit gets back, and what is left to claim.
    pub remainder_per_unit: u64,
    pub remainder: u64,

    pub total_deposited: u64,
    pub total_refunded: u64,
    pub total_treasury: u64,
    pub total_mno: u64,
    pub total_prover: u64,
    pub total_remainder: u64,

    pub units_open: u64,
    pub units_pending: u64,
    pub units_earned: u64,
    pub units_refunded: u64,
    pub units_sold: u64,
    pub remainder_claims: u64,

    /// Latest deadline of any position, and latest end of any entitlement.
    pub last_activate_by: i64,
    pub last_expiry: i64,
    /// Seconds after the last expiry for batches to be proven and paid.
    pub settle_grace: u32,
    /// From here on the pool can be closed; moves on with activations while it is closing.
    pub close_after: i64,

    pub outflow_window: u32,
    pub outflow_limit: u64,
    pub outflow_start: i64,
    pub outflow_spent: u64,
    pub reserved: [u8; RESERVED],
}

impl Pool {
    /// Everything the vault owes.
    pub fn obligations(&self) -> Result<u64> {
        math::sum(&[self.held, self.wholesale, self.margin_due, self.remainder])
    }

    /// Splits the price of one earned unit into the MVNO's margin and the rest.
    pub fn split_price(&self) -> Result<(u64, u64)> {
        let margin = money::basis_points(self.unit_price, self.margin_bps).map_err(|_| EscrowError::Overflow)?;
        Ok((margin, math::sub(self.unit_price, margin)?))
    }

    /// Counts an outflow against the window's limit. A window starts with the first outflow after the last one ended.
    pub fn spend(&mut self, amount: u64, now: i64) -> Result<()> {
        let end = self.outflow_start.saturating_add(i64::from(self.outflow_window));
        if now >= end {
            self.outflow_start = now;
            self.outflow_spent = 0;
        }
        self.outflow_spent = math::add(self.outflow_spent, amount)?;
        require!(self.outflow_spent <= self.outflow_limit, EscrowError::OutflowLimit);
        Ok(())
    }

    /// Earliest time at which nothing sold can still be used or billed.
    pub fn quiet_after(&self, now: i64) -> i64 {
        now.max(self.last_activate_by).max(self.last_expiry).saturating_add(i64::from(self.settle_grace))
    }

    /// Keeps the pool from closing before an entitlement has ended and its usage could be billed.
    pub fn extend(&mut self, expiry: i64) {
        self.last_expiry = self.last_expiry.max(expiry);
        self.close_after = self.close_after.max(self.quiet_after(0));
    }

    /// What must hold after every instruction that changes the pool.
    pub fn invariant(&self, vault_amount: u64) -> Result<()> {
        require!(vault_amount >= self.obligations()?, EscrowError::Invariant);
        let refundable = math::add(self.units_open, self.units_pending)?;
        require!(self.held == math::mul(refundable, self.unit_price)?, EscrowError::Invariant);
        let units = math::sum(&[refundable, self.units_earned, self.units_refunded])?;
        require!(units == self.units_sold, EscrowError::Invariant);
        let paid = math::sum(&[
            self.total_refunded,
            self.total_treasury,
            self.total_mno,
            self.total_prover,
            self.total_remainder,
        ])?;
        require!(math::add(paid, self.obligations()?)? == self.total_deposited, EscrowError::Invariant);
        require!(self.state != PoolState::Closed || self.wholesale == 0, EscrowError::Invariant);
        require!(self.remainder_claims <= self.units_earned, EscrowError::Invariant);
        Ok(())
    }
}
