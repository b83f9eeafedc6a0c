use anchor_lang::prelude::*;

use crate::{
    error::SettlementError,
    events::RateSet,
    state::{config::pause, seeds, Agreement, AgreementState, Config, Mno, PeriodRate, VERSION},
};

/// Both sides fix the exchange rate of a period, once.
///
/// 0. `[signer, writable]` payer
/// 1. `[signer]` authority of the MNO
/// 2. `[signer]` authority of the MVNO
/// 3. config
/// 4. mno
/// 5. agreement
/// 6. `[writable]` rate, created
/// 7. system program
#[event_cpi]
#[derive(Accounts)]
#[instruction(period: u32)]
pub struct SetRate<'info> {
    #[account(mut)]
    pub payer: Signer<'info>,
    pub mno_authority: Signer<'info>,
    pub mvno: Signer<'info>,
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(seeds = [seeds::MNO, &mno.tadig], bump = mno.bump)]
    pub mno: Box<Account<'info, Mno>>,
    #[account(seeds = [seeds::AGREEMENT, agreement.mno.as_ref(), agreement.mvno_origin.as_ref(), &agreement.id.to_le_bytes()],
        bump = agreement.bump,
        has_one = mno @ SettlementError::WrongAgreement)]
    pub agreement: Box<Account<'info, Agreement>>,
    #[account(init, payer = payer, space = PeriodRate::SPACE,
        seeds = [seeds::RATE, agreement.key().as_ref(), &period.to_le_bytes()], bump)]
    pub rate: Box<Account<'info, PeriodRate>>,
    pub system_program: Program<'info, System>,
}

impl SetRate<'_> {
    pub fn run(ctx: Context<Self>, period: u32, numerator: u64, denominator: u64) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        accounts.config.running(pause::AGREE)?;
        let agreement = &accounts.agreement;
        agreement.signed_by_both(&accounts.mno.authority, accounts.mno_authority.key, accounts.mvno.key)?;
        require!(agreement.state == AgreementState::Active, SettlementError::WrongAgreementState);
        accounts.rate.set_inner(PeriodRate {
            version: VERSION,
            bump: ctx.bumps.rate,
            agreement: agreement.key(),
            period,
            numerator,
            denominator,
            reserved: [0; 64],
        });
        accounts.rate.invariant()?;
        let event = RateSet { agreement: agreement.key(), period, numerator, denominator };
        emit_cpi!(event);
        Ok(())
    }
}
