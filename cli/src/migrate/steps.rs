//! What each kind of step looks for on the chain, and does when it is not there.

use std::collections::BTreeMap;

use anyhow::{anyhow, Result};
use gesim_client::{
    deploy::{deploy, upgrade, Deployed},
    instructions::{catalog, escrow, identity, settlement},
    Session,
};
use gesim_programs::Program;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use super::manifest::Step;
use crate::{failure::Hint, output::Output, progress::Progress};

/// What became of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// Its goal was reached already.
    Already,
    Made,
    /// A dry run would make it.
    Would,
}

pub struct Runner<'a> {
    pub session: &'a Session<'a>,
    pub authority: &'a Keypair,
    /// Keypairs of programs that do not stand at their development addresses.
    pub keypairs: BTreeMap<String, Keypair>,
    /// Seconds between naming a CI key and confirming it, where identity is initialised.
    pub ci_delay: u32,
    pub output: Output,
}

impl Runner<'_> {
    pub fn run(&self, step: &Step) -> Result<Done> {
        let program = step.program()?;
        if self.session.is_dry_run() {
            return Ok(if self.reached(step, &program)? { Done::Already } else { Done::Would });
        }
        if self.reached(step, &program)? {
            return Ok(Done::Already);
        }
        match step {
            Step::Deploy(_) => self.deploy(&program)?,
            Step::Initialise(_) => self.initialise(&program)?,
            Step::Upgrade(_) => self.upgrade(&program)?,
        }
        Ok(Done::Made)
    }

    fn reached(&self, step: &Step, program: &Program) -> Result<bool> {
        let id = Pubkey::from(program.id);
        let chain = self.session.transport;
        Ok(match step {
            Step::Deploy(_) => Deployed::fetch(chain, &id)?.is_some(),
            Step::Upgrade(_) => Deployed::fetch(chain, &id)?.is_some_and(|deployed| deployed.is(program.elf)),
            Step::Initialise(_) => match chain.account(&config(&id))? {
                None => false,
                Some(account) if account.owner == id => true,
                Some(account) => {
                    return Err(anyhow!("the configuration of {} belongs to {}", program.name, account.owner))
                }
            },
        })
    }

    fn deploy(&self, program: &Program) -> Result<()> {
        let keypair = match self.keypairs.get(program.name) {
            Some(keypair) => keypair.insecure_clone(),
            None => gesim_programs::development::keypair(program.name),
        };
        let id = Pubkey::from(program.id);
        if keypair.pubkey() != id {
            return Err(anyhow!("the keypair is that of {}, the program was built for {id}", keypair.pubkey())
                .hint("set the address in gesim-core's ids and in the program's declare_id, and rebuild"));
        }
        let bar = self.bar(program);
        let report = |done, _| bar.set(done as u64);
        Ok(deploy(self.session, &keypair, self.authority, program.elf, &report)?)
    }

    fn upgrade(&self, program: &Program) -> Result<()> {
        let id = Pubkey::from(program.id);
        let deployed = Deployed::fetch(self.session.transport, &id)?
            .ok_or_else(|| anyhow!("the program {} is not deployed", program.name))?;
        match deployed.authority {
            Some(authority) if authority == self.authority.pubkey() => {}
            Some(authority) => {
                return Err(anyhow!("the program {} can be upgraded by {authority} only", program.name)
                    .hint("sign with that keypair: --keypair"))
            }
            None => return Err(anyhow!("nobody can upgrade the program {}", program.name)),
        }
        let bar = self.bar(program);
        let report = |done, _| bar.set(done as u64);
        Ok(upgrade(self.session, &id, &deployed, self.authority, program.elf, &report)?)
    }

    fn bar(&self, program: &Program) -> Progress {
        Progress::bar(&self.output, format!("Writing {}", program.name), program.elf.len() as u64)
    }

    fn initialise(&self, program: &Program) -> Result<()> {
        let me = self.authority.pubkey();
        let step = match program.name {
            "escrow" => escrow::initialize(me, self.session.payer()),
            "catalog" => catalog::initialize(me, self.session.payer()),
            "identity" => {
                let cluster = self.session.transport.genesis_hash()?.to_bytes();
                identity::initialize(me, self.session.payer(), cluster, self.ci_delay)
            }
            "settlement" => settlement::initialize(me, self.session.transport.genesis_hash()?.to_bytes()),
            other => return Err(anyhow!("nobody knows how to initialise {other}")),
        };
        self.session.send(&format!("initialise {}", program.name), &[step], &[self.authority])?;
        Ok(())
    }
}

/// Every GeSIM program keeps its configuration at the same seed.
fn config(program: &Pubkey) -> Pubkey {
    Pubkey::find_program_address(&[b"config"], program).0
}
