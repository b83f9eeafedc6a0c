use anchor_lang::prelude::*;
use anchor_spl::token_interface::{transfer_checked, Mint, TokenAccount, TokenInterface, TransferChecked};

use crate::{
    error::SettlementError,
    events::BondChanged,
    state::{seeds, Agreement, Config},
};

/// Puts stablecoin aside for what the MNO may have to give back. Anyone may; it is the MNO's to withdraw.
///
/// 0. `[signer, writable]` payer of the account
/// 1. `[signer]` owner of the source
/// 2. config
/// 3. `[writable]` agreement
/// 4. authority: this program's `["authority"]`
/// 5. `[writable]` bond, created if it is not there
/// 6. mint
/// 7. `[writable]` source
/// 8. token program
/// 9. system program
#[event_cpi]
#[derive(Accounts)]
pub struct PostBond<'info> {
    #[account(mut)]
    pub payer: Signer<'info>,
    pub owner: Signer<'info>,
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(mut, seeds = [seeds::AGREEMENT, agreement.mno.as_ref(), agreement.mvno_origin.as_ref(), &agreement.id.to_le_bytes()],
        bump = agreement.bump)]
    pub agreement: Box<Account<'info, Agreement>>,
    /// CHECK: signs by its seeds only
    #[account(seeds = [seeds::AUTHORITY], bump = config.authority_bump)]
    pub authority: UncheckedAccount<'info>,
    #[account(init_if_needed, payer = payer, token::mint = mint, token::authority = authority, token::token_program = token_program,
        seeds = [seeds::BOND, agreement.key().as_ref()], bump)]
    pub bond: Box<InterfaceAccount<'info, TokenAccount>>,
    #[account(address = agreement.mint @ SettlementError::WrongMint)]
    pub mint: Box<InterfaceAccount<'info, Mint>>,
    #[account(mut, constraint = source.mint == agreement.mint @ SettlementError::WrongMint)]
    pub source: Box<InterfaceAccount<'info, TokenAccount>>,
    pub token_program: Interface<'info, TokenInterface>,
    pub system_program: Program<'info, System>,
}

impl PostBond<'_> {
    pub fn run(ctx: Context<Self>, amount: u64) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        require!(amount > 0, SettlementError::NothingDue);
        let before = accounts.bond.amount;
        let transfer = TransferChecked {
            from: accounts.source.to_account_info(),
            mint: accounts.mint.to_account_info(),
            to: accounts.bond.to_account_info(),
            authority: accounts.owner.to_account_info(),
        };
        let context = CpiContext::new(accounts.token_program.key(), transfer);
        transfer_checked(context, amount, accounts.mint.decimals)?;
        // what arrived counts: a mint may take a fee
        accounts.bond.reload()?;
        let arrived = accounts.bond.amount.checked_sub(before).ok_or(SettlementError::Overflow)?;
        let agreement = &mut accounts.agreement;
        let bond_before = agreement.bond;
        agreement.bond = bond_before.checked_add(arrived).ok_or(SettlementError::Overflow)?;
        let event = BondChanged {
            agreement: agreement.key(),
            before: bond_before,
            after: agreement.bond,
            owed: agreement.owed,
        };
        emit_cpi!(event);
        Ok(())
    }
}
