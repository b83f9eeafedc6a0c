use anchor_lang::system_program;
use identity::{accounts, instruction};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

use super::{build, event_authority, ID};
use crate::addresses::identity as at;

/// Whose enrolments a proof is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Registry {
    pub registrar: Pubkey,
    pub tree: Pubkey,
}

/// An EID possession proof and what it shows beside what the program derives.
#[derive(Debug, Clone, Copy)]
pub struct Possessed {
    pub root: [u8; 32],
    pub nullifier: [u8; 32],
    pub proof: [u8; 256],
}

/// Binds an EID to the session's wallet and entitlement, in the scope of a plan.
pub fn bind_eid(
    wallet: Pubkey,
    payer: Pubkey,
    registry: Registry,
    session: Pubkey,
    plan: Pubkey,
    shown: &Possessed,
) -> Instruction {
    let accounts = accounts::BindEid {
        wallet,
        payer,
        config: at::config().0,
        registrar: registry.registrar,
        tree: registry.tree,
        session,
        binding: at::binding(&registry.registrar, &shown.nullifier).0,
        system_program: system_program::ID,
        event_authority: event_authority(),
        program: ID,
    };
    let Possessed { root, nullifier, proof } = *shown;
    build(accounts, instruction::BindEid { plan, root, nullifier, proof })
}

/// Moves a binding to the session's wallet and entitlement.
pub fn rebind(wallet: Pubkey, registry: Registry, session: Pubkey, shown: &Possessed) -> Instruction {
    let accounts = accounts::Rebind {
        wallet,
        config: at::config().0,
        registrar: registry.registrar,
        tree: registry.tree,
        session,
        binding: at::binding(&registry.registrar, &shown.nullifier).0,
        event_authority: event_authority(),
        program: ID,
    };
    build(accounts, instruction::Rebind { root: shown.root, proof: shown.proof })
}

/// Closes a binding that is over; the rent goes to its payer.
pub fn unbind(binding: Pubkey, payer: Pubkey) -> Instruction {
    let accounts = accounts::Unbind { binding, payer, event_authority: event_authority(), program: ID };
    build(accounts, instruction::Unbind {})
}
