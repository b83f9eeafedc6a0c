use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};

use crate::{
    error::SettlementError,
    events::BondChanged,
    state::{
        bond::{Bond, BOND_HOLD},
        config::pause,
        seeds, Agreement, AgreementState, Config, Mno,
    },
};

/// The MNO takes its bond back, once the agreement has ended, the windows of its last batch are over and nothing is owed.
///
/// 0. `[signer]` authority of the MNO
/// 1. config
/// 2. mno
/// 3. `[writable]` agreement
/// 4. authority: this program's `["authority"]`
/// 5. `[writable]` bond
/// 6. mint
/// 7. `[writable]` target: the agreement's payout account
/// 8. token program
#[event_cpi]
#[derive(Accounts)]
pub struct WithdrawBond<'info> {
    pub mno_authority: Signer<'info>,
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(seeds = [seeds::MNO, &mno.tadig], bump = mno.bump)]
    pub mno: Box<Account<'info, Mno>>,
    #[account(mut, seeds = [seeds::AGREEMENT, agreement.mno.as_ref(), agreement.mvno_origin.as_ref(), &agreement.id.to_le_bytes()],
        bump = agreement.bump,
        has_one = mno @ SettlementError::WrongAgreement)]
    pub agreement: Box<Account<'info, Agreement>>,
    /// CHECK: signs by its seeds only
    #[account(seeds = [seeds::AUTHORITY], bump = config.authority_bump)]
    pub authority: UncheckedAccount<'info>,
    #[account(mut, seeds = [seeds::BOND, agreement.key().as_ref()], bump = agreement.bond_bump)]
    pub bond: Box<InterfaceAccount<'info, TokenAccount>>,
    #[account(address = agreement.mint @ SettlementError::WrongMint)]
    pub mint: Box<InterfaceAccount<'info, Mint>>,
    #[account(mut, address = agreement.payout @ SettlementError::WrongTokenAccount)]
    pub target: Box<InterfaceAccount<'info, TokenAccount>>,
    pub token_program: Interface<'info, TokenInterface>,
}

impl WithdrawBond<'_> {
    fn validate(&self, now: i64) -> Result<()> {
        self.config.running(pause::SETTLE)?;
        require_keys_eq!(self.mno_authority.key(), self.mno.authority, SettlementError::NotTheMno);
        let agreement = &self.agreement;
        let ended = agreement.state == AgreementState::Terminated && agreement.owed == 0;
        require!(ended, SettlementError::BondHeld);
        let frame = &agreement.frame;
        let windows = [frame.prove_window, frame.dispute_window, frame.resolve_window, BOND_HOLD];
        let held = windows.iter().fold(agreement.terminated_at, |at, window| at.saturating_add(i64::from(*window)));
        require!(now > held, SettlementError::BondHeld);
        Ok(())
    }
}

impl WithdrawBond<'_> {
    pub fn run(ctx: Context<Self>) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        accounts.validate(Clock::get()?.unix_timestamp)?;
        // all that is there: also what was sent to the account by hand
        let (before, amount) = (accounts.agreement.bond, accounts.bond.amount);
        require!(amount > 0, SettlementError::NothingDue);
        accounts.agreement.bond = 0;
        accounts.agreement.invariant()?;
        let bond = Bond {
            account: accounts.bond.to_account_info(),
            mint: accounts.mint.to_account_info(),
            decimals: accounts.mint.decimals,
            authority: accounts.authority.to_account_info(),
            authority_bump: accounts.config.authority_bump,
            token_program: accounts.token_program.key(),
        };
        bond.pay(accounts.target.to_account_info(), amount)?;
        let event = BondChanged { agreement: accounts.agreement.key(), before, after: 0, owed: 0 };
        emit_cpi!(event);
        Ok(())
    }
}
