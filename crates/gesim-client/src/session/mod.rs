//! One signer's steps on one cluster: each is simulated, priced, shown if asked for, signed, sent and confirmed.

mod fees;
mod many;
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
    decode::refusal,
    error::{ClientError, Result},
    transport::{Simulation, Transport},
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

    /// Makes one step. The payer signs, and whoever else is named.
    pub fn send(&self, name: &str, instructions: &[Instruction], signers: &[&dyn Signer]) -> Result<Sent> {
        if let Some(observe) = &self.observe {
            observe(name);
        }
        if self.dry_run || self.approve.is_some() {
            let (preview, simulation) = self.review(name, instructions, signers)?;
            if self.dry_run {
                return Ok(Sent { name: name.into(), signature: None, units: simulation.units, fee: preview.fee });
            }
        }
        let price = self.priority.price(self.transport, instructions)?;
        let wide = self.sign(&fees::budget(fees::MAX_UNITS, price, instructions), signers)?.0;
        let simulation = self.transport.simulate(&wide, &[])?;
        self.fail_early(name, &simulation)?;
        let limit = fees::limit(simulation.units);
        let fee = fees::fee(wide.signatures.len(), limit, price);
        self.submit(name, &fees::budget(limit, price, instructions), signers, simulation.units, fee)
    }

    /// Simulates a step and shows it: kept in a dry run, put before whoever approves otherwise. In a dry run only the
    /// first step must work: those after it may need what it would have made.
    fn review(
        &self,
        name: &str,
        instructions: &[Instruction],
        signers: &[&dyn Signer],
    ) -> Result<(Preview, Simulation)> {
        let price = self.priority.price(self.transport, instructions)?;
        let watch = preview::writable(&self.payer(), instructions);
        let wide = self.sign(&fees::budget(fees::MAX_UNITS, price, instructions), signers)?.0;
        let simulation = self.transport.simulate(&wide, &watch)?;
        let limit = fees::limit(simulation.units);
        let fee = fees::fee(wide.signatures.len(), limit, price);
        if !self.dry_run || self.previews.borrow().is_empty() {
            self.fail_early(name, &simulation)?;
        }
        let preview = Preview::new(self.transport, name, &watch, &simulation, limit, fee)?;
        if self.dry_run {
            self.previews.borrow_mut().push(preview.clone());
        } else if let Some(approve) = &self.approve {
            if !approve(&preview)? {
                return Err(ClientError::Declined);
            }
        }
        Ok((preview, simulation))
    }

    fn fail_early(&self, name: &str, simulation: &Simulation) -> Result<()> {
        match &simulation.error {
            Some(error) => Err(ClientError::Refused(Box::new(refusal(name, error.clone(), simulation.logs.clone())))),
            None => Ok(()),
        }
    }

    fn submit(
        &self,
        name: &str,
        instructions: &[Instruction],
        signers: &[&dyn Signer],
        units: u64,
        fee: u64,
    ) -> Result<Sent> {
        let mut attempt = 1;
        loop {
            let (transaction, valid_until) = self.sign(instructions, signers)?;
            match self.transport.submit(&transaction, valid_until) {
                Ok(receipt) => {
                    let sent = Sent {
                        name: name.into(),
                        signature: Some(receipt.signature),
                        units: receipt.units.unwrap_or(units),
                        fee: receipt.fee.unwrap_or(fee),
                    };
                    self.sent.borrow_mut().push(sent.clone());
                    return Ok(sent);
                }
                // An expired transaction can never land, so a new one cannot be a second one.
                Err(ClientError::Expired { .. }) if attempt < ATTEMPTS => {
                    attempt += 1;
                    self.resigned.set(self.resigned.get() + 1);
                }
                Err(ClientError::Refused(mut refusal)) => {
                    refusal.step = name.into();
                    return Err(ClientError::Refused(refusal));
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn sign(&self, instructions: &[Instruction], signers: &[&dyn Signer]) -> Result<(VersionedTransaction, u64)> {
        let blockhash = self.transport.blockhash()?;
        let transaction = sign(self.payer, instructions, signers, blockhash.hash)?;
        Ok((transaction, blockhash.valid_until))
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
