//! The record of migrations on a cluster (ADR 0004): a buffer account of the upgradeable loader.

use solana_instruction::{AccountMeta, Instruction};
use solana_loader_v3_interface::{instruction as loader, state::UpgradeableLoaderState};
use solana_pubkey::Pubkey;
use solana_sdk_ids::bpf_loader_upgradeable as loader_id;
use solana_system_interface::instruction::create_account_with_seed;

use crate::{
    error::{ClientError, Result},
    transport::Transport,
};

const SEED: &str = "gesim:migrations";
const MAGIC: &[u8; 8] = b"GSMMIG01";
const ENTRY: usize = 64;
/// Entries the ledger has room for.
pub const CAPACITY: usize = 128;
/// Magic and number of entries.
const HEAD: usize = 12;

/// One migration that was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    pub number: u32,
    /// Unix seconds.
    pub at: i64,
    /// SHA-256 of its inputs.
    pub digest: [u8; 32],
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    pub address: Pubkey,
    pub authority: Pubkey,
    pub entries: Vec<Entry>,
}

/// Where the ledger that `base` made stands.
pub fn address(base: &Pubkey) -> Result<Pubkey> {
    Pubkey::create_with_seed(base, SEED, &loader_id::ID).map_err(|error| ClientError::invalid(error.to_string()))
}

/// Makes an empty ledger; `base` signs and pays.
pub fn create(transport: &dyn Transport, base: &Pubkey) -> Result<Vec<Instruction>> {
    let address = address(base)?;
    let space = UpgradeableLoaderState::size_of_buffer(HEAD + CAPACITY * ENTRY);
    let lamports = transport.rent(space)?;
    let initialize = Instruction {
        program_id: loader_id::ID,
        accounts: vec![AccountMeta::new(address, false), AccountMeta::new_readonly(*base, false)],
        // Tag of InitializeBuffer.
        data: vec![0; 4],
    };
    Ok(vec![
        create_account_with_seed(base, &address, base, SEED, lamports, space as u64, &loader_id::ID),
        initialize,
        loader::write(&address, base, 0, head(0)),
    ])
}

/// Appends an entry.
pub fn append(ledger: &Ledger, entry: &Entry) -> Result<Vec<Instruction>> {
    let count = ledger.entries.len();
    if count >= CAPACITY {
        return Err(ClientError::invalid("the ledger of migrations is full: start another one with --ledger-base"));
    }
    let mut bytes = [0; ENTRY];
    bytes[..4].copy_from_slice(&entry.number.to_le_bytes());
    bytes[4..12].copy_from_slice(&entry.at.to_le_bytes());
    bytes[12..44].copy_from_slice(&entry.digest);
    let offset = u32::try_from(HEAD + count * ENTRY).map_err(|_| ClientError::invalid("the ledger is too large"))?;
    // The count is written last: half an entry is none.
    Ok(vec![
        loader::write(&ledger.address, &ledger.authority, offset, bytes.to_vec()),
        loader::write(&ledger.address, &ledger.authority, 0, head(count + 1)),
    ])
}

fn head(count: usize) -> Vec<u8> {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    [MAGIC.as_slice(), &count.to_le_bytes()].concat()
}

impl Ledger {
    /// Reads the ledger of `base`, if there is one.
    pub fn fetch(transport: &dyn Transport, base: &Pubkey) -> Result<Option<Self>> {
        let address = address(base)?;
        let Some(account) = transport.account(&address)? else { return Ok(None) };
        let bad = |reason: &str| ClientError::Malformed { what: "ledger", address, reason: reason.into() };
        // Buffer: tag u32 = 1, authority: option tag u8, key.
        let data = account.data.as_slice();
        if account.owner != loader_id::ID || data.get(..4) != Some(&[1, 0, 0, 0]) {
            return Err(bad("it is not a buffer of the loader"));
        }
        if data.get(4) != Some(&1) {
            return Err(bad("nobody can write to it"));
        }
        let authority: [u8; 32] = data.get(5..37).and_then(|k| k.try_into().ok()).ok_or_else(|| bad("too short"))?;
        let body = data.get(UpgradeableLoaderState::size_of_buffer_metadata()..).unwrap_or_default();
        let entries = parse(body).ok_or_else(|| bad("its entries cannot be read"))?;
        Ok(Some(Self { address, authority: Pubkey::from(authority), entries }))
    }
}

fn parse(body: &[u8]) -> Option<Vec<Entry>> {
    let rest = body.strip_prefix(MAGIC.as_slice())?;
    let count = u32::from_le_bytes(rest.get(..4)?.try_into().ok()?) as usize;
    let entries = rest.get(4..)?.chunks_exact(ENTRY).take(count).map(|bytes| {
        Some(Entry {
            number: u32::from_le_bytes(bytes[..4].try_into().ok()?),
            at: i64::from_le_bytes(bytes[4..12].try_into().ok()?),
            digest: bytes[12..44].try_into().ok()?,
        })
    });
    let entries: Vec<Entry> = entries.collect::<Option<_>>()?;
    (entries.len() == count).then_some(entries)
}
