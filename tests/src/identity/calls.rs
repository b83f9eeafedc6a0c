//! One function an instruction: the honest call. Tests change what they want to see refused.

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction, system_program};
use gesim_core::digest::sha256;
use identity::{
    accounts, instruction as ix,
    state::{seeds, Session, Smdp},
    OpenSessionArgs, ID,
};
use solana_signer::Signer;

use crate::chain::{event_authority, instruction, program_data, Chain};

/// The sysvar of the transaction's instructions.
pub const INSTRUCTIONS: Pubkey = Pubkey::from_str_const("Sysvar1nstructions1111111111111111111111111");

macro_rules! call {
    ($accounts:ident { $($field:ident: $value:expr),* $(,)? }, $data:expr) => {
        instruction(
            ID,
            accounts::$accounts { $($field: $value,)* event_authority: event_authority(&ID), program: ID },
            $data,
        )
    };
}

fn config() -> Pubkey {
    seeds::config().0
}

pub fn trusted_setup() -> Instruction {
    instruction(ID, accounts::TrustedSetup {}, ix::TrustedSetup {})
}

pub fn initialize(chain: &Chain, cluster: [u8; 32], ci_delay: u32) -> Instruction {
    let payer = chain.payer.pubkey();
    call!(
        Initialize {
            authority: payer,
            payer: payer,
            program_data: program_data(&ID),
            config: config(),
            system_program: system_program::ID,
        },
        ix::Initialize { cluster, ci_delay }
    )
}

pub fn propose_authority(authority: Pubkey, new_authority: Pubkey) -> Instruction {
    call!(ProposeAuthority { authority: authority, config: config() }, ix::ProposeAuthority { new_authority })
}

pub fn accept_authority(pending_authority: Pubkey) -> Instruction {
    call!(AcceptAuthority { pending_authority: pending_authority, config: config() }, ix::AcceptAuthority {})
}

pub fn set_paused(authority: Pubkey, paused: u8) -> Instruction {
    call!(SetPaused { authority: authority, config: config() }, ix::SetPaused { paused })
}

pub fn propose_ci(authority: Pubkey, payer: Pubkey, key: [u8; 33], ski: [u8; 20]) -> Instruction {
    call!(
        ProposeCi {
            authority: authority,
            payer: payer,
            config: config(),
            issuer: seeds::issuer(&key).0,
            system_program: system_program::ID,
        },
        ix::ProposeCi { key, ski }
    )
}

pub fn confirm_issuer(authority: Pubkey, issuer: Pubkey) -> Instruction {
    call!(ConfirmIssuer { authority: authority, config: config(), issuer: issuer }, ix::ConfirmIssuer {})
}

pub fn retire_issuer(authority: Pubkey, issuer: Pubkey) -> Instruction {
    call!(RetireIssuer { authority: authority, config: config(), issuer: issuer }, ix::RetireIssuer {})
}

pub fn restore_issuer(authority: Pubkey, issuer: Pubkey) -> Instruction {
    call!(RestoreIssuer { authority: authority, config: config(), issuer: issuer }, ix::RestoreIssuer {})
}

pub fn register_intermediate(payer: Pubkey, ci: Pubkey, key: [u8; 33]) -> Instruction {
    call!(
        RegisterIntermediate {
            payer: payer,
            config: config(),
            ci: ci,
            issuer: seeds::issuer(&key).0,
            instructions: INSTRUCTIONS,
            system_program: system_program::ID,
        },
        ix::RegisterIntermediate { key }
    )
}

pub fn register_smdp(payer: Pubkey, issuer: Pubkey, ci: Pubkey, tbs: &[u8]) -> Instruction {
    let tbs_hash = sha256(&[tbs]);
    call!(
        RegisterSmdp {
            payer: payer,
            config: config(),
            issuer: issuer,
            ci: ci,
            smdp: seeds::smdp(&tbs_hash).0,
            instructions: INSTRUCTIONS,
            system_program: system_program::ID,
        },
        ix::RegisterSmdp { tbs_hash }
    )
}

pub fn revoke_smdp(authority: Pubkey, smdp: Pubkey) -> Instruction {
    call!(RevokeSmdp { authority: authority, config: config(), smdp: smdp }, ix::RevokeSmdp {})
}

pub fn open_session(wallet: Pubkey, payer: Pubkey, args: OpenSessionArgs) -> Instruction {
    call!(
        OpenSession {
            wallet: wallet,
            payer: payer,
            config: config(),
            session: seeds::session(&wallet, args.counter).0,
            slot_hashes: seeds::SLOT_HASHES,
            system_program: system_program::ID,
        },
        ix::OpenSession { args }
    )
}

/// The accounts of a record that a certificate on the chain names.
macro_rules! record {
    ($kind:ident, $chain:expr, $session:expr, $smdp:expr, { $($more:ident: $value:expr),* }, $data:expr) => {{
        let smdp: Smdp = $chain.fetch(&$smdp);
        call!(
            $kind {
                config: config(),
                session: $session,
                smdp: $smdp,
                issuer: smdp.issuer,
                ci: smdp.ci,
                $($more: $value,)*
                instructions: INSTRUCTIONS,
            },
            $data
        )
    }};
}

pub fn record_provenance(chain: &Chain, session: Pubkey, smdp: Pubkey, dn: [u8; 32]) -> Instruction {
    record!(RecordProvenance, chain, session, smdp, {}, ix::RecordProvenance { dn })
}

pub fn record_provenance_tls13(chain: &Chain, session: Pubkey, smdp: Pubkey, dn: [u8; 32]) -> Instruction {
    let transcript = seeds::transcript(&session).0;
    record!(RecordProvenanceTls13, chain, session, smdp, { transcript: transcript }, ix::RecordProvenanceTls13 { dn })
}

pub fn record_server_auth(chain: &Chain, session: Pubkey, smdp: Pubkey, r: [u8; 32]) -> Instruction {
    record!(RecordServerAuth, chain, session, smdp, {}, ix::RecordServerAuth { r })
}

pub fn open_transcript(wallet: Pubkey, payer: Pubkey, session: Pubkey, size: u16) -> Instruction {
    call!(
        OpenTranscript {
            wallet: wallet,
            payer: payer,
            session: session,
            transcript: seeds::transcript(&session).0,
            system_program: system_program::ID,
        },
        ix::OpenTranscript { size }
    )
}

pub fn write_transcript(wallet: Pubkey, session: Pubkey, offset: u16, bytes: Vec<u8>) -> Instruction {
    let transcript = seeds::transcript(&session).0;
    call!(
        WriteTranscript { wallet: wallet, session: session, transcript: transcript },
        ix::WriteTranscript { offset, bytes }
    )
}

pub fn close_transcript(wallet: Pubkey, session: Pubkey, payer: Pubkey) -> Instruction {
    let transcript = seeds::transcript(&session).0;
    call!(CloseTranscript { wallet: wallet, transcript: transcript, payer: payer }, ix::CloseTranscript {})
}

pub fn close_session(chain: &Chain, closer: Pubkey, session: Pubkey) -> Instruction {
    let payer = chain.fetch::<Session>(&session).payer;
    call!(CloseSession { closer: closer, session: session, payer: payer }, ix::CloseSession {})
}
