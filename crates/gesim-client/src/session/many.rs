//! Many steps of one kind that do not depend on each other, several at once.

use std::cell::Cell;

use solana_instruction::Instruction;
use solana_signer::Signer;

use super::{fees, sign, Sent, Session, ATTEMPTS};
use crate::{
    error::{ClientError, Result},
    transport::Receipt,
};

impl Session<'_> {
    /// The first step is simulated and stands for all. `report` hears how many are done.
    pub fn send_many(
        &self,
        name: &str,
        steps: &[Vec<Instruction>],
        signers: &[&dyn Signer],
        report: &dyn Fn(usize),
    ) -> Result<()> {
        self.many(name, steps, signers, report, true)
    }

    /// [`Session::send_many`] for steps that nobody wants to see one by one.
    pub fn send_bulk(
        &self,
        name: &str,
        steps: &[Vec<Instruction>],
        signers: &[&dyn Signer],
        report: &dyn Fn(usize),
    ) -> Result<()> {
        self.many(name, steps, signers, report, false)
    }

    fn many(
        &self,
        name: &str,
        steps: &[Vec<Instruction>],
        signers: &[&dyn Signer],
        report: &dyn Fn(usize),
        record: bool,
    ) -> Result<()> {
        let Some(first) = steps.first() else { return Ok(()) };
        let title = format!("{name} ({} transactions)", steps.len());
        if self.dry_run || self.approve.is_some() {
            self.review(&title, first, signers)?;
            if self.dry_run {
                return Ok(());
            }
        }
        if let Some(observe) = &self.observe {
            observe(&title);
        }
        let price = self.priority.price(self.transport, first)?;
        let wide = self.sign(&fees::budget(fees::MAX_UNITS, price, first), signers)?.0;
        let simulation = self.transport.simulate(&wide, &[])?;
        self.fail_early(name, &simulation)?;
        let limit = fees::limit(simulation.units);
        let fee = fees::fee(wide.signatures.len(), limit, price);
        let done = Cell::new(0usize);
        let landed = |receipt: Receipt| {
            done.set(done.get().saturating_add(1));
            report(done.get());
            if record {
                self.sent.borrow_mut().push(Sent {
                    name: name.into(),
                    signature: Some(receipt.signature),
                    units: receipt.units.unwrap_or(simulation.units),
                    fee: receipt.fee.unwrap_or(fee),
                });
            }
        };
        let mut pending: Vec<usize> = (0..steps.len()).collect();
        let mut attempt = 1;
        loop {
            let blockhash = self.transport.blockhash()?;
            let mut signed = Vec::with_capacity(pending.len());
            for place in &pending {
                let instructions = fees::budget(limit, price, &steps[*place]);
                signed.push(sign(self.payer, &instructions, signers, blockhash.hash)?);
            }
            let expired = self.transport.submit_many(&signed, blockhash.valid_until, &landed)?;
            let Some(place) = expired.first() else { return Ok(()) };
            if attempt == ATTEMPTS {
                let signature = signed[*place].signatures.first().copied().unwrap_or_default();
                return Err(ClientError::Expired { signature });
            }
            attempt += 1;
            pending = expired.into_iter().map(|place| pending[place]).collect();
            self.resigned.set(self.resigned.get().saturating_add(1));
        }
    }
}
