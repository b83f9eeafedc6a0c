//! Records shown on-chain, and openings that are refused.

use super::world::*;

#[test]
fn open_record_ok() {
    let mut w = World::with_agreement(&flat());
    let filed = Filed::bill(&mut w, PERIOD, 1, &[call("a", 100, today()), call("b", 50, today())]);
    let (record, proof) = filed.proof(1);
    let ix = w.open_record(filed.at, &record, proof);
    for changed in [
        Record { value: 51, ..record.clone() },
        Record { lane: 1, ..record.clone() },
        Record { position: 0, ..record.clone() },
        Record { record_id: call("c", 0, 0).record_id, ..record.clone() },
        Record { meta_digest: call("c", 0, 0).meta_digest, ..record.clone() },
    ] {
        w.fails(w.open_record(filed.at, &changed, proof), &[], E::InvalidProof);
    }
    w.fails(w.open_record(filed.at, &Record { chunk: 1, ..record.clone() }, proof), &[], E::BadRecord);
    w.ok(w.set_paused(pause::VERIFY), &[]);
    w.fails(ix.clone(), &[], E::Paused);
    w.ok(w.set_paused(0), &[]);
    let other = Filed::bill(&mut w, PERIOD, 2, &[call("a", 100, today()), call("b", 50, today())]);
    w.fails(w.open_record(other.at, &record, proof), &[], E::InvalidProof);
    attack::everything(&mut w.chain, &ix, &[other.at, other.place(1).opening()], &|index, _| index == 0);
    w.ok(ix.clone(), &[]);
    let shown: Opening = w.chain.fetch(&filed.place(1).opening());
    assert_eq!((shown.value, shown.record_id, shown.meta_digest), (50, record.record_id, record.meta_digest));
    assert_eq!((shown.batch, shown.period, shown.sequence, shown.claimed), (filed.at, PERIOD, 1, false));
    w.chain.send(&[ix], &[]).expect_err("it is there already");
}

#[test]
fn open_record_of_a_note_fails() {
    let mut w = World::with_agreement(&flat());
    let filed = Filed::bill(&mut w, PERIOD, 1, &[call("a", 100, today())]);
    let version = w.agree(&priced(2));
    both_rerate(&mut w, version);
    w.ok(w.issue_note(PERIOD), &[]);
    let (record, proof) = filed.proof(0);
    let note = w.note(PERIOD, 0);
    w.fails(w.open_record(note, &record, proof), &[], E::BadRecord);
}

/// A batch that lapsed and is committed again was billed once: what the first one shows is no copy.
#[test]
fn record_of_a_batch_that_was_not_billed_fails() {
    let mut w = World::with_agreement(&flat());
    let records = [call("a", 100, today()), call("b", 50, today())];
    let lapsed = Filed::commit(&mut w, PERIOD, 1, &records);
    let (record, proof) = lapsed.proof(0);
    let ix = w.open_record(lapsed.at, &record, proof);
    w.fails(ix.clone(), &[], E::WrongBatchState);
    // check_record shows it all the same: nothing hangs on that
    w.ok(w.check_record(lapsed.at, &record, proof), &[]);
    w.chain.warp_by(i64::from(PROVE) + 1);
    w.ok(w.expire_batch(lapsed.at), &[]);
    let again = Filed::bill(&mut w, PERIOD, 2, &records);
    let later = again.open(&mut w, 0);
    w.fails(ix, &[], E::WrongBatchState);
    w.chain.send(&[w.claim_duplicate(&lapsed.place(0), &later)], &[]).expect_err("nothing was shown");
    assert_eq!((books(&w).owed, w.statement(PERIOD).billed), (0, 150));
}

#[test]
fn forged_opening_fails() {
    let mut w = World::with_agreement(&flat());
    let filed = Filed::bill(&mut w, PERIOD, 1, &[call("a", 10, today()), call("b", 20, today())]);
    let [first, second] = [0, 1].map(|position| filed.open(&mut w, position));
    // a program's account with the right bytes at the wrong address, and the right address with another owner
    let mut forged = w.chain.account(&first.opening()).expect("an opening");
    let mut claim: Opening = w.chain.fetch(&first.opening());
    claim.record_id = w.chain.fetch::<Opening>(&second.opening()).record_id;
    let mut bytes = Vec::new();
    anchor_lang::AccountSerialize::try_serialize(&claim, &mut bytes).expect("it serialises");
    forged.data[..bytes.len()].copy_from_slice(&bytes);
    let elsewhere = Pubkey::new_unique();
    w.chain.svm.set_account(elsewhere, forged.clone()).expect("set");
    let ix = w.claim_duplicate(&first, &second);
    w.chain.send(&[replace(ix.clone(), &first.opening(), &elsewhere)], &[]).expect_err("not where openings are");
    forged.owner = Pubkey::new_unique();
    w.chain.svm.set_account(first.opening(), forged).expect("set");
    w.chain.send(&[ix], &[]).expect_err("not the program's");
    assert_eq!(books(&w).owed, 0);
}

#[test]
fn close_opening_ok() {
    let mut w = World::with_agreement(&flat());
    let filed = Filed::bill(&mut w, PERIOD, 1, &[call("a", 10, today()), call("a", 20, today())]);
    let [earlier, later] = [0, 1].map(|position| filed.open(&mut w, position));
    let (payer, stranger) = (w.authority(), w.stranger.insecure_clone());
    w.fails(w.close_opening(stranger.pubkey(), &earlier), &[&stranger], E::NotTheWriter);
    w.ok(w.claim_duplicate(&earlier, &later), &[]);
    // what a claim has used keeps the record from being struck again
    w.fails(w.close_opening(payer, &later), &[], E::AlreadyClaimed);
    let before = w.chain.lamports(&earlier.opening());
    assert!(before > 0);
    w.ok(w.close_opening(payer, &earlier), &[]);
    assert!(!w.chain.exists(&earlier.opening()));
    // shown again, it is what it was
    let again = filed.open(&mut w, 0);
    w.fails(w.claim_duplicate(&again, &later), &[], E::AlreadyClaimed);
}
