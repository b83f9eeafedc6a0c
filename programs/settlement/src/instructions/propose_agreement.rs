use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount};

use crate::{
    error::SettlementError,
    events::AgreementProposed,
    state::{config::pause, seeds, Agreement, AgreementState, Config, Frame, Mno, Side, BOOKS_VERSION},
};

/// One side opens an agreement: who, in which money, and the frame. It is active once both have signed a version of
/// its terms.
///
/// 0. `[signer, writable]` payer
/// 1. `[signer]` proposer: the MNO's authority, or the MVNO
/// 2. config
/// 3. mno
/// 4. mvno: the MVNO's authority
/// 5. mint of the stablecoin
/// 6. payout: token account where the MNO is paid
/// 7. `[writable]` agreement, created
/// 8. system program
#[event_cpi]
#[derive(Accounts)]
#[instruction(id: u32)]
pub struct ProposeAgreement<'info> {
    #[account(mut)]
    pub payer: Signer<'info>,
    pub proposer: Signer<'info>,
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(seeds = [seeds::MNO, &mno.tadig], bump = mno.bump)]
    pub mno: Box<Account<'info, Mno>>,
    /// CHECK: an address that may sign later, nothing more.
    pub mvno: UncheckedAccount<'info>,
    pub mint: Box<InterfaceAccount<'info, Mint>>,
    #[account(constraint = payout.mint == mint.key() @ SettlementError::WrongMint)]
    pub payout: Box<InterfaceAccount<'info, TokenAccount>>,
    #[account(init, payer = payer, space = Agreement::SPACE,
        seeds = [seeds::AGREEMENT, mno.key().as_ref(), mvno.key().as_ref(), &id.to_le_bytes()], bump)]
    pub agreement: Box<Account<'info, Agreement>>,
    pub system_program: Program<'info, System>,
}

impl ProposeAgreement<'_> {
    pub fn run(ctx: Context<Self>, id: u32, frame: Frame) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        accounts.config.running(pause::AGREE)?;
        let (mno, mvno, proposer) = (accounts.mno.key(), accounts.mvno.key(), accounts.proposer.key());
        let proposed_by = match proposer {
            key if key == accounts.mno.authority => Side::Mno,
            key if key == mvno => Side::Mvno,
            _ => return err!(SettlementError::NotASide),
        };
        let agreement = &mut accounts.agreement;
        let address = agreement.key();
        agreement.set_inner(Agreement {
            version: BOOKS_VERSION,
            bump: ctx.bumps.agreement,
            bond_bump: seeds::bond(&address).1,
            state: AgreementState::Proposed,
            id,
            mno,
            mvno,
            mvno_origin: mvno,
            pending_mvno: Pubkey::default(),
            mint: accounts.mint.key(),
            payout: accounts.payout.key(),
            frame,
            terms: 0,
            drafts: 0,
            owed: 0,
            owed_total: 0,
            repaid_total: 0,
            bond: 0,
            terminated_at: 0,
            reserved: [0; 64],
        });
        agreement.invariant()?;
        let event = AgreementProposed { agreement: agreement.key(), mno, mvno, proposed_by };
        emit_cpi!(event);
        Ok(())
    }
}
