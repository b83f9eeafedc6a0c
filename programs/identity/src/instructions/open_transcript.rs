use anchor_lang::prelude::*;

use crate::{
    error::IdentityError,
    events::TranscriptOpened,
    state::{seeds, Session, SessionState, Transcript, MAX_TRANSCRIPT, RESERVED, VERSION},
};

/// Makes room for a TLS 1.3 handshake, exactly its size: what is not written stays zero and is no handshake.
///
/// 0. `[signer]` wallet
/// 1. `[writable, signer]` payer
/// 2. `[]` session
/// 3. `[writable]` transcript, created
/// 4. `[]` system_program
#[event_cpi]
#[derive(Accounts)]
#[instruction(size: u16)]
pub struct OpenTranscript<'info> {
    pub wallet: Signer<'info>,
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(seeds = [seeds::SESSION, session.wallet.as_ref(), &session.counter.to_le_bytes()], bump = session.bump,
        has_one = wallet @ IdentityError::NotTheWallet)]
    pub session: Box<Account<'info, Session>>,
    #[account(init, payer = payer, space = Transcript::space(size),
        seeds = [seeds::TRANSCRIPT, session.key().as_ref()], bump)]
    pub transcript: Box<Account<'info, Transcript>>,
    pub system_program: Program<'info, System>,
}

impl<'info> OpenTranscript<'info> {
    pub fn run(ctx: Context<'info, Self>, size: u16) -> Result<()> {
        let OpenTranscript { wallet, payer, session, transcript, .. } = &mut *ctx.accounts;
        require!((1..=MAX_TRANSCRIPT).contains(&size.into()), IdentityError::OutsideTranscript);
        session.require(SessionState::Open, &Clock::get()?)?;
        transcript.set_inner(Transcript {
            version: VERSION,
            bump: ctx.bumps.transcript,
            session: session.key(),
            wallet: wallet.key(),
            payer: payer.key(),
            reserved: [0; RESERVED],
        });
        let event = TranscriptOpened { transcript: transcript.key(), session: session.key(), size };
        emit_cpi!(event);
        Ok(())
    }
}
