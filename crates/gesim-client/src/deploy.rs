//! Deploying and upgrading programs with the upgradeable loader.

use solana_keypair::Keypair;
use solana_loader_v3_interface::{instruction as loader, state::UpgradeableLoaderState};
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use crate::{
    error::{ClientError, Result},
    instructions::program_data,
    session::Session,
    transport::Transport,
};

/// Bytes of a program written by one transaction.
const WRITE: usize = 900;
/// Room for a program to grow without an extension, in percent of its present size.
const ROOM: usize = 125;

/// A program as a cluster has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployed {
    /// Nobody can upgrade it when there is none.
    pub authority: Option<Pubkey>,
    /// The bytes, with the zeroes behind them.
    pub bytes: Vec<u8>,
}

impl Deployed {
    pub fn fetch(transport: &dyn Transport, program: &Pubkey) -> Result<Option<Self>> {
        if transport.account(program)?.is_none() {
            return Ok(None);
        }
        let address = program_data(program);
        let account = transport.require("program data", &address)?;
        let head = UpgradeableLoaderState::size_of_programdata_metadata();
        let bad = || ClientError::Malformed { what: "program", address, reason: "its data is not a program's".into() };
        // Tag u32 = 3, slot u64, authority: option tag u8, key.
        let data = account.data.get(..head).ok_or_else(bad)?;
        if data.get(..4) != Some(&[3, 0, 0, 0]) {
            return Err(bad());
        }
        let key: [u8; 32] = data[13..45].try_into().map_err(|_| bad())?;
        let authority = (data[12] == 1).then(|| Pubkey::from(key));
        Ok(Some(Self { authority, bytes: account.data[head..].to_vec() }))
    }

    /// Whether it is this ELF: equal, and nothing but zeroes behind.
    pub fn is(&self, elf: &[u8]) -> bool {
        self.bytes.starts_with(elf) && self.bytes[elf.len()..].iter().all(|byte| *byte == 0)
    }
}

/// Deploys a program for the first time.
pub fn deploy(session: &Session, program: &Keypair, authority: &dyn Signer, elf: &[u8], report: Report) -> Result<()> {
    let buffer = upload(session, authority, elf, report)?;
    let room = elf.len().saturating_mul(ROOM) / 100;
    let lamports = session.transport.rent(UpgradeableLoaderState::size_of_program())?;
    let instructions = loader::deploy_with_max_program_len(
        &session.payer(),
        &program.pubkey(),
        &buffer,
        &authority.pubkey(),
        lamports,
        room,
        true,
    );
    let instructions = instructions.map_err(|e| ClientError::invalid(e.to_string()))?;
    session.send("deploy program", &instructions, &[program, authority])?;
    Ok(())
}

/// Replaces a program's bytes, after making room where it has grown.
pub fn upgrade(
    session: &Session,
    program: &Pubkey,
    deployed: &Deployed,
    authority: &dyn Signer,
    elf: &[u8],
    report: Report,
) -> Result<()> {
    let missing = elf.len().saturating_sub(deployed.bytes.len());
    if missing > 0 {
        let more = u32::try_from(missing).map_err(|_| ClientError::invalid("the program is too large"))?;
        // An extension of fewer bytes is refused by the loader.
        let more = more.max(10_240);
        let extend = loader::extend_program(program, Some(&session.payer()), more);
        session.send("make room for the program", &[extend], &[])?;
    }
    let buffer = upload(session, authority, elf, report)?;
    let upgrade = loader::upgrade(program, &buffer, &authority.pubkey(), &session.payer(), true);
    session.send("upgrade program", &[upgrade], &[authority])?;
    Ok(())
}

/// Hears how many of how many bytes are written.
pub type Report<'a> = &'a dyn Fn(usize, usize);

/// Writes the ELF into a buffer of its own.
fn upload(session: &Session, authority: &dyn Signer, elf: &[u8], report: Report) -> Result<Pubkey> {
    let buffer = Keypair::new();
    let lamports = session.transport.rent(UpgradeableLoaderState::size_of_buffer(elf.len()))?;
    let create = loader::create_buffer(&session.payer(), &buffer.pubkey(), &authority.pubkey(), lamports, elf.len());
    let create = create.map_err(|e| ClientError::invalid(e.to_string()))?;
    session.send("create program buffer", &create, &[&buffer, authority])?;
    let mut writes = Vec::new();
    for (index, bytes) in elf.chunks(WRITE).enumerate() {
        let offset = u32::try_from(index.saturating_mul(WRITE)).map_err(|_| ClientError::invalid("too large"))?;
        writes.push(vec![loader::write(&buffer.pubkey(), &authority.pubkey(), offset, bytes.to_vec())]);
    }
    let written = |done: usize| report(done.saturating_mul(WRITE).min(elf.len()), elf.len());
    session.send_bulk("write program", &writes, &[authority], &written)?;
    Ok(buffer.pubkey())
}
