use anchor_lang::prelude::*;
use anchor_spl::{
    associated_token::get_associated_token_address_with_program_id,
    token_interface::{Mint, TokenAccount, TokenInterface},
};

use crate::{
    error::SettlementError,
    events::BondChanged,
    state::{bond::Bond, config::pause, seeds, Agreement, Config},
};

/// Pays what the MNO owes out of its bond, to the MVNO. Anyone may.
///
/// 0. config
/// 1. `[writable]` agreement
/// 2. authority: this program's `["authority"]`
/// 3. `[writable]` bond
/// 4. mint
/// 5. `[writable]` mvno_token: the MVNO's associated token account
/// 6. token program
#[event_cpi]
#[derive(Accounts)]
pub struct CollectBond<'info> {
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(mut, seeds = [seeds::AGREEMENT, agreement.mno.as_ref(), agreement.mvno_origin.as_ref(), &agreement.id.to_le_bytes()],
        bump = agreement.bump)]
    pub agreement: Box<Account<'info, Agreement>>,
    /// CHECK: signs by its seeds only
    #[account(seeds = [seeds::AUTHORITY], bump = config.authority_bump)]
    pub authority: UncheckedAccount<'info>,
    #[account(mut, seeds = [seeds::BOND, agreement.key().as_ref()], bump = agreement.bond_bump)]
    pub bond: Box<InterfaceAccount<'info, TokenAccount>>,
    #[account(address = agreement.mint @ SettlementError::WrongMint)]
    pub mint: Box<InterfaceAccount<'info, Mint>>,
    #[account(mut, token::mint = agreement.mint, token::token_program = token_program)]
    pub mvno_token: Box<InterfaceAccount<'info, TokenAccount>>,
    pub token_program: Interface<'info, TokenInterface>,
}

impl CollectBond<'_> {
    pub fn run(ctx: Context<Self>) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        accounts.config.running(pause::SETTLE)?;
        let expected = get_associated_token_address_with_program_id(
            &accounts.agreement.mvno,
            &accounts.agreement.mint,
            accounts.token_program.key,
        );
        require_keys_eq!(accounts.mvno_token.key(), expected, SettlementError::WrongTokenAccount);
        require_keys_eq!(accounts.mvno_token.owner, accounts.agreement.mvno, SettlementError::WrongTokenAccount);
        let before = accounts.agreement.bond;
        // a mint's permanent delegate may have taken some: what is left is still paid
        let amount = accounts.agreement.repay(before.min(accounts.bond.amount))?;
        require!(amount > 0, SettlementError::NothingDue);
        accounts.agreement.bond = before.checked_sub(amount).ok_or(SettlementError::Overflow)?;
        accounts.agreement.invariant()?;
        let bond = Bond {
            account: accounts.bond.to_account_info(),
            mint: accounts.mint.to_account_info(),
            decimals: accounts.mint.decimals,
            authority: accounts.authority.to_account_info(),
            authority_bump: accounts.config.authority_bump,
            token_program: accounts.token_program.key(),
        };
        bond.pay(accounts.mvno_token.to_account_info(), amount)?;
        let agreement = &accounts.agreement;
        let event = BondChanged { agreement: agreement.key(), before, after: agreement.bond, owed: agreement.owed };
        emit_cpi!(event);
        Ok(())
    }
}
