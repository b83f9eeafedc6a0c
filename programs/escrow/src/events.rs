use anchor_lang::prelude::*;

#[event]
pub struct Released {
    pub pool: Pubkey,
    pub agreement: Pubkey,
    pub margin: u64,
    pub mno: u64,
    pub prover: u64,
    pub wholesale_before: u64,
    pub wholesale_after: u64,
    pub vault_before: u64,
    pub vault_after: u64,
}
