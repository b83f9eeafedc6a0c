//! One step: simulated, shown if asked for, signed, sent.

use solana_instruction::Instruction;
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;

use super::{fees, preview, sign, Preview, Sent, Session, ATTEMPTS};
use crate::{
    decode::refusal,
    error::{ClientError, Result},
    transport::Simulation,
};

impl Session<'_> {
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
    pub(super) fn review(
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

    pub(super) fn fail_early(&self, name: &str, simulation: &Simulation) -> Result<()> {
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

    pub(super) fn sign(
        &self,
        instructions: &[Instruction],
        signers: &[&dyn Signer],
    ) -> Result<(VersionedTransaction, u64)> {
        let blockhash = self.transport.blockhash()?;
        let transaction = sign(self.payer, instructions, signers, blockhash.hash)?;
        Ok((transaction, blockhash.valid_until))
    }
}
