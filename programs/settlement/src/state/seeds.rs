//! Seeds of every address this program derives, and the addresses themselves for clients.

use anchor_lang::prelude::*;

pub const CONFIG: &[u8] = b"config";
pub const AUTHORITY: &[u8] = b"authority";
pub const MNO: &[u8] = b"mno";
pub const AGREEMENT: &[u8] = b"agreement";
pub const TERMS: &[u8] = b"terms";
pub const STATEMENT: &[u8] = b"statement";
pub const BATCH: &[u8] = b"batch";
pub const BUFFER: &[u8] = b"buffer";
pub const OPENING: &[u8] = b"opening";
pub const BOND: &[u8] = b"bond";

pub fn config() -> (Pubkey, u8) {
    Pubkey::find_program_address(&[CONFIG], &crate::ID)
}

/// The signer escrow obeys when it is told to release.
pub fn authority() -> (Pubkey, u8) {
    Pubkey::find_program_address(&[AUTHORITY], &crate::ID)
}

pub fn mno(tadig: &[u8; 5]) -> (Pubkey, u8) {
    Pubkey::find_program_address(&[MNO, tadig], &crate::ID)
}

/// `mvno` is the MVNO's authority when the agreement was proposed.
pub fn agreement(mno: &Pubkey, mvno: &Pubkey, id: u32) -> (Pubkey, u8) {
    Pubkey::find_program_address(&[AGREEMENT, mno.as_ref(), mvno.as_ref(), &id.to_le_bytes()], &crate::ID)
}

pub fn terms(agreement: &Pubkey, number: u32) -> (Pubkey, u8) {
    Pubkey::find_program_address(&[TERMS, agreement.as_ref(), &number.to_le_bytes()], &crate::ID)
}

pub fn statement(agreement: &Pubkey, period: u32) -> (Pubkey, u8) {
    Pubkey::find_program_address(&[STATEMENT, agreement.as_ref(), &period.to_le_bytes()], &crate::ID)
}

/// The seed of the version that follows `drafts` others, and of the note that follows `notes` others. Calls, because the
/// IDL would take an expression over a field for the field itself, and derive other addresses.
pub fn next_version(drafts: u32) -> [u8; 4] {
    drafts.saturating_add(1).to_le_bytes()
}

pub fn next_note(notes: u32) -> [u8; 4] {
    super::statement::FIRST_NOTE.saturating_add(notes).to_le_bytes()
}

pub fn bond(agreement: &Pubkey) -> (Pubkey, u8) {
    Pubkey::find_program_address(&[BOND, agreement.as_ref()], &crate::ID)
}

pub fn opening(batch: &Pubkey, chunk: u32, position: u32) -> (Pubkey, u8) {
    let (chunk, position) = (chunk.to_le_bytes(), position.to_le_bytes());
    Pubkey::find_program_address(&[OPENING, batch.as_ref(), &chunk, &position], &crate::ID)
}

pub fn batch(agreement: &Pubkey, period: u32, sequence: u32) -> (Pubkey, u8) {
    let (period, sequence) = (period.to_le_bytes(), sequence.to_le_bytes());
    Pubkey::find_program_address(&[BATCH, agreement.as_ref(), &period, &sequence], &crate::ID)
}

pub fn buffer(batch: &Pubkey, writer: &Pubkey, id: u32) -> (Pubkey, u8) {
    Pubkey::find_program_address(&[BUFFER, batch.as_ref(), writer.as_ref(), &id.to_le_bytes()], &crate::ID)
}
