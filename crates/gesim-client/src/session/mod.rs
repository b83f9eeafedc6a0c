//! One signer's steps on one cluster: each is simulated, priced, shown if asked for, signed, sent and confirmed.

mod fees;
mod many;
mod one;
mod preview;

use std::cell::{Cell, RefCell};

use solana_instruction::Instruction;
use solana_message::{Message, VersionedMessage};
use solana_pubkey::Pubkey;
use solana_signature::Signature;
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;

pub use fees::PriorityFee;
pub use preview::{BalanceChange, Preview};

use crate::{
    error::{ClientError, Result},
    transport::Transport,
};

/// How often a transaction is signed anew after its blockhash expired.
const ATTEMPTS: u32 = 3;

/// One step that was made, or shown in a dry run.
#[derive(Debug, Clone)]
pub struct Sent {
    pub name: String,
    /// None in a dry run.
    pub signature: Option<Signature>,
    pub units: u64,
    pub fee: u64,
}

/// Is asked before a step is signed.
pub type Approve<'t> = Box<dyn Fn(&Preview) -> Result<bool> + 't>;
/// Hears of every step before it is simulated.
pub type Observe<'t> = Box<dyn Fn(&str) + 't>;

pub struct Session<'t> {
    pub transport: &'t dyn Transport,
    payer: &'t dyn Signer,
    priority: PriorityFee,
    dry_run: bool,
    approve: Option<Approve<'t>>,
    observe: Option<Observe<'t>>,
    sent: RefCell<Vec<Sent>>,
    previews: RefCell<Vec<Preview>>,
    resigned: Cell<u32>,
}

impl<'t> Session<'t> {
    pub fn new(transport: &'t dyn Transport, payer: &'t dyn Signer) -> Self {
        Self {
            transport,
            payer,
            priority: PriorityFee::None,
            dry_run: false,
            approve: None,
            observe: None,
            sent: RefCell::default(),
            previews: RefCell::default(),
            resigned: Cell::new(0),
        }
    }

    pub fn priority(mut self, priority: PriorityFee) -> Self {
        self.priority = priority;
        self
    }

    /// Simulates the steps and sends nothing.
    pub fn dry_run(mut self, dry_run: bool) -> Self {
        self.dry_run = dry_run;
        self
    }

    pub fn approve(mut self, approve: Approve<'t>) -> Self {
        self.approve = Some(approve);
        self
    }

    pub fn observe(mut self, observe: Observe<'t>) -> Self {
        self.observe = Some(observe);
        self
    }

    pub fn payer(&self) -> Pubkey {
        self.payer.pubkey()
    }

    pub fn is_dry_run(&self) -> bool {
        self.dry_run
    }

    pub fn sent(&self) -> Vec<Sent> {
        self.sent.borrow().clone()
    }

    pub fn previews(&self) -> Vec<Preview> {
        self.previews.borrow().clone()
    }

    /// How often an expired transaction was signed again.
    pub fn resigned(&self) -> u32 {
        self.resigned.get()
    }
}

/// A transaction signed by the payer and those named, each once.
pub fn sign(
    payer: &dyn Signer,
    instructions: &[Instruction],
    signers: &[&dyn Signer],
    blockhash: solana_hash::Hash,
) -> Result<VersionedTransaction> {
    let mut all: Vec<&dyn Signer> = vec![payer];
    for signer in signers {
        if all.iter().all(|known| known.pubkey() != signer.pubkey()) {
            all.push(*signer);
        }
    }
    let message = Message::new_with_blockhash(instructions, Some(&payer.pubkey()), &blockhash);
    VersionedTransaction::try_new(VersionedMessage::Legacy(message), &all)
        .map_err(|e| ClientError::Signer(e.to_string()))
}
