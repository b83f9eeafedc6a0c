use anchor_lang::prelude::*;

use crate::{
    error::IdentityError,
    events::SessionClosed,
    state::{seeds, Session},
};

/// Gives a session's rent back to who paid it: its wallet may close it, and anybody once it is over. Not in the slot of its
/// opening: opened again at once it would have the same challenge, and a handshake would count for both.
///
/// 0. `[signer]` closer
/// 1. `[writable]` session, closed
/// 2. `[writable]` payer: as recorded in the session
#[event_cpi]
#[derive(Accounts)]
pub struct CloseSession<'info> {
    pub closer: Signer<'info>,
    #[account(mut, seeds = [seeds::SESSION, session.wallet.as_ref(), &session.counter.to_le_bytes()],
        bump = session.bump, has_one = payer @ IdentityError::WrongPayer, close = payer)]
    pub session: Box<Account<'info, Session>>,
    /// CHECK: gets lamports only; the session says who it is
    #[account(mut)]
    pub payer: UncheckedAccount<'info>,
}

impl<'info> CloseSession<'info> {
    pub fn run(ctx: Context<'info, Self>) -> Result<()> {
        let (closer, session) = (ctx.accounts.closer.key(), &ctx.accounts.session);
        let clock = Clock::get()?;
        require!(closer == session.wallet || !session.is_live(&clock), IdentityError::SessionLive);
        require!(clock.slot > session.opened_slot(), IdentityError::SessionLive);
        emit_cpi!(SessionClosed { session: session.key(), state: session.state, payer: session.payer });
        Ok(())
    }
}
