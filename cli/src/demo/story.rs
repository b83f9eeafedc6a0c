//! The report as people read it.

use std::fmt;

use super::report::{Payouts, Report};
use crate::{amount, pipeline::cast::DECIMALS};

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let money = |units: u64| amount::format(units, DECIMALS);
        let Self { tap, batch, proofs, verify, payouts, .. } = self;
        if let Some(identity) = &self.identity {
            write!(f, "{identity}")?;
        }
        let charge = amount::format(tap.total_charge, tap.decimals);
        writeln!(
            f,
            "Billing file {} from {} to {}: {} records, {charge} {}",
            tap.sequence, tap.sender, tap.recipient, tap.records, tap.currency
        )?;
        let signed = &self.agreement;
        writeln!(f, "Agreement {}: both sides signed version {} of its terms", signed.address, signed.terms)?;
        writeln!(f, "  contract {} (the document: --agreement FILE)", signed.contract_hash)?;
        writeln!(f, "Committed as {} chunks under root {}", batch.chunks, batch.root)?;
        for lane in &batch.lanes {
            writeln!(f, "  {lane}")?;
        }
        write!(f, "Proven: {proofs}")?;
        writeln!(
            f,
            "Verified on-chain in {} instructions: {} compute units, {} a proof",
            verify.instructions, verify.compute_units, verify.compute_units_per_proof
        )?;
        writeln!(f, "Invoice {}", money(self.invoice.total))?;
        let books = &self.statement;
        writeln!(
            f,
            "Statement of {}, rated by version {}: {} records, {} billed, closed",
            books.period,
            books.terms,
            books.records,
            money(books.billed)
        )?;
        let Payouts { mno, margin, prover, refunded } = payouts;
        writeln!(
            f,
            "Paid: operator {}, margin {}, prover {}; refunded to the subscriber {}",
            money(*mno),
            money(*margin),
            money(*prover),
            money(*refunded)
        )?;
        writeln!(f, "\n{:<26}{:>20}{:>20}", "Token account", "before", "after")?;
        for (before, after) in self.balances.before.iter().zip(&self.balances.after) {
            let shown = |units: u64| match before.name.ends_with("tokens") {
                true => units.to_string(),
                false => money(units),
            };
            writeln!(f, "{:<26}{:>20}{:>20}", before.name, shown(before.amount), shown(after.amount))?;
        }
        let verdict = if self.conserved { "No stablecoin appeared or vanished." } else { "Money is MISSING." };
        writeln!(f, "{verdict}")?;
        let units: u64 = self.transactions.iter().map(|sent| sent.compute_units).sum();
        writeln!(f, "{} transactions, {units} compute units. Details: --output json", self.transactions.len())
    }
}
