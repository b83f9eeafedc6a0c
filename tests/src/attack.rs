//! Attacks that every instruction must survive, driven by nothing but its accounts.

use std::collections::BTreeSet;

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction};

use crate::{chain::Chain, outcome::Failure};

/// One changed account that the program may rightly accept: its index, and what stands there.
pub type Allowed<'a> = &'a dyn Fn(usize, &Pubkey) -> bool;

/// Nothing is allowed.
pub fn nothing(_: usize, _: &Pubkey) -> bool {
    false
}

/// Sends a changed instruction with every signature an attacker could wish for. It must fail, and nothing must change.
#[track_caller]
pub fn must_fail(chain: &mut Chain, ix: &Instruction, what: &str) -> Failure {
    match chain.impersonate(std::slice::from_ref(ix)) {
        Ok(meta) => panic!("the attack succeeded: {what}\n{:#?}", meta.logs),
        Err(failure) => failure,
    }
}

/// Puts another account at one index.
#[track_caller]
pub fn substitute(chain: &mut Chain, ix: &Instruction, index: usize, replacement: Pubkey) -> Failure {
    let mut changed = ix.clone();
    changed.accounts[index].pubkey = replacement;
    must_fail(chain, &changed, &format!("account {index} replaced by {replacement}"))
}

/// Every signer in turn does not sign.
#[track_caller]
pub fn missing_signers(chain: &mut Chain, ix: &Instruction) {
    for index in 0..ix.accounts.len() {
        // the payer of the transaction signs whatever the instruction says
        if ix.accounts[index].is_signer && !is_payer(chain, ix, index) {
            let mut changed = ix.clone();
            let key = changed.accounts[index].pubkey;
            changed.accounts.iter_mut().filter(|meta| meta.pubkey == key).for_each(|meta| meta.is_signer = false);
            must_fail(chain, &changed, &format!("account {index} did not sign"));
        }
    }
}

/// Every writable account in turn is passed read-only.
#[track_caller]
pub fn read_only(chain: &mut Chain, ix: &Instruction) {
    for index in 0..ix.accounts.len() {
        if ix.accounts[index].is_writable && !is_payer(chain, ix, index) {
            let mut changed = ix.clone();
            let key = changed.accounts[index].pubkey;
            changed.accounts.iter_mut().filter(|meta| meta.pubkey == key).for_each(|meta| meta.is_writable = false);
            must_fail(chain, &changed, &format!("account {index} is read-only"));
        }
    }
}

/// Every account in turn is replaced by every decoy, by every other account of the instruction, by a copy of itself at
/// another address, and by a copy that belongs to the System program.
#[track_caller]
pub fn substitutions(chain: &mut Chain, ix: &Instruction, decoys: &[Pubkey], allowed: Allowed) {
    let others: BTreeSet<_> = ix.accounts.iter().map(|meta| meta.pubkey).chain(decoys.iter().copied()).collect();
    for index in 0..ix.accounts.len() {
        let original = ix.accounts[index].pubkey;
        let mut candidates: Vec<_> = others.iter().copied().filter(|key| *key != original).collect();
        if let Some(account) = chain.account(&original).filter(|account| !account.executable) {
            let (copy, foreign) = (marked(COPY, index), marked(FOREIGN, index));
            chain.svm.set_account(copy, account.clone()).expect("copy");
            let mut unowned = account;
            unowned.owner = Pubkey::new_unique();
            chain.svm.set_account(foreign, unowned).expect("copy of another owner");
            candidates.extend([copy, foreign]);
        }
        for candidate in candidates {
            if !allowed(index, &candidate) {
                substitute(chain, ix, index, candidate);
            }
        }
    }
}

/// All of the above. The instruction itself must succeed at the end, so that no attack "fails" for another reason.
#[track_caller]
pub fn everything(chain: &mut Chain, ix: &Instruction, decoys: &[Pubkey], allowed: Allowed) {
    missing_signers(chain, ix);
    read_only(chain, ix);
    substitutions(chain, ix, decoys, allowed);
    truncated(chain, ix);
    if let Err(failure) = chain.clone().impersonate(std::slice::from_ref(ix)) {
        panic!("the honest instruction fails: {failure}");
    }
}

/// The last account, then the last byte of the data, is left out.
#[track_caller]
pub fn truncated(chain: &mut Chain, ix: &Instruction) {
    let mut changed = ix.clone();
    changed.accounts.pop();
    must_fail(chain, &changed, "the last account is missing");
    let mut changed = ix.clone();
    changed.data.pop();
    must_fail(chain, &changed, "the data is short");
}

const COPY: &[u8] = b"same bytes, same owner ";
const FOREIGN: &[u8] = b"same bytes, other owner";

fn marked(mark: &[u8], index: usize) -> Pubkey {
    let mut key = [index as u8; 32];
    key[..mark.len()].copy_from_slice(mark);
    Pubkey::new_from_array(key)
}

/// Whether the replacement is the copy with the right owner, which is fine where any such account would do.
pub fn is_copy(key: &Pubkey) -> bool {
    key.as_ref().starts_with(COPY)
}

fn is_payer(chain: &Chain, ix: &Instruction, index: usize) -> bool {
    ix.accounts[index].pubkey == solana_signer::Signer::pubkey(chain.payer.as_ref())
}
