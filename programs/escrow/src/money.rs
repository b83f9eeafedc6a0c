//! The only place that moves tokens. Every transfer is checked on both ends against what it was meant to move.

use anchor_lang::prelude::*;
use anchor_spl::token_interface::{
    self,
    spl_token_2022::{
        extension::{memo_transfer::MemoTransfer, BaseStateWithExtensions, StateWithExtensions},
        state::Account as TokenState,
    },
    Mint, TransferChecked,
};

use crate::{
    error::EscrowError,
    math,
    state::{seeds, Pool},
};

/// What a payment is made with. All accounts are the pool's own, checked by the caller's constraints.
pub struct Cashier<'a, 'info> {
    pub pool: AccountInfo<'info>,
    pub vault: AccountInfo<'info>,
    pub mint: &'a InterfaceAccount<'info, Mint>,
    pub token_program: AccountInfo<'info>,
}

impl<'info> Cashier<'_, 'info> {
    /// Pays out of the vault, signed by the pool, and counts against the outflow window.
    pub fn pay(&self, books: &mut Pool, to: AccountInfo<'info>, amount: u64, now: i64) -> Result<()> {
        if amount == 0 {
            return Ok(());
        }
        books.spend(amount, now)?;
        let seeds: &[&[u8]] = &[seeds::POOL, books.plan.as_ref(), books.agreement.as_ref(), &[books.bump]];
        self.transfer(self.vault.clone(), to, self.pool.clone(), amount, &[seeds])
    }

    /// Takes money into the vault, signed by its owner.
    pub fn collect(&self, from: AccountInfo<'info>, owner: AccountInfo<'info>, amount: u64) -> Result<()> {
        self.transfer(from, self.vault.clone(), owner, amount, &[])
    }

    fn transfer(
        &self,
        from: AccountInfo<'info>,
        to: AccountInfo<'info>,
        authority: AccountInfo<'info>,
        amount: u64,
        signer: &[&[&[u8]]],
    ) -> Result<()> {
        require_keys_neq!(*from.key, *to.key, EscrowError::PayToVault);
        let (from_before, to_before) = (balance(&from)?, balance(&to)?);
        let accounts =
            TransferChecked { from: from.clone(), mint: self.mint.to_account_info(), to: to.clone(), authority };
        let cpi = CpiContext::new_with_signer(*self.token_program.key, accounts, signer);
        token_interface::transfer_checked(cpi, amount, self.mint.decimals)?;
        require!(balance(&from)? == math::sub(from_before, amount)?, EscrowError::TransferAmount);
        require!(balance(&to)? == math::add(to_before, amount)?, EscrowError::TransferAmount);
        Ok(())
    }

    /// Pays the margin that is due. A treasury that cannot be paid keeps its claim and holds up nobody else.
    pub fn pay_margin(&self, books: &mut Pool, treasury: AccountInfo<'info>, now: i64) -> Result<u64> {
        if books.margin_due == 0 || !treasury_usable(books, &treasury) {
            return Ok(0);
        }
        let amount = books.margin_due;
        books.margin_due = 0;
        books.total_treasury = math::add(books.total_treasury, amount)?;
        self.pay(books, treasury, amount, now)?;
        Ok(amount)
    }
}

/// Tokens in an account, as they are now.
pub fn balance(info: &AccountInfo) -> Result<u64> {
    Ok(StateWithExtensions::<TokenState>::unpack(&info.try_borrow_data()?)?.base.amount)
}

/// Whether a transfer to the treasury would succeed and reach who the pool was opened for.
pub fn treasury_usable(books: &Pool, treasury: &AccountInfo) -> bool {
    if *treasury.key != books.treasury || *treasury.owner != books.token_program || !treasury.is_writable {
        return false;
    }
    let Ok(data) = treasury.try_borrow_data() else { return false };
    let Ok(account) = StateWithExtensions::<TokenState>::unpack(&data) else { return false };
    let wants_memo =
        account.get_extension::<MemoTransfer>().is_ok_and(|e| bool::from(e.require_incoming_transfer_memos));
    let base = account.base;
    !base.is_frozen() && !wants_memo && base.mint == books.mint && base.owner == books.treasury_owner
}
