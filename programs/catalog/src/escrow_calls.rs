//! What every order to escrow needs, and the signature under it.

use anchor_lang::prelude::*;
use escrow::program::Escrow;

use crate::state::seeds;

/// Escrow's side of an instruction. Escrow checks its own accounts; catalog makes sure that it is escrow.
#[derive(Accounts)]
pub struct EscrowCall<'info> {
    /// CHECK: signs only, with the program's own seeds
    #[account(seeds = [seeds::AUTHORITY], bump)]
    pub authority: UncheckedAccount<'info>,
    /// CHECK: escrow checks its address
    pub config: UncheckedAccount<'info>,
    /// CHECK: escrow checks its address
    pub event_authority: UncheckedAccount<'info>,
    pub program: Program<'info, Escrow>,
}

impl<'info> EscrowCall<'info> {
    /// Calls escrow as `["authority"]`.
    pub fn signed<T>(
        &self,
        bump: u8,
        accounts: T,
        call: impl FnOnce(CpiContext<'_, '_, '_, 'info, T>) -> Result<()>,
    ) -> Result<()>
    where
        T: ToAccountMetas + ToAccountInfos<'info>,
    {
        let bump = [bump];
        let seeds: &[&[u8]] = &[seeds::AUTHORITY, &bump];
        call(CpiContext::new_with_signer(self.program.key(), accounts, &[seeds]))
    }
}
