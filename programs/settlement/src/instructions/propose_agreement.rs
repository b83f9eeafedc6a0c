use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount};
use gesim_core::layout::LANES;

use crate::{
    error::SettlementError,
    events::AgreementProposed,
    state::{config::pause, seeds, Agreement, AgreementState, Config, Mno, Side, Tariff, VERSION},
};

/// What the two sides agree on. Nothing of it changes after the proposal.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Debug)]
pub struct Terms {
    pub measure: u8,
    pub currency_decimals: u8,
    pub rounding: u8,
    pub tariff: [Tariff; LANES],
    pub prove_window: u32,
    pub dispute_window: u32,
    pub resolve_window: u32,
    pub prover_reward: u64,
    pub contract_hash: [u8; 32],
}

/// One side writes the agreement down and thereby signs it.
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
    pub fn run(ctx: Context<Self>, id: u32, terms: Terms) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        accounts.config.running(pause::AGREE)?;
        let (mno, mvno, proposer) = (accounts.mno.key(), accounts.mvno.key(), accounts.proposer.key());
        let proposed_by = match proposer {
            key if key == accounts.mno.authority => Side::Mno,
            key if key == mvno => Side::Mvno,
            _ => return err!(SettlementError::NotASide),
        };
        let agreement = &mut accounts.agreement;
        agreement.set_inner(Agreement {
            version: VERSION,
            bump: ctx.bumps.agreement,
            state: AgreementState::Proposed,
            proposed_by,
            id,
            mno,
            mvno,
            mvno_origin: mvno,
            pending_mvno: Pubkey::default(),
            mint: accounts.mint.key(),
            payout: accounts.payout.key(),
            measure: terms.measure,
            currency_decimals: terms.currency_decimals,
            rounding: terms.rounding,
            tariff: terms.tariff,
            prove_window: terms.prove_window,
            dispute_window: terms.dispute_window,
            resolve_window: terms.resolve_window,
            prover_reward: terms.prover_reward,
            contract_hash: terms.contract_hash,
            reserved: [0; 64],
        });
        agreement.invariant()?;
        let event = AgreementProposed {
            agreement: agreement.key(),
            mno,
            mvno,
            proposed_by,
            contract_hash: terms.contract_hash,
        };
        emit_cpi!(event);
        Ok(())
    }
}
