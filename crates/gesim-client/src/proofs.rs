//! From finished proofs to a verified batch: buffers are written, verified and closed, group by group.

use anchor_lang::prelude::Pubkey;
use settlement::state::{
    proof_buffer::{MAX_SLOTS, SLOT_LEN},
    Batch, ProofBuffer,
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

/// Sends the proofs that the chain has not verified yet; `slots` are those of all chunks in order. Stops and resumes
/// at any point: the chain knows how far it is.
pub fn submit(
    session: &Session,
    writer: &dyn Signer,
    batch: &Pubkey,
    slots: &[Slot],
    group: u16,
    report: &dyn Fn(u32),
) -> Result<Verified> {
    let state: Batch = fetch::fetch(session.transport, "batch", batch)?;
    if slots.len() != state.chunks as usize {
        return Err(ClientError::invalid(format!("the batch has {} chunks, not {}", state.chunks, slots.len())));
    }
    let mut done = Verified::default();
    let mut first = state.verified;
    while first < state.chunks {
        let count = u16::try_from(state.chunks - first).unwrap_or(u16::MAX).min(group).min(MAX_SLOTS);
        let from = first as usize;
        let buffer = Buffer { batch: *batch, writer: writer.pubkey(), id: first };
        stage(session, writer, &buffer, first, &slots[from..from + usize::from(count)])?;
        let sent = session.send("verify proofs", &[buffer.verify(first, count), buffer.close()], &[writer])?;
        done.instructions += 1;
        done.proofs += u32::from(count);
        done.units += sent.units;
        first += u32::from(count);
        report(first);
    }
    Ok(done)
}

/// Fills a buffer with the slots of consecutive chunks.
fn stage(session: &Session, writer: &dyn Signer, buffer: &Buffer, first: u32, slots: &[Slot]) -> Result<()> {
    let count = u16::try_from(slots.len()).map_err(|_| ClientError::invalid("too many proofs for one buffer"))?;
    let there: Option<ProofBuffer> = fetch::find(session.transport, "proof buffer", &buffer.address())?;
    match there {
        // Left by a run that was stopped: the bytes are written again.
        Some(state) if state.first_chunk == first && state.slots == count => {}
        Some(_) => {
            session.send("reopen proof buffer", &[buffer.close(), buffer.open(first, count)], &[writer])?;
        }
        None => {
            session.send("open proof buffer", &[buffer.open(first, count)], &[writer])?;
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
