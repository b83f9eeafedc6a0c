use anchor_lang::prelude::*;

use crate::{
    error::IdentityError,
    events::TranscriptClosed,
    state::{seeds, Transcript},
};

/// Gives a transcript's rent back. Its wallet may do so at any time, and so may whoever paid: a sponsor does not depend on the
/// wallet for the money.
///
/// 0. `[signer]` wallet, or the payer
/// 1. `[writable]` transcript, closed
/// 2. `[writable]` payer: as recorded in the transcript
#[event_cpi]
#[derive(Accounts)]
pub struct CloseTranscript<'info> {
    #[account(constraint = wallet.key() == transcript.wallet || wallet.key() == transcript.payer
        @ IdentityError::NotTheWallet)]
    pub wallet: Signer<'info>,
    #[account(mut, seeds = [seeds::TRANSCRIPT, transcript.session.as_ref()], bump = transcript.bump,
        has_one = payer @ IdentityError::WrongPayer, close = payer)]
    pub transcript: Box<Account<'info, Transcript>>,
    /// CHECK: gets lamports only; the transcript says who it is
    #[account(mut)]
    pub payer: UncheckedAccount<'info>,
}

impl<'info> CloseTranscript<'info> {
    pub fn run(ctx: Context<'info, Self>) -> Result<()> {
        let transcript = &ctx.accounts.transcript;
        emit_cpi!(TranscriptClosed { transcript: transcript.key(), payer: transcript.payer });
        Ok(())
    }
}
