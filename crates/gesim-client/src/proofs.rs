//! From finished proofs to a verified batch: buffers are written, verified and closed, group by group.

use anchor_lang::prelude::Pubkey;
use gesim_verifier::fold_poks;
use settlement::{
    setup::usage_key,
    state::{
        proof_buffer::{MAX_SLOTS, SLOT_LEN},
        Batch, ProofBuffer, Statements,
    },
};
use solana_signer::Signer;

use crate::{
    error::{ClientError, Result},
    fetch,
    instructions::settlement::Buffer,
    session::Session,
};

/// A proof and the commitment it leads to, as a buffer holds them.
pub type Slot = [u8; SLOT_LEN];

/// Most proofs verified in one transaction.
pub const GROUP: u16 = MAX_SLOTS;

/// What verification took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Verified {
    /// Instructions that verified.
    pub instructions: u32,
    pub proofs: u32,
    /// Compute units of the transactions they were in.
    pub units: u64,
}

/// Sends the proofs that the chain has not verified yet; `slots` and `poks`, their proofs of knowledge, are those of all
/// chunks in order. Each group's are folded into one. Stops and resumes at any point: the chain knows how far it is.
pub fn submit(
    session: &Session,
    writer: &dyn Signer,
    batch: &Pubkey,
    slots: &[Slot],
    poks: &[[u8; 64]],
    group: u16,
    report: &dyn Fn(u32),
) -> Result<Verified> {
    let mut state: Batch = fetch::fetch(session.transport, "batch", batch)?;
    if slots.len() != state.chunks as usize || poks.len() != slots.len() {
        return Err(ClientError::invalid(format!(
            "the batch has {} chunks, not {} proofs and {} proofs of knowledge",
            state.chunks,
            slots.len(),
            poks.len()
        )));
    }
    let mut done = Verified::default();
    while state.verified < state.chunks {
        let first = state.verified;
        let count = u16::try_from(state.chunks - first).unwrap_or(u16::MAX).min(group).min(MAX_SLOTS);
        let range = first as usize..first as usize + usize::from(count);
        let (pok, commitment) = fold(&state, first, &slots[range.clone()], &poks[range.clone()])?;
        let buffer = Buffer { batch: *batch, writer: writer.pubkey(), id: first };
        stage(session, writer, &buffer, first, &slots[range])?;
        let instructions = [buffer.verify(first, count, pok), buffer.close(writer.pubkey())];
        let sent = session.send("verify proofs", &instructions, &[writer])?;
        done.instructions += 1;
        done.proofs += u32::from(count);
        done.units += sent.units;
        state.verified += u32::from(count);
        state.commitment = commitment;
        report(state.verified);
    }
    Ok(done)
}

/// The proof of knowledge of a group, and the batch's commitment after it.
fn fold(state: &Batch, first: u32, slots: &[Slot], poks: &[[u8; 64]]) -> Result<([u8; 64], [u8; 32])> {
    let invalid = |reason: String| ClientError::invalid(format!("the proofs of chunks from {first} on: {reason}"));
    let circuit = state.circuit().map_err(|error| invalid(error.to_string()))?;
    let statements = Statements::new(state, first, slots.as_flattened()).map_err(|error| invalid(error.to_string()))?;
    let pok = fold_poks(usage_key(circuit), &statements.proofs, &statements.inputs, poks);
    Ok((pok.map_err(|error| invalid(error.to_string()))?, statements.commitment))
}

/// Fills a buffer with the slots of consecutive chunks.
fn stage(session: &Session, writer: &dyn Signer, buffer: &Buffer, first: u32, slots: &[Slot]) -> Result<()> {
    let count = u16::try_from(slots.len()).map_err(|_| ClientError::invalid("too many proofs for one buffer"))?;
    let there: Option<ProofBuffer> = fetch::find(session.transport, "proof buffer", &buffer.address())?;
    match there {
        // Left by a run that was stopped: the bytes are written again.
        Some(state) if state.first_chunk == first && state.slots == count => {}
        Some(_) => {
            let instructions = [vec![buffer.close(writer.pubkey())], buffer.open_whole(first, count)].concat();
            session.send("reopen proof buffer", &instructions, &[writer])?;
        }
        None => {
            session.send("open proof buffer", &buffer.open_whole(first, count), &[writer])?;
        }
    }
    let bytes = slots.concat();
    let mut writes = Vec::new();
    for (index, part) in bytes.chunks(Buffer::WRITE).enumerate() {
        let offset = u32::try_from(index * Buffer::WRITE).map_err(|_| ClientError::invalid("too many bytes"))?;
        writes.push(vec![buffer.write(offset, part.to_vec())]);
    }
    session.send_many("write proofs", &writes, &[writer], &|_| {})
}
