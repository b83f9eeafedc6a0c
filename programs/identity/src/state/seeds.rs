//! Seeds of every address this program derives, and the addresses themselves for clients.

use anchor_lang::prelude::*;

pub const CONFIG: &[u8] = b"config";
pub const ISSUER: &[u8] = b"issuer";
pub const SMDP: &[u8] = b"smdp";
pub const SESSION: &[u8] = b"session";
pub const TRANSCRIPT: &[u8] = b"transcript";
pub const REGISTRAR: &[u8] = b"registrar";
pub const TREE: &[u8] = b"tree";
pub const ENROLMENT: &[u8] = b"enrolment";
pub const NULLIFIER: &[u8] = b"null";

/// The sysvar of recent slots' hashes.
pub const SLOT_HASHES: Pubkey = pubkey!("SysvarS1otHashes111111111111111111111111111");

pub fn config() -> (Pubkey, u8) {
    Pubkey::find_program_address(&[CONFIG], &crate::ID)
}

/// A CI or an intermediate CA, by the key's compressed point.
pub fn issuer(key: &[u8; 33]) -> (Pubkey, u8) {
    Pubkey::find_program_address(&[ISSUER, &key[..1], &key[1..]], &crate::ID)
}

/// `tbs` is the SHA-256 of the certificate's TBS: a certificate that was revoked cannot be registered again.
pub fn smdp(tbs: &[u8; 32]) -> (Pubkey, u8) {
    Pubkey::find_program_address(&[SMDP, tbs], &crate::ID)
}

pub fn session(wallet: &Pubkey, counter: u64) -> (Pubkey, u8) {
    Pubkey::find_program_address(&[SESSION, wallet.as_ref(), &counter.to_le_bytes()], &crate::ID)
}

/// The TLS 1.3 handshake of a session, while it is uploaded.
pub fn transcript(session: &Pubkey) -> (Pubkey, u8) {
    Pubkey::find_program_address(&[TRANSCRIPT, session.as_ref()], &crate::ID)
}

/// `authority` is the one that created it.
pub fn registrar(authority: &Pubkey, id: u32) -> (Pubkey, u8) {
    Pubkey::find_program_address(&[REGISTRAR, authority.as_ref(), &id.to_le_bytes()], &crate::ID)
}

/// A registrar has a tree for each epoch of its key.
pub fn tree(registrar: &Pubkey, epoch: u32) -> (Pubkey, u8) {
    Pubkey::find_program_address(&[TREE, registrar.as_ref(), &epoch.to_le_bytes()], &crate::ID)
}

/// The one live leaf of an EID, by the commitment to its eidTag.
pub fn enrolment(tree: &Pubkey, tag_commitment: &[u8; 32]) -> (Pubkey, u8) {
    Pubkey::find_program_address(&[ENROLMENT, tree.as_ref(), tag_commitment], &crate::ID)
}

/// The binding of whoever has this nullifier with a registrar. A registrar that learned another one's
/// eidTags could enrol them and so have their nullifiers: their places are apart.
pub fn binding(registrar: &Pubkey, nullifier: &[u8; 32]) -> (Pubkey, u8) {
    Pubkey::find_program_address(&[NULLIFIER, registrar.as_ref(), nullifier], &crate::ID)
}
