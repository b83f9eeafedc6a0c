use anchor_lang::prelude::*;
use gesim_core::Tadig;

use crate::{
    error::SettlementError,
    events::MnoRegistered,
    state::{config::pause, seeds, Config, Mno, VERSION},
};

/// Gives a TADIG code to the operator it belongs to. The program's authority answers for that.
///
/// 0. `[signer, writable]` payer
/// 1. `[signer]` authority of the program
/// 2. config
/// 3. `[writable]` mno, created
/// 4. system program
#[event_cpi]
#[derive(Accounts)]
#[instruction(tadig: [u8; 5])]
pub struct RegisterMno<'info> {
    #[account(mut)]
    pub payer: Signer<'info>,
    pub authority: Signer<'info>,
    #[account(seeds = [seeds::CONFIG], bump = config.bump, has_one = authority @ SettlementError::NotTheAuthority)]
    pub config: Box<Account<'info, Config>>,
    #[account(init, payer = payer, space = Mno::SPACE, seeds = [seeds::MNO, &tadig], bump)]
    pub mno: Box<Account<'info, Mno>>,
    pub system_program: Program<'info, System>,
}

impl RegisterMno<'_> {
    pub fn run(ctx: Context<Self>, tadig: [u8; 5], authority: Pubkey) -> Result<()> {
        ctx.accounts.config.running(pause::AGREE)?;
        Tadig::new(tadig).map_err(|_| SettlementError::BadTadig)?;
        let mno = &mut ctx.accounts.mno;
        mno.set_inner(Mno {
            version: VERSION,
            bump: ctx.bumps.mno,
            tadig,
            authority,
            pending_authority: Pubkey::default(),
            reserved: [0; 64],
        });
        mno.invariant()?;
        let event = MnoRegistered { mno: mno.key(), tadig, authority };
        emit_cpi!(event);
        Ok(())
    }
}
