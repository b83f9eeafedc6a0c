//! Many independent transactions over RPC: a window of them is in flight, and whatever is missing is sent again.

use std::{
    thread::sleep,
    time::{Duration, Instant},
};

use solana_rpc_client_api::config::RpcSendTransactionConfig;
use solana_signature::Signature;
use solana_transaction::versioned::VersionedTransaction;

use super::{
    rpc_send::{PATIENCE, POLL, REBROADCAST},
    Receipt, RpcTransport,
};
use crate::{
    decode::refusal,
    error::{ClientError, Result},
};

/// Transactions in flight at once.
const WINDOW: usize = 48;

pub fn submit_many(
    rpc: &RpcTransport,
    transactions: &[VersionedTransaction],
    valid_until: u64,
    landed: &dyn Fn(Receipt),
) -> Result<Vec<usize>> {
    let mut expired = Vec::new();
    for (index, window) in transactions.chunks(WINDOW).enumerate() {
        let missing = submit_window(rpc, window, valid_until, landed)?;
        expired.extend(missing.into_iter().map(|place| index.saturating_mul(WINDOW).saturating_add(place)));
    }
    Ok(expired)
}

fn submit_window(
    rpc: &RpcTransport,
    window: &[VersionedTransaction],
    valid_until: u64,
    landed: &dyn Fn(Receipt),
) -> Result<Vec<usize>> {
    let mut pending: Vec<usize> = (0..window.len()).collect();
    let mut sent: Option<Instant> = None;
    let mut failures = 0;
    while !pending.is_empty() {
        if sent.is_none_or(|at| at.elapsed() >= REBROADCAST) {
            if sent.is_some() && rpc.client.get_block_height().is_ok_and(|height| height > valid_until) {
                return missing(rpc, window, &pending, landed);
            }
            broadcast(rpc, window, &pending);
            sent = Some(Instant::now());
        }
        match confirmed(rpc, window, &pending, false) {
            Ok(done) => {
                failures = 0;
                report(window, &done, landed);
                pending.retain(|place| !done.contains(place));
            }
            Err(error @ ClientError::Network { .. }) => {
                failures += 1;
                if failures > PATIENCE {
                    return Err(error);
                }
            }
            Err(error) => return Err(error),
        }
        if !pending.is_empty() {
            sleep(POLL.min(Duration::from_millis(100)));
        }
    }
    Ok(Vec::new())
}

/// What has not landed although its blockhash is too old; the node's history has the last word.
fn missing(
    rpc: &RpcTransport,
    window: &[VersionedTransaction],
    pending: &[usize],
    landed: &dyn Fn(Receipt),
) -> Result<Vec<usize>> {
    let done = confirmed(rpc, window, pending, true)?;
    report(window, &done, landed);
    Ok(pending.iter().copied().filter(|place| !done.contains(place)).collect())
}

fn report(window: &[VersionedTransaction], done: &[usize], landed: &dyn Fn(Receipt)) {
    for place in done {
        let signature = window[*place].signatures[0];
        landed(Receipt { signature, units: None, fee: None, logs: Vec::new() });
    }
}

/// A send that fails is made up for by the next one.
fn broadcast(rpc: &RpcTransport, window: &[VersionedTransaction], pending: &[usize]) {
    let config =
        RpcSendTransactionConfig { skip_preflight: true, max_retries: Some(0), ..RpcSendTransactionConfig::default() };
    for place in pending {
        let _ = rpc.client.send_transaction_with_config(&window[*place], config);
    }
}

fn confirmed(
    rpc: &RpcTransport,
    window: &[VersionedTransaction],
    pending: &[usize],
    history: bool,
) -> Result<Vec<usize>> {
    let signatures: Vec<Signature> = pending.iter().map(|place| window[*place].signatures[0]).collect();
    let found = if history {
        rpc.client.get_signature_statuses_with_history(&signatures)
    } else {
        rpc.client.get_signature_statuses(&signatures)
    };
    let found = found.map_err(|e| rpc.network(e))?.value;
    let mut done = Vec::new();
    for ((place, signature), status) in pending.iter().zip(&signatures).zip(found) {
        let Some(status) = status else { continue };
        if let Some(error) = status.err {
            let mut refusal = refusal("", error, Vec::new());
            refusal.signature = Some(*signature);
            return Err(ClientError::Refused(Box::new(refusal)));
        }
        if status.satisfies_commitment(rpc.client.commitment()) {
            done.push(*place);
        }
    }
    Ok(done)
}
