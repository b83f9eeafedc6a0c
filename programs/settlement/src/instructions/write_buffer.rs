use anchor_lang::prelude::*;

use crate::{
    error::SettlementError,
    state::{seeds, ProofBuffer},
};

/// Writes bytes at an offset of the slots (not of the account).
///
/// 0. `[signer]` writer
/// 1. `[writable]` buffer
#[derive(Accounts)]
pub struct WriteBuffer<'info> {
    pub writer: Signer<'info>,
    #[account(mut, seeds = [seeds::BUFFER, buffer.batch.as_ref(), buffer.writer.as_ref(), &buffer.id.to_le_bytes()],
        bump = buffer.bump,
        has_one = writer @ SettlementError::NotTheWriter)]
    pub buffer: Box<Account<'info, ProofBuffer>>,
}

impl WriteBuffer<'_> {
    pub fn run(ctx: Context<Self>, offset: u32, bytes: Vec<u8>) -> Result<()> {
        let info = ctx.accounts.buffer.to_account_info();
        let mut data = info.try_borrow_mut_data()?;
        let from = (offset as usize).checked_add(ProofBuffer::HEAD).ok_or(SettlementError::OutsideBuffer)?;
        let to = from.checked_add(bytes.len()).ok_or(SettlementError::OutsideBuffer)?;
        data.get_mut(from..to).ok_or(SettlementError::OutsideBuffer)?.copy_from_slice(&bytes);
        Ok(())
    }
}
