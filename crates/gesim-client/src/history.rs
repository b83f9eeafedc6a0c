//! What happened to an account, from the events in the transactions that name it, as far as a node still has them.

use anchor_lang::{event::EVENT_IX_TAG_LE, AnchorDeserialize, Discriminator};
use settlement::events as said;
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::GetConfirmedSignaturesForAddress2Config;
use solana_rpc_client_api::config::RpcTransactionConfig;
use solana_signature::Signature;
use solana_transaction_status_client_types::{
    option_serializer::OptionSerializer, EncodedConfirmedTransactionWithStatusMeta, UiInstruction,
    UiTransactionEncoding,
};

use crate::{
    error::{ClientError, Result},
    RpcTransport,
};

/// Transactions looked through at most.
pub const MOST: usize = 1_000;

macro_rules! events {
    ($($name:ident),* $(,)?) => {
        /// An event of the settlement program.
        pub enum Event {
            $($name(said::$name),)*
        }

        impl Event {
            /// Reads the data of a self-CPI; nothing when it is an event that this build does not know.
            pub fn read(data: &[u8]) -> Option<Self> {
                let data = data.strip_prefix(EVENT_IX_TAG_LE)?;
                $(
                    if let Some(mut body) = data.strip_prefix(said::$name::DISCRIMINATOR) {
                        return said::$name::deserialize(&mut body).ok().map(Self::$name);
                    }
                )*
                None
            }

            /// Its name in the program.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => stringify!($name),)*
                }
            }
        }
    };
}

events!(
    AgreementProposed,
    TermsDrafted,
    TermsSigned,
    AgreementTerminated,
    PayoutSet,
    PeriodOpened,
    PeriodClosed,
    StatementRebilled,
    NoteIssued,
    RecordStruck,
    BondChanged,
    BatchCommitted,
    ProofsVerified,
    TotalsOpened,
    BatchAccepted,
    BatchDisputed,
    BatchResolved,
    BatchSettled,
    BatchCancelled,
    RecordChecked,
);

/// An event and the transaction it came from.
pub struct Happened {
    pub signature: Signature,
    /// Unix seconds, when the node knows.
    pub at: Option<i64>,
    pub event: Event,
}

/// The events of the settlement program in transactions that name `address`, the oldest first.
///
/// # Errors
/// The node does not answer, or does not keep transactions.
pub fn of(rpc: &RpcTransport, address: &Pubkey) -> Result<Vec<Happened>> {
    let config = GetConfirmedSignaturesForAddress2Config {
        limit: Some(MOST),
        commitment: Some(rpc.client.commitment()),
        ..GetConfirmedSignaturesForAddress2Config::default()
    };
    let found = rpc.client.get_signatures_for_address_with_config(address, config).map_err(|e| rpc.network(e))?;
    let mut happened = Vec::new();
    for row in found.iter().rev().filter(|row| row.err.is_none()) {
        let bad = |_| ClientError::Network { url: rpc.client.url(), reason: "a signature is not readable".into() };
        let signature: Signature = row.signature.parse().map_err(bad)?;
        let config = RpcTransactionConfig {
            encoding: Some(UiTransactionEncoding::Base64),
            commitment: Some(rpc.client.commitment()),
            max_supported_transaction_version: Some(0),
        };
        let transaction = rpc.client.get_transaction_with_config(&signature, config).map_err(|e| rpc.network(e))?;
        let at = transaction.block_time.or(row.block_time);
        happened.extend(events(&transaction).into_iter().map(|event| Happened { signature, at, event }));
    }
    Ok(happened)
}

/// Events are instructions that the program sends itself: nobody else can make them, and logs cannot cut them off.
fn events(transaction: &EncodedConfirmedTransactionWithStatusMeta) -> Vec<Event> {
    let found = &transaction.transaction;
    let Some(message) = found.transaction.decode().map(|transaction| transaction.message) else { return Vec::new() };
    let Some(meta) = &found.meta else { return Vec::new() };
    let OptionSerializer::Some(inner) = &meta.inner_instructions else { return Vec::new() };
    // The program of a call is never in a lookup table.
    let ours = |index: u8| message.static_account_keys().get(usize::from(index)) == Some(&settlement::ID);
    let calls = inner.iter().flat_map(|inner| &inner.instructions);
    let data = calls.filter_map(|call| match call {
        UiInstruction::Compiled(call) if ours(call.program_id_index) => bs58::decode(&call.data).into_vec().ok(),
        _ => None,
    });
    data.filter_map(|data| Event::read(&data)).collect()
}
