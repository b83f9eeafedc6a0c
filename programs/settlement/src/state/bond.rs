use anchor_lang::prelude::*;
use anchor_spl::token_interface::{transfer_checked, TransferChecked};

use super::seeds;

/// Seconds that a bond stays behind the last window of a terminated agreement: time to find a record that was billed twice.
pub const BOND_HOLD: u32 = 60 * 86_400;

/// The token account that holds an MNO's bond, and what it takes to pay out of it.
pub struct Bond<'info> {
    pub account: AccountInfo<'info>,
    pub mint: AccountInfo<'info>,
    pub decimals: u8,
    pub authority: AccountInfo<'info>,
    pub authority_bump: u8,
    pub token_program: Pubkey,
}

impl<'info> Bond<'info> {
    pub fn pay(self, to: AccountInfo<'info>, amount: u64) -> Result<()> {
        let accounts = TransferChecked { from: self.account, mint: self.mint, to, authority: self.authority };
        let signer: &[&[u8]] = &[seeds::AUTHORITY, &[self.authority_bump]];
        let signers = [signer];
        transfer_checked(CpiContext::new_with_signer(self.token_program, accounts, &signers), amount, self.decimals)
    }
}
