//! Sending over RPC until the cluster has the transaction or can never take it.
//!
//! A node may drop a transaction without a word, take it twice, or lose the answer. So the same signed
//! transaction is sent again and again until its signature is confirmed or its blockhash is too old; the cluster
//! executes one signature once.

use std::{
    thread::sleep,
    time::{Duration, Instant},
};

use solana_rpc_client_api::{
    client_error::{Error as RpcError, ErrorKind},
    config::{RpcSendTransactionConfig, RpcTransactionConfig},
    request::{RpcError as Rpc, RpcResponseErrorData},
};
use solana_signature::Signature;
use solana_transaction::versioned::VersionedTransaction;
use solana_transaction_error::TransactionError;
use solana_transaction_status_client_types::{option_serializer::OptionSerializer, UiTransactionEncoding};

use super::{Receipt, RpcTransport};
use crate::{
    decode::refusal,
    error::{ClientError, Result},
};

pub(super) const POLL: Duration = Duration::from_millis(150);
pub(super) const REBROADCAST: Duration = Duration::from_secs(2);
/// Requests that may fail in a row before the node counts as gone.
pub(super) const PATIENCE: u32 = 20;
/// How often the details of a landed transaction are asked for.
const DETAILS: u32 = 10;

pub fn submit(rpc: &RpcTransport, transaction: &VersionedTransaction, valid_until: u64) -> Result<Receipt> {
    let signature = transaction.signatures.first().copied().unwrap_or_default();
    broadcast(rpc, transaction, signature, true)?;
    let mut sent = Instant::now();
    let mut failures = 0;
    loop {
        match outcome(rpc, &signature, false) {
            Ok(Some(result)) => return result,
            Ok(None) => failures = 0,
            Err(error) => {
                failures += 1;
                if failures > PATIENCE {
                    return Err(error);
                }
            }
        }
        if sent.elapsed() >= REBROADCAST {
            broadcast(rpc, transaction, signature, false)?;
            sent = Instant::now();
            if rpc.client.get_block_height().is_ok_and(|height| height > valid_until) {
                // Once more with the node's history: it may have landed in the last valid block.
                return outcome(rpc, &signature, true)?.unwrap_or(Err(ClientError::Expired { signature }));
            }
        }
        sleep(POLL);
    }
}

/// Hands the transaction to the node. Only a refusal that can never change is an error.
fn broadcast(rpc: &RpcTransport, transaction: &VersionedTransaction, signature: Signature, first: bool) -> Result<()> {
    let config = RpcSendTransactionConfig {
        skip_preflight: !first,
        preflight_commitment: Some(rpc.client.commitment().commitment),
        max_retries: Some(0),
        ..RpcSendTransactionConfig::default()
    };
    let mut failures = 0;
    loop {
        let Err(error) = rpc.client.send_transaction_with_config(transaction, config) else { return Ok(()) };
        match error.kind().get_transaction_error() {
            Some(TransactionError::AlreadyProcessed) => return Ok(()),
            Some(refused) => {
                // It may be refused because it has landed: what the chain says counts.
                if let Some(result) = outcome(rpc, &signature, true)? {
                    return result.map(|_| ());
                }
                if !first {
                    return Ok(());
                }
                if refused == TransactionError::BlockhashNotFound {
                    return Err(ClientError::Expired { signature });
                }
                let mut refusal = refusal("", refused, preflight_logs(&error));
                refusal.signature = Some(signature);
                return Err(ClientError::Refused(Box::new(refusal)));
            }
            None if !first => return Ok(()),
            None => {
                // Nodes word a repetition in their own ways; the chain knows better.
                if let Ok(Some(result)) = outcome(rpc, &signature, true) {
                    return result.map(|_| ());
                }
                failures += 1;
                if failures > 3 {
                    return Err(rpc.network(error));
                }
                sleep(POLL * failures);
            }
        }
    }
}

fn preflight_logs(error: &RpcError) -> Vec<String> {
    match error.kind() {
        ErrorKind::RpcError(Rpc::RpcResponseError {
            data: RpcResponseErrorData::SendTransactionPreflightFailure(result),
            ..
        }) => result.logs.clone().unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// What became of the signature: nothing yet, success, or a refusal on chain.
fn outcome(rpc: &RpcTransport, signature: &Signature, history: bool) -> Result<Option<Result<Receipt>>> {
    let signatures = [*signature];
    let found = if history {
        rpc.client.get_signature_statuses_with_history(&signatures)
    } else {
        rpc.client.get_signature_statuses(&signatures)
    };
    let found = found.map_err(|e| rpc.network(e))?.value;
    let Some(status) = found.into_iter().next().flatten() else { return Ok(None) };
    if !status.satisfies_commitment(rpc.client.commitment()) {
        return Ok(None);
    }
    let receipt = details(rpc, signature);
    Ok(Some(match status.err {
        None => Ok(receipt),
        Some(error) => {
            let mut refusal = refusal("", error, receipt.logs);
            refusal.signature = Some(*signature);
            Err(ClientError::Refused(Box::new(refusal)))
        }
    }))
}

/// Compute units, fee and logs. Nodes index them a moment after the status; without them the receipt is shorter.
fn details(rpc: &RpcTransport, signature: &Signature) -> Receipt {
    let config = RpcTransactionConfig {
        encoding: Some(UiTransactionEncoding::Base64),
        commitment: Some(rpc.client.commitment()),
        max_supported_transaction_version: Some(0),
    };
    for _ in 0..DETAILS {
        if let Ok(found) = rpc.client.get_transaction_with_config(signature, config) {
            let Some(meta) = found.transaction.meta else { break };
            let units: Option<u64> = meta.compute_units_consumed.into();
            let logs = match meta.log_messages {
                OptionSerializer::Some(logs) => logs,
                _ => Vec::new(),
            };
            return Receipt { signature: *signature, units, fee: Some(meta.fee), logs };
        }
        sleep(POLL);
    }
    Receipt { signature: *signature, units: None, fee: None, logs: Vec::new() }
}
