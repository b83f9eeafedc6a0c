use anchor_lang::prelude::*;

use crate::{
    error::IdentityError,
    events::TranscriptWritten,
    state::{seeds, Session, Transcript},
};

/// Writes bytes of the handshake at an offset of it.
///
/// 0. `[signer]` wallet
/// 1. `[]` session
/// 2. `[writable]` transcript
#[event_cpi]
#[derive(Accounts)]
pub struct WriteTranscript<'info> {
    pub wallet: Signer<'info>,
    #[account(seeds = [seeds::SESSION, session.wallet.as_ref(), &session.counter.to_le_bytes()], bump = session.bump,
        has_one = wallet @ IdentityError::NotTheWallet)]
    pub session: Box<Account<'info, Session>>,
    #[account(mut, seeds = [seeds::TRANSCRIPT, session.key().as_ref()], bump = transcript.bump)]
    pub transcript: Box<Account<'info, Transcript>>,
}

impl<'info> WriteTranscript<'info> {
    pub fn run(ctx: Context<'info, Self>, offset: u16, bytes: Vec<u8>) -> Result<()> {
        let info = ctx.accounts.transcript.to_account_info();
        let from = usize::from(offset).checked_add(Transcript::HEADER).ok_or(IdentityError::OutsideTranscript)?;
        let to = from.checked_add(bytes.len()).ok_or(IdentityError::OutsideTranscript)?;
        let mut data = info.try_borrow_mut_data()?;
        data.get_mut(from..to).ok_or(IdentityError::OutsideTranscript)?.copy_from_slice(&bytes);
        drop(data);
        let end = to.saturating_sub(Transcript::HEADER) as u32;
        emit_cpi!(TranscriptWritten { transcript: info.key(), offset, end });
        Ok(())
    }
}
