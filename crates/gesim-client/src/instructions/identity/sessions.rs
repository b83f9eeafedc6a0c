use anchor_lang::system_program;
use identity::{accounts, instruction, OpenSessionArgs};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use solana_sdk_ids::sysvar;

use super::{build, event_authority, Chain, Signed, ID};
use crate::{addresses::identity as at, error::Result};

/// Bytes of a transcript that fit in one transaction beside everything else.
pub const TRANSCRIPT_PART: usize = 900;

/// Opens a provisioning session of the wallet's.
pub fn open_session(wallet: Pubkey, payer: Pubkey, args: OpenSessionArgs) -> Instruction {
    let accounts = accounts::OpenSession {
        wallet,
        payer,
        config: at::config().0,
        session: at::session(&wallet, args.counter).0,
        slot_hashes: sysvar::slot_hashes::ID,
        system_program: system_program::ID,
        event_authority: event_authority(),
        program: ID,
    };
    build(accounts, instruction::OpenSession { args })
}

/// A TLS 1.2 ServerKeyExchange, signed by a registered DPtls key.
pub fn record_provenance(session: Pubkey, chain: Chain, signed: &Signed, dn: [u8; 32]) -> Result<[Instruction; 2]> {
    let accounts = accounts::RecordProvenance {
        config: at::config().0,
        session,
        smdp: chain.smdp,
        issuer: chain.issuer,
        ci: chain.ci,
        instructions: sysvar::instructions::ID,
        event_authority: event_authority(),
        program: ID,
    };
    Ok([signed.precompile()?, build(accounts, instruction::RecordProvenance { dn })])
}

/// A TLS 1.3 CertificateVerify over the handshake that was uploaded.
pub fn record_provenance_tls13(
    session: Pubkey,
    chain: Chain,
    signed: &Signed,
    dn: [u8; 32],
) -> Result<[Instruction; 2]> {
    let accounts = accounts::RecordProvenanceTls13 {
        config: at::config().0,
        session,
        smdp: chain.smdp,
        issuer: chain.issuer,
        ci: chain.ci,
        transcript: at::transcript(&session).0,
        instructions: sysvar::instructions::ID,
        event_authority: event_authority(),
        program: ID,
    };
    Ok([signed.precompile()?, build(accounts, instruction::RecordProvenanceTls13 { dn })])
}

/// serverSigned1, signed by the DPauth key of the same SM-DP+; `r` opens the commitment to the eUICC's challenge.
pub fn record_server_auth(session: Pubkey, chain: Chain, signed: &Signed, r: [u8; 32]) -> Result<[Instruction; 2]> {
    let accounts = accounts::RecordServerAuth {
        config: at::config().0,
        session,
        smdp: chain.smdp,
        issuer: chain.issuer,
        ci: chain.ci,
        instructions: sysvar::instructions::ID,
        event_authority: event_authority(),
        program: ID,
    };
    Ok([signed.precompile()?, build(accounts, instruction::RecordServerAuth { r })])
}

/// Makes room for a TLS 1.3 handshake.
pub fn open_transcript(wallet: Pubkey, payer: Pubkey, session: Pubkey, size: u16) -> Instruction {
    let accounts = accounts::OpenTranscript {
        wallet,
        payer,
        session,
        transcript: at::transcript(&session).0,
        system_program: system_program::ID,
        event_authority: event_authority(),
        program: ID,
    };
    build(accounts, instruction::OpenTranscript { size })
}

pub fn write_transcript(wallet: Pubkey, session: Pubkey, offset: u16, bytes: Vec<u8>) -> Instruction {
    let accounts = accounts::WriteTranscript {
        wallet,
        session,
        transcript: at::transcript(&session).0,
        event_authority: event_authority(),
        program: ID,
    };
    build(accounts, instruction::WriteTranscript { offset, bytes })
}

/// Gives the rent back.
pub fn close_transcript(wallet: Pubkey, session: Pubkey, payer: Pubkey) -> Instruction {
    let accounts = accounts::CloseTranscript {
        wallet,
        transcript: at::transcript(&session).0,
        payer,
        event_authority: event_authority(),
        program: ID,
    };
    build(accounts, instruction::CloseTranscript {})
}

/// By the wallet at any time, by anybody when the session is over.
pub fn close_session(closer: Pubkey, session: Pubkey, payer: Pubkey) -> Instruction {
    let accounts = accounts::CloseSession { closer, session, payer, event_authority: event_authority(), program: ID };
    build(accounts, instruction::CloseSession {})
}
