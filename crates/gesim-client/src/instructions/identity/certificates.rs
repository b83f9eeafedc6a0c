use anchor_lang::system_program;
use gesim_core::{
    digest::sha256,
    secp256r1::{header, KEY_LEN, MESSAGE_AT, PROGRAM, SIGNATURE_LEN},
};
use identity::{accounts, instruction};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use solana_sdk_ids::sysvar;

use super::{build, event_authority, ID};
use crate::{
    addresses::identity as at,
    error::{ClientError, Result},
};

/// A P-256 signature over SHA-256 of a message, as the precompile verifies it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// SEC1, compressed.
    pub key: [u8; KEY_LEN],
    /// `r || s`, s in the lower half.
    pub signature: [u8; SIGNATURE_LEN],
    pub message: Vec<u8>,
}

impl Signed {
    /// The precompile's instruction. It must stand directly before the one that reads it.
    pub fn precompile(&self) -> Result<Instruction> {
        let length = u16::try_from(self.message.len())
            .map_err(|_| ClientError::invalid("a signed message is longer than 65,535 bytes"))?;
        let mut data = Vec::with_capacity(MESSAGE_AT + self.message.len());
        data.extend_from_slice(&header(length));
        data.extend_from_slice(&self.key);
        data.extend_from_slice(&self.signature);
        data.extend_from_slice(&self.message);
        Ok(Instruction { program_id: Pubkey::from(PROGRAM), accounts: Vec::new(), data })
    }

    /// SHA-256 of the message: a certificate's address is made of it.
    pub fn digest(&self) -> [u8; 32] {
        sha256(&[&self.message])
    }
}

/// A registered certificate with those above it; the same address twice where a CI signed it itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chain {
    pub smdp: Pubkey,
    pub issuer: Pubkey,
    pub ci: Pubkey,
}

/// Names a CI key; it counts once it is confirmed.
pub fn propose_ci(authority: Pubkey, payer: Pubkey, key: [u8; 33], ski: [u8; 20]) -> Instruction {
    let accounts = accounts::ProposeCi {
        authority,
        payer,
        config: at::config().0,
        issuer: at::issuer(&key).0,
        system_program: system_program::ID,
        event_authority: event_authority(),
        program: ID,
    };
    build(accounts, instruction::ProposeCi { key, ski })
}

/// A proposed issuer becomes active, a retiring one retired.
pub fn confirm_issuer(authority: Pubkey, issuer: Pubkey) -> Instruction {
    let accounts = accounts::ConfirmIssuer {
        authority,
        config: at::config().0,
        issuer,
        event_authority: event_authority(),
        program: ID,
    };
    build(accounts, instruction::ConfirmIssuer {})
}

/// Nothing new is certified by this issuer; once confirmed, nothing that it certified counts.
pub fn retire_issuer(authority: Pubkey, issuer: Pubkey) -> Instruction {
    let accounts = accounts::RetireIssuer {
        authority,
        config: at::config().0,
        issuer,
        event_authority: event_authority(),
        program: ID,
    };
    build(accounts, instruction::RetireIssuer {})
}

/// Takes a retirement back that is not confirmed.
pub fn restore_issuer(authority: Pubkey, issuer: Pubkey) -> Instruction {
    let accounts = accounts::RestoreIssuer {
        authority,
        config: at::config().0,
        issuer,
        event_authority: event_authority(),
        program: ID,
    };
    build(accounts, instruction::RestoreIssuer {})
}

/// Registers an intermediate CA whose key is `key`, by the CI's signature over its certificate's TBS.
pub fn register_intermediate(payer: Pubkey, ci: Pubkey, key: [u8; 33], tbs: &Signed) -> Result<[Instruction; 2]> {
    let accounts = accounts::RegisterIntermediate {
        payer,
        config: at::config().0,
        ci,
        issuer: at::issuer(&key).0,
        instructions: sysvar::instructions::ID,
        system_program: system_program::ID,
        event_authority: event_authority(),
        program: ID,
    };
    Ok([tbs.precompile()?, build(accounts, instruction::RegisterIntermediate { key })])
}

/// Registers an SM-DP+ certificate by its issuer's signature over the TBS.
pub fn register_smdp(payer: Pubkey, issuer: Pubkey, ci: Pubkey, tbs: &Signed) -> Result<[Instruction; 2]> {
    let tbs_hash = tbs.digest();
    let accounts = accounts::RegisterSmdp {
        payer,
        config: at::config().0,
        issuer,
        ci,
        smdp: at::smdp(&tbs_hash).0,
        instructions: sysvar::instructions::ID,
        system_program: system_program::ID,
        event_authority: event_authority(),
        program: ID,
    };
    Ok([tbs.precompile()?, build(accounts, instruction::RegisterSmdp { tbs_hash })])
}

/// The certificate counts for nothing from now on.
pub fn revoke_smdp(authority: Pubkey, smdp: Pubkey) -> Instruction {
    let accounts = accounts::RevokeSmdp {
        authority,
        config: at::config().0,
        smdp,
        event_authority: event_authority(),
        program: ID,
    };
    build(accounts, instruction::RevokeSmdp {})
}
