//! Who submits proofs, in what order, and with which proof of knowledge: real proofs on the real SVM.

use gesim_tests::settlement::proven::{other, shared, staged};
use settlement::error::SettlementError as E;
use solana_signer::Signer;

/// Two submitters with a buffer each, one after the other: whatever order their calls come in, each chunk counts once, and
/// a proof of knowledge folded for another state of the batch or of the buffer is refused.
#[test]
fn two_submitters_ok() {
    let slots = shared().slots();
    let (mut w, [batch, one]) = staged(&slots);
    let (writer, stranger) = (w.prover.insecure_clone(), w.stranger.insecure_clone());
    let two = w.stage(&stranger, &batch, 1, 0, &slots);
    // Both fold for the whole batch; the first call wins, the other one finds the batch moved on.
    let (both, late) = (w.verify_proofs(batch, one, 0, 2), w.verify_proofs(batch, two, 0, 4));
    let early = w.pok(batch, two, 1, 1);
    w.ok(both.clone(), &[]);
    w.fails(late, &[], E::OutOfOrder);
    w.fails(both, &[], E::OutOfOrder);
    // What was folded before for other proofs, or after another commitment, does not fit.
    let fresh = w.pok(batch, two, 2, 2).expect("a proof of knowledge");
    for stale in [early, w.pok(batch, one, 2, 1), w.pok(batch, one, 3, 1), w.pok(batch, two, 1, 2)] {
        let stale = stale.expect("a proof of knowledge");
        assert_ne!(stale, fresh);
        w.fails(w.verify_with(batch, two, 2, 2, stale), &[], E::InvalidProof);
    }
    // A buffer rewritten between folding and verifying.
    let mut swapped = slots.clone();
    swapped.swap(2, 3);
    w.write(&stranger, &two, &swapped);
    w.fails(w.verify_with(batch, two, 2, 2, fresh), &[], E::InvalidProof);
    let mut changed = slots.clone();
    changed[3] = other().slots()[3];
    w.write(&stranger, &two, &changed);
    w.fails(w.verify_with(batch, two, 2, 2, fresh), &[], E::InvalidProof);
    w.write(&stranger, &two, &slots);
    w.ok(w.verify_with(batch, two, 2, 1, w.pok(batch, two, 2, 1).expect("one")), &[]);
    // The first one goes on in its own buffer; the bytes are the same, and so is the proof of knowledge of one chunk.
    let last = w.pok(batch, one, 3, 1).expect("the last");
    assert_eq!(Some(last), w.pok(batch, two, 3, 1));
    w.ok(w.verify_with(batch, one, 3, 1, last), &[]);
    // All chunks verified, so both buffers are spent: anyone closes them, and each writer has its own rent back.
    let closer = w.mvno.insecure_clone();
    for (owner, buffer) in [(&writer, one), (&stranger, two)] {
        let (before, rent) = (w.chain.lamports(&owner.pubkey()), w.chain.lamports(&buffer));
        w.ok(w.close_buffer(closer.pubkey(), owner.pubkey(), batch, buffer), &[&closer]);
        assert_eq!(w.chain.lamports(&owner.pubkey()), before + rent);
    }
    let totals = shared().batch.totals().lanes;
    w.ok(w.open_totals(batch, totals, shared().batch.blinding()), &[]);
}

#[test]
fn pok_that_is_no_point_fails() {
    let (mut w, [batch, buffer]) = staged(&shared().slots());
    let good = w.pok(batch, buffer, 0, 4).expect("a proof of knowledge");
    let mut off = good;
    off[63] ^= 1;
    let mut flagged = good;
    flagged[0] |= 0x80;
    for pok in [off, flagged, [0; 64], [0xff; 64]] {
        w.fails(w.verify_with(batch, buffer, 0, 4, pok), &[], E::InvalidProof);
    }
    w.ok(w.verify_with(batch, buffer, 0, 4, good), &[]);
}
