use anchor_lang::system_program;
use identity::{accounts, instruction};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

use super::{build, event_authority, Registry, ID};
use crate::addresses::identity as at;

/// Opens a registrar with the tree of its first epoch, 0.
pub fn create_registrar(authority: Pubkey, payer: Pubkey, id: u32) -> Instruction {
    let registrar = at::registrar(&authority, id).0;
    let accounts = accounts::CreateRegistrar {
        authority,
        payer,
        config: at::config().0,
        registrar,
        tree: at::tree(&registrar, 0).0,
        system_program: system_program::ID,
        event_authority: event_authority(),
        program: ID,
    };
    build(accounts, instruction::CreateRegistrar { id })
}

/// A leaf as the program hashes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewLeaf {
    /// `P(6, eidTag)`
    pub tag_commitment: [u8; 32],
    /// `P(2, eid, salt)`
    pub eid_commitment: [u8; 32],
    pub idc: [u8; 32],
    /// Unix seconds.
    pub expiry: i64,
}

/// Enrols an EID.
pub fn append_leaf(authority: Pubkey, payer: Pubkey, registry: Registry, leaf: NewLeaf) -> Instruction {
    let NewLeaf { tag_commitment, eid_commitment: eidc, idc, expiry } = leaf;
    let accounts = accounts::AppendLeaf {
        authority,
        payer,
        config: at::config().0,
        registrar: registry.registrar,
        tree: registry.tree,
        enrolment: at::enrolment(&registry.tree, &tag_commitment).0,
        system_program: system_program::ID,
        event_authority: event_authority(),
        program: ID,
    };
    build(accounts, instruction::AppendLeaf { tag_commitment, eidc, idc, expiry })
}

/// Takes a leaf out of the tree; older roots are forgotten.
pub fn revoke_leaf(
    authority: Pubkey,
    registry: Registry,
    tag_commitment: [u8; 32],
    siblings: [[u8; 32]; 20],
) -> Instruction {
    let accounts = accounts::RevokeLeaf {
        authority,
        registrar: registry.registrar,
        tree: registry.tree,
        enrolment: at::enrolment(&registry.tree, &tag_commitment).0,
        event_authority: event_authority(),
        program: ID,
    };
    build(accounts, instruction::RevokeLeaf { siblings })
}

/// Begins the tree of the registrar's next epoch.
pub fn rotate_epoch(authority: Pubkey, payer: Pubkey, registrar: Pubkey, epoch: u32) -> Instruction {
    let accounts = accounts::RotateEpoch {
        authority,
        payer,
        registrar,
        old_tree: at::tree(&registrar, epoch).0,
        new_tree: at::tree(&registrar, epoch.saturating_add(1)).0,
        system_program: system_program::ID,
        event_authority: event_authority(),
        program: ID,
    };
    build(accounts, instruction::RotateEpoch {})
}
