//! What a step would change, for a person to look at before it is signed.

use solana_account::Account;
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

use crate::{
    decode::refusal,
    error::{Refusal, Result},
    token::{token_amount, token_mint},
    transport::{Simulation, Transport},
};

#[derive(Debug, Clone)]
pub struct Preview {
    pub name: String,
    pub units: u64,
    pub limit: u32,
    pub fee: u64,
    pub logs: Vec<String>,
    pub changes: Vec<BalanceChange>,
    pub refusal: Option<Refusal>,
}

/// One balance that would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BalanceChange {
    pub address: Pubkey,
    /// The mint, or None for lamports.
    pub mint: Option<Pubkey>,
    pub before: u64,
    pub after: u64,
}

impl Preview {
    pub(super) fn new(
        transport: &dyn Transport,
        name: &str,
        watch: &[Pubkey],
        simulation: &Simulation,
        limit: u32,
        fee: u64,
    ) -> Result<Self> {
        let before = transport.accounts(watch)?;
        let mut changes = Vec::new();
        // A node may leave accounts out when the simulation failed.
        for (address, (before, after)) in watch.iter().zip(before.iter().zip(&simulation.accounts)) {
            compare(&mut changes, *address, before.as_ref(), after.as_ref());
        }
        Ok(Self {
            name: name.into(),
            units: simulation.units,
            limit,
            fee,
            logs: simulation.logs.clone(),
            changes,
            refusal: simulation.error.as_ref().map(|error| refusal(name, error.clone(), simulation.logs.clone())),
        })
    }
}

fn compare(changes: &mut Vec<BalanceChange>, address: Pubkey, before: Option<&Account>, after: Option<&Account>) {
    let lamports = |account: Option<&Account>| account.map_or(0, |a| a.lamports);
    if lamports(before) != lamports(after) {
        changes.push(BalanceChange { address, mint: None, before: lamports(before), after: lamports(after) });
    }
    let amount = |account: Option<&Account>| account.and_then(token_amount).unwrap_or(0);
    let mint = before.and_then(token_mint).or_else(|| after.and_then(token_mint));
    if mint.is_some() && amount(before) != amount(after) {
        changes.push(BalanceChange { address, mint, before: amount(before), after: amount(after) });
    }
}

/// Every account a transaction writes, the payer first.
pub(super) fn writable(payer: &Pubkey, instructions: &[Instruction]) -> Vec<Pubkey> {
    let mut all = vec![*payer];
    for meta in instructions.iter().flat_map(|instruction| &instruction.accounts) {
        if meta.is_writable && !all.contains(&meta.pubkey) {
            all.push(meta.pubkey);
        }
    }
    all
}
