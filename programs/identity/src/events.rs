//! What happened. Emitted as inner instructions: logs may be cut.

use anchor_lang::prelude::*;

use crate::state::{IssuerState, SessionState, SmdpRole, RID_LEN};

#[event]
pub struct Initialized {
    pub authority: Pubkey,
    pub cluster: [u8; 32],
    pub ci_delay: u32,
}

#[event]
pub struct RegistrarCreated {
    pub registrar: Pubkey,
    pub authority: Pubkey,
    pub id: u32,
    pub tree: Pubkey,
}

#[event]
pub struct RegistrarAuthorityProposed {
    pub registrar: Pubkey,
    pub authority: Pubkey,
    pub proposed: Pubkey,
}

#[event]
pub struct RegistrarAuthorityAccepted {
    pub registrar: Pubkey,
    pub previous: Pubkey,
    pub authority: Pubkey,
}

#[event]
pub struct LeafAppended {
    pub registrar: Pubkey,
    pub tree: Pubkey,
    pub index: u32,
    pub tag_commitment: [u8; 32],
    pub leaf: [u8; 32],
    pub expiry: i64,
    /// Of the tree with this leaf.
    pub root: [u8; 32],
}

#[event]
pub struct LeafRevoked {
    pub registrar: Pubkey,
    pub tree: Pubkey,
    pub index: u32,
    pub tag_commitment: [u8; 32],
    /// Of the tree without the leaf, and the only one that counts now.
    pub root: [u8; 32],
}

#[event]
pub struct EpochRotated {
    pub registrar: Pubkey,
    /// The one that begins.
    pub epoch: u32,
    pub old_tree: Pubkey,
    pub tree: Pubkey,
    /// How many leaves the old tree had.
    pub leaves: u32,
}

#[event]
pub struct EidBound {
    pub binding: Pubkey,
    pub plan: Pubkey,
    pub registrar: Pubkey,
    pub wallet: Pubkey,
    pub entitlement: Pubkey,
    pub session: Pubkey,
    pub expires_at: i64,
}

#[event]
pub struct EidRebound {
    pub binding: Pubkey,
    pub previous_wallet: Pubkey,
    pub previous_entitlement: Pubkey,
    pub wallet: Pubkey,
    pub entitlement: Pubkey,
    pub session: Pubkey,
    pub expires_at: i64,
    pub moves: u32,
}

#[event]
pub struct EidUnbound {
    pub binding: Pubkey,
    pub plan: Pubkey,
    pub wallet: Pubkey,
    pub entitlement: Pubkey,
}

#[event]
pub struct AuthorityProposed {
    pub authority: Pubkey,
    pub proposed: Pubkey,
}

#[event]
pub struct AuthorityAccepted {
    pub previous: Pubkey,
    pub authority: Pubkey,
}

#[event]
pub struct PausedSet {
    pub before: u8,
    pub after: u8,
}

#[event]
pub struct IssuerProposed {
    pub issuer: Pubkey,
    pub key: [u8; 33],
    pub ski: [u8; 20],
    pub ready_at: i64,
}

#[event]
pub struct IssuerChanged {
    pub issuer: Pubkey,
    pub before: IssuerState,
    pub after: IssuerState,
    pub ready_at: i64,
}

#[event]
pub struct IntermediateRegistered {
    pub issuer: Pubkey,
    pub ci: Pubkey,
    pub key: [u8; 33],
    pub not_after: i64,
}

#[event]
pub struct SmdpRegistered {
    pub smdp: Pubkey,
    pub issuer: Pubkey,
    pub role: SmdpRole,
    pub rid: [u8; RID_LEN],
    pub not_after: i64,
}

#[event]
pub struct SmdpRevoked {
    pub smdp: Pubkey,
}

#[event]
pub struct SessionOpened {
    pub session: Pubkey,
    pub wallet: Pubkey,
    pub challenge: [u8; 32],
    pub expires_slot: u64,
}

#[event]
pub struct ProvenanceRecorded {
    pub session: Pubkey,
    pub smdp: Pubkey,
    pub rid: [u8; RID_LEN],
    /// TLS's own number of the version: 0x0303 or 0x0304.
    pub tls: u16,
}

#[event]
pub struct ServerAuthenticated {
    pub session: Pubkey,
    pub smdp: Pubkey,
}

#[event]
pub struct SessionClosed {
    pub session: Pubkey,
    pub state: SessionState,
    pub payer: Pubkey,
}

#[event]
pub struct TranscriptOpened {
    pub transcript: Pubkey,
    pub session: Pubkey,
    pub size: u16,
}

#[event]
pub struct TranscriptWritten {
    pub transcript: Pubkey,
    /// The bytes of the handshake that were written: from, and up to but not including.
    pub offset: u16,
    pub end: u32,
}

#[event]
pub struct TranscriptClosed {
    pub transcript: Pubkey,
    pub payer: Pubkey,
}
