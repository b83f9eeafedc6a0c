//! Records that must not have been billed: shown by real opening proofs, struck once, and what that costs the MNO.

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction};
use gesim_client::instructions::settlement::Place;
use gesim_core::{
    digest::{sha256, sha256_field},
    layout::CircuitSize,
    meta::meta_digest,
    period::days,
    Lane,
};
use gesim_prover::{Batch as Book, BatchParams, ProverRecord, Seed};
use gesim_tests::{
    attack::{self, nothing},
    settlement::{
        associated, flat, lane,
        proven::{opening, params},
        replace, Spec, World, PERIOD, PROVE, RATE, RESOLVE,
    },
};
use settlement::{
    error::SettlementError as E,
    events::RecordStruck,
    state::{
        agreement::MAX_WINDOW,
        config::pause,
        seeds,
        statement::EntryKind,
        terms::{MAX_LATE_DAYS, MAX_PENALTY_BPS},
        Agreement, Batch, BatchState, Opening, Tier,
    },
    Commitment, Record,
};
use solana_signer::Signer;

/// A record of the data lane, by its name: the same name is the same call.
fn call(name: &str, value: u64, day: u32) -> ProverRecord {
    let record_id = sha256_field(&[b"record", name.as_bytes()]);
    ProverRecord { lane: Lane::Data, value, record_id, meta_digest: meta_digest(day, &detail(name)) }
}

fn detail(name: &str) -> [u8; 32] {
    sha256(&[b"detail", name.as_bytes()])
}

/// A day inside the period.
fn today() -> u32 {
    days(PERIOD).expect("a period").0 + 3
}

/// A committed batch with the records behind its root.
struct Filed {
    at: Pubkey,
    book: Book,
    _folder: tempfile::TempDir,
}

impl Filed {
    /// Commits the records; the totals are not open.
    fn commit(w: &mut World, period: u32, sequence: u32, records: &[ProverRecord]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let params = BatchParams { period, ..params(&w.agreement, sequence) };
        let records = records.iter().cloned().map(Ok::<_, std::io::Error>);
        let (at, seed) = (folder.path().join("batch"), Seed::new([42; 32]));
        let book = Book::create_with_seed(&at, params, Some(CircuitSize::Small), records, seed).expect("a batch");
        let context = book.context();
        let commitment = Commitment {
            root: context.root,
            records: context.records,
            chunks: context.chunks,
            circuit: context.circuit as u8,
            nonce: context.nonce,
        };
        let operator = w.operator.insecure_clone();
        w.ok(w.commit_batch(period, sequence, &commitment), &[&operator]);
        Self { at: seeds::batch(&w.agreement, period, sequence).0, book, _folder: folder }
    }

    /// And bills them. The chunks' proofs have their own tests.
    fn bill(w: &mut World, period: u32, sequence: u32, records: &[ProverRecord]) -> Self {
        let filed = Self::commit(w, period, sequence, records);
        w.open_unproven(&filed.at, filed.book.totals().lanes);
        filed
    }

    fn place(&self, position: u32) -> Place {
        Place { batch: self.at, chunk: 0, position }
    }

    /// The record at a position, and the proof that it is there.
    fn proof(&self, position: u32) -> (Record, [u8; 256]) {
        let (opened, _) = opening().open(&self.book, 0, position).expect("an opening");
        let record = Record {
            chunk: 0,
            lane: opened.lane,
            position,
            value: opened.value,
            record_id: opened.record_id,
            meta_digest: opened.meta_digest,
        };
        (record, opened.proof)
    }

    /// Shows the record on-chain.
    fn open(&self, w: &mut World, position: u32) -> Place {
        let (record, proof) = self.proof(position);
        w.ok(w.open_record(self.at, &record, proof), &[]);
        self.place(position)
    }

    fn state(&self, w: &World) -> Batch {
        w.chain.fetch(&self.at)
    }

    fn accept(&self, w: &mut World) {
        let mvno = w.mvno.insecure_clone();
        w.ok(w.accept_batch(self.at), &[&mvno]);
    }
}

fn books(w: &World) -> Agreement {
    w.chain.fetch(&w.agreement)
}

/// Every unit costs this much.
fn priced(rate: u64) -> Spec {
    let tiers = [Tier { start: 0, rate, fixed: 0 }];
    Spec { lanes: (0..8).map(|number| lane(number, &tiers)).collect(), ..flat() }
}

/// Both sides sign.
fn both(w: &mut World, ask: impl FnOnce(&World) -> Instruction) {
    let ix = ask(w);
    let (operator, mvno) = (w.operator.insecure_clone(), w.mvno.insecure_clone());
    w.ok(ix, &[&operator, &mvno]);
}

/// An agreement of the same sides with another number becomes the world's; returns the one before.
fn move_to(w: &mut World, id: u32) -> Pubkey {
    let (before, operator, spec) = (w.agreement, w.operator.insecure_clone(), flat());
    w.ok(w.propose_agreement(operator.pubkey(), id, &spec.frame), &[&operator]);
    w.agreement = seeds::agreement(&w.mno, &w.mvno.pubkey(), id).0;
    let version = w.agree(&spec);
    w.open_books(PERIOD, version);
    before
}

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

fn both_rerate(w: &mut World, version: u32) {
    both(w, |w| w.rerate_statement(PERIOD, version, RATE));
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
fn duplicate_inside_one_batch_ok() {
    let mut w = World::with_agreement(&flat());
    let records = [call("a", 100, today()), call("b", 250, today()), call("a", 130, today() + 1)];
    let filed = Filed::bill(&mut w, PERIOD, 1, &records);
    let [first, other, copy] = [0, 1, 2].map(|position| filed.open(&mut w, position));
    w.fails(w.claim_duplicate(&copy, &first), &[], E::NotADuplicate);
    w.fails(w.claim_duplicate(&first, &other), &[], E::NotADuplicate);
    w.fails(w.claim_duplicate(&other, &copy), &[], E::NotADuplicate);
    w.chain.send(&[w.claim_duplicate(&copy, &copy)], &[]).expect_err("one place is no copy of itself");
    let ix = w.claim_duplicate(&first, &copy);
    let meta = w.ok(ix.clone(), &[]);
    let event = &meta.events::<RecordStruck>()[0];
    assert_eq!((event.batch, event.chunk, event.position, event.kind), (filed.at, 0, 2, EntryKind::Duplicate));
    assert_eq!((event.price_fell, event.charge, event.penalty, event.owed), (130, 130, 13, 143));
    let statement = w.statement(PERIOD);
    assert_eq!((statement.billed, statement.lane_totals[0], statement.records), (350, 350, 2));
    assert_eq!((statement.clawed, statement.credited, statement.debit_due), (143, 0, 0));
    let entry = statement.entries.last().expect("an entry");
    assert_eq!((entry.kind, entry.sequence, entry.before, entry.after), (EntryKind::Duplicate, 1, 480, 350));
    let state = filed.state(&w);
    assert_eq!((state.invoice, state.payable, state.struck, state.clawed), (480, 480, 130, 130));
    assert_eq!((books(&w).owed, books(&w).owed_total), (143, 143));
    w.fails(ix, &[], E::AlreadyClaimed);
    // set off in the payment: what stays with the MNO is what it may bill, less the penalty
    filed.accept(&mut w);
    let pool = w.pool(w.agreement, 5_000, 0);
    w.ok(w.settle_batch(filed.at, &pool), &[]);
    assert_eq!(w.chain.balance(&w.payout) + w.chain.balance(&w.prover_token), 350 - 13);
}

#[test]
fn duplicate_across_batches_ok() {
    let mut w = World::with_agreement(&flat());
    let one = Filed::bill(&mut w, PERIOD, 7, &[call("x", 5, today()), call("a", 100, today())]);
    let two = Filed::bill(&mut w, PERIOD, 9, &[call("a", 100, today()), call("y", 6, today())]);
    // a settled batch is not safe from it
    two.accept(&mut w);
    let pool = w.pool(w.agreement, 5_000, 0);
    w.ok(w.settle_batch(two.at, &pool), &[]);
    let (earlier, later) = (one.open(&mut w, 1), two.open(&mut w, 0));
    w.fails(w.claim_duplicate(&later, &earlier), &[], E::NotADuplicate);
    let foreign = two.open(&mut w, 1);
    w.open_books(PERIOD + 1, 1);
    let version = w.agree(&priced(3));
    let decoys = [foreign.opening(), one.at, w.statement_at(PERIOD + 1), w.terms_at(version)];
    let ix = w.claim_duplicate(&earlier, &later);
    attack::everything(&mut w.chain, &ix, &decoys, &nothing);
    w.fails(replace(ix.clone(), &w.terms_at(1), &w.terms_at(version)), &[], E::WrongTerms);
    w.fails(replace(ix.clone(), &two.at, &one.at), &[], E::WrongBatch);
    w.ok(ix, &[]);
    assert_eq!((books(&w).owed, two.state(&w).clawed, one.state(&w).clawed), (110, 100, 0));
    assert_eq!(two.state(&w).state, BatchState::Settled);
    // and the bond pays it
    let (coin, operator, mvno) = (w.coin, w.operator.insecure_clone(), w.mvno.pubkey());
    let (purse, home) = (w.chain.funded(&coin, &operator.pubkey(), 500), associated(&mut w.chain, &coin, &mvno));
    w.ok(w.post_bond(operator.pubkey(), purse, 500), &[&operator]);
    w.ok(w.collect_bond(), &[]);
    assert_eq!((w.chain.balance(&home), books(&w).owed), (110, 0));
}

#[test]
fn duplicate_across_periods_ok() {
    let mut w = World::with_agreement(&flat());
    w.open_books(PERIOD + 1, 1);
    // billed first in the later period: the copy of the earlier one stays all the same
    let late = Filed::bill(&mut w, PERIOD + 1, 1, &[call("a", 40, today())]);
    let early = Filed::bill(&mut w, PERIOD, 2, &[call("a", 40, today())]);
    both(&mut w, |w| w.close_period_early(PERIOD + 1));
    let (earlier, later) = (early.open(&mut w, 0), late.open(&mut w, 0));
    w.fails(w.claim_duplicate(&later, &earlier), &[], E::NotADuplicate);
    let wrong = replace(w.claim_duplicate(&earlier, &later), &w.statement_at(PERIOD + 1), &w.statement_at(PERIOD));
    w.chain.send(&[wrong], &[]).expect_err("the statement of the other period");
    w.ok(w.claim_duplicate(&earlier, &later), &[]);
    assert_eq!((w.statement(PERIOD).billed, w.statement(PERIOD + 1).billed), (40, 0));
    assert_eq!(books(&w).owed, 44);
}

#[test]
fn one_of_three_copies_stays_ok() {
    let mut w = World::with_agreement(&flat());
    let one = Filed::bill(&mut w, PERIOD, 1, &[call("a", 10, today()), call("a", 20, today())]);
    let two = Filed::bill(&mut w, PERIOD, 2, &[call("a", 40, today())]);
    let copies = [one.open(&mut w, 0), one.open(&mut w, 1), two.open(&mut w, 0)];
    let pairs = [(0, 1), (0, 2), (1, 2)];
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    let start = w.chain.clone();
    for order in orders {
        w.chain = start.clone();
        for pair in order {
            let (earlier, later) = pairs[pair];
            // once enough is struck the rest is refused
            let _ = w.chain.send(&[w.claim_duplicate(&copies[earlier], &copies[later])], &[]);
        }
        let claimed = copies.map(|copy| w.chain.fetch::<Opening>(&copy.opening()).claimed);
        assert_eq!(claimed, [false, true, true], "{order:?}");
        assert_eq!((w.statement(PERIOD).billed, books(&w).owed), (10, 66), "{order:?}");
    }
}

#[test]
fn copy_of_a_struck_record_fails() {
    let mut w = World::with_agreement(&flat());
    // the earlier copy is out of its period itself; the later one is the only one left then
    let old = days(PERIOD).expect("a period").0 - 32;
    let filed = Filed::bill(&mut w, PERIOD, 1, &[call("a", 10, old), call("a", 20, today())]);
    let [earlier, later] = [0, 1].map(|position| filed.open(&mut w, position));
    w.ok(w.claim_out_of_period(&earlier, old, detail("a")), &[]);
    w.fails(w.claim_duplicate(&earlier, &later), &[], E::AlreadyClaimed);
    assert_eq!((w.statement(PERIOD).billed, books(&w).owed), (20, 11));
}

#[test]
fn record_is_struck_once_whatever_for_fails() {
    let mut w = World::with_agreement(&flat());
    let old = days(PERIOD).expect("a period").0 - 32;
    let filed = Filed::bill(&mut w, PERIOD, 1, &[call("a", 10, today()), call("a", 20, old)]);
    let [earlier, later] = [0, 1].map(|position| filed.open(&mut w, position));
    w.ok(w.claim_duplicate(&earlier, &later), &[]);
    w.fails(w.claim_out_of_period(&later, old, detail("a")), &[], E::AlreadyClaimed);
    w.fails(w.claim_duplicate(&earlier, &later), &[], E::AlreadyClaimed);
    assert_eq!((w.statement(PERIOD).billed, books(&w).owed), (10, 22));
}

#[test]
fn copy_under_another_agreement_fails() {
    let mut w = World::with_agreement(&flat());
    let mine = Filed::bill(&mut w, PERIOD, 1, &[call("a", 10, today())]);
    let own = mine.open(&mut w, 0);
    let before = move_to(&mut w, 2);
    let theirs = Filed::bill(&mut w, PERIOD, 2, &[call("a", 10, today())]);
    let foreign = theirs.open(&mut w, 0);
    w.fails(w.claim_duplicate(&own, &foreign), &[], E::NotADuplicate);
    // nor with the books of the first agreement
    let ix = w.claim_duplicate(&own, &foreign);
    w.agreement = before;
    let swapped = replace(ix, &seeds::agreement(&w.mno, &w.mvno.pubkey(), 2).0, &before);
    w.fails(swapped, &[], E::WrongAgreement);
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
fn claim_during_a_dispute_fails() {
    let mut w = World::with_agreement(&flat());
    let mvno = w.mvno.insecure_clone();
    let filed = Filed::bill(&mut w, PERIOD, 1, &[call("a", 100, today()), call("a", 100, today())]);
    let [earlier, later] = [0, 1].map(|position| filed.open(&mut w, position));
    w.ok(w.dispute_batch(filed.at, [60, 0, 0, 0, 0, 0, 0, 0]), &[&mvno]);
    let ix = w.claim_duplicate(&earlier, &later);
    w.fails(ix.clone(), &[], E::WrongBatchState);
    // the dispute drops 60 of the 200: of the record's 100 only 40 are left to take
    w.chain.warp_by(i64::from(RESOLVE) + 1);
    w.ok(w.expire_batch(filed.at), &[]);
    let meta = w.ok(ix, &[]);
    let event = &meta.events::<RecordStruck>()[0];
    assert_eq!((event.price_fell, event.charge, event.penalty), (100, 40, 4));
    let state = filed.state(&w);
    assert_eq!((state.payable, state.struck, state.clawed), (140, 100, 40));
    assert_eq!(w.statement(PERIOD).billed, 100);
}

#[test]
fn claim_on_what_a_dispute_dropped_takes_nothing_ok() {
    let mut w = World::with_agreement(&flat());
    let filed = Filed::bill(&mut w, PERIOD, 1, &[call("a", 100, today()), call("a", 100, today())]);
    let [earlier, later] = [0, 1].map(|position| filed.open(&mut w, position));
    let mvno = w.mvno.insecure_clone();
    w.ok(w.dispute_batch(filed.at, [200, 0, 0, 0, 0, 0, 0, 0]), &[&mvno]);
    both(&mut w, |w| w.resolve_batch(filed.at, 0));
    let meta = w.ok(w.claim_duplicate(&earlier, &later), &[]);
    let event = &meta.events::<RecordStruck>()[0];
    assert_eq!((event.price_fell, event.charge, event.penalty, event.owed), (100, 0, 0, 0));
    assert_eq!((filed.state(&w).payable, filed.state(&w).clawed), (0, 0));
}

#[test]
fn dispute_of_what_a_claim_took_fails() {
    let mut w = World::with_agreement(&flat());
    let filed = Filed::bill(&mut w, PERIOD, 1, &[call("a", 100, today()), call("a", 100, today())]);
    let [earlier, later] = [0, 1].map(|position| filed.open(&mut w, position));
    w.ok(w.claim_duplicate(&earlier, &later), &[]);
    let mvno = w.mvno.insecure_clone();
    w.fails(w.dispute_batch(filed.at, [101, 0, 0, 0, 0, 0, 0, 0]), &[&mvno], E::BadDispute);
    w.ok(w.dispute_batch(filed.at, [100, 0, 0, 0, 0, 0, 0, 0]), &[&mvno]);
    both(&mut w, |w| w.resolve_batch(filed.at, 0));
    let state = filed.state(&w);
    assert_eq!((state.payable, state.clawed, books(&w).owed), (100, 100, 110));
    // paid and taken back: the MNO is left with the penalty, the prover with its reward
    let pool = w.pool(w.agreement, 5_000, 0);
    w.ok(w.settle_batch(filed.at, &pool), &[]);
    assert_eq!((w.chain.balance(&w.payout), w.chain.balance(&w.prover_token)), (0, 10));
    assert_eq!(books(&w).owed, 20);
}

#[test]
fn out_of_period_ok() {
    let (first, next) = days(PERIOD).expect("a period");
    let mut w = World::with_agreement(&flat());
    let records = [
        ("after", next),
        ("old", first - 32),
        ("late", first - 31),
        ("last", next - 1),
        ("epoch", 0),
        ("end", u32::MAX),
    ];
    let calls: Vec<_> = records.iter().map(|(name, day)| call(name, 100, *day)).collect();
    let filed = Filed::bill(&mut w, PERIOD, 1, &calls);
    let places: Vec<_> = (0..6).map(|position| filed.open(&mut w, position)).collect();
    let claim = |w: &World, index: usize| {
        let (name, day) = records[index];
        w.claim_out_of_period(&places[index], day, detail(name))
    };
    for inside in [2, 3] {
        w.fails(claim(&w, inside), &[], E::InsidePeriod);
    }
    // another day, another detail
    w.fails(w.claim_out_of_period(&places[0], next + 1, detail("after")), &[], E::WrongMetadata);
    w.fails(w.claim_out_of_period(&places[2], first - 32, detail("late")), &[], E::WrongMetadata);
    w.fails(w.claim_out_of_period(&places[0], next, detail("old")), &[], E::WrongMetadata);
    let version = w.agree(&priced(3));
    w.open_books(PERIOD + 1, 1);
    let ix = claim(&w, 0);
    let decoys = [places[1].opening(), w.terms_at(version), w.statement_at(PERIOD + 1)];
    attack::everything(&mut w.chain, &ix, &decoys, &nothing);
    let meta = w.ok(ix.clone(), &[]);
    let event = &meta.events::<RecordStruck>()[0];
    assert_eq!((event.kind, event.price_fell, event.charge, event.penalty), (EntryKind::OutOfPeriod, 100, 100, 10));
    w.fails(ix, &[], E::AlreadyClaimed);
    for outside in [1, 4, 5] {
        w.ok(claim(&w, outside), &[]);
    }
    assert_eq!((w.statement(PERIOD).billed, books(&w).owed), (200, 440));
}

#[test]
fn late_days_at_their_limits_ok() {
    let (first, next) = days(PERIOD).expect("a period");
    for late_days in [0, MAX_LATE_DAYS] {
        let mut spec = flat();
        spec.head.late_days = late_days;
        let mut w = World::with_agreement(&spec);
        let oldest = first - u32::from(late_days);
        let calls = [call("in", 7, oldest), call("out", 9, oldest - 1), call("after", 11, next)];
        let filed = Filed::bill(&mut w, PERIOD, 1, &calls);
        let [inside, outside, after] = [0, 1, 2].map(|position| filed.open(&mut w, position));
        w.fails(w.claim_out_of_period(&inside, oldest, detail("in")), &[], E::InsidePeriod);
        w.ok(w.claim_out_of_period(&outside, oldest - 1, detail("out")), &[]);
        w.ok(w.claim_out_of_period(&after, next, detail("after")), &[]);
        assert_eq!(w.statement(PERIOD).billed, 7);
    }
}

#[test]
fn claim_after_a_rerating_goes_by_the_new_terms_ok() {
    let first = days(PERIOD).expect("a period").0;
    let mut w = World::with_agreement(&flat());
    let filed = Filed::bill(&mut w, PERIOD, 1, &[call("a", 100, first - 10), call("b", 50, today())]);
    let place = filed.open(&mut w, 0);
    w.fails(w.claim_out_of_period(&place, first - 10, detail("a")), &[], E::InsidePeriod);
    // half the price, nothing late, no penalty
    let mut spec = priced(1);
    spec.lanes.iter_mut().for_each(|lane| lane.per = 2);
    (spec.head.late_days, spec.head.penalty_bps) = (0, 0);
    let version = w.agree(&spec);
    both_rerate(&mut w, version);
    assert_eq!(books(&w).owed, 75);
    let ix = w.claim_out_of_period(&place, first - 10, detail("a"));
    w.fails(replace(ix.clone(), &w.terms_at(version), &w.terms_at(1)), &[], E::WrongTerms);
    let meta = w.ok(ix, &[]);
    let event = &meta.events::<RecordStruck>()[0];
    assert_eq!((event.price_fell, event.charge, event.penalty, event.owed), (50, 50, 0, 125));
    // 150 invoiced, 125 to give back: 25 is what the other record costs now
    assert_eq!(w.statement(PERIOD).billed, 25);
}

/// What a re-rating has added to the record is not invoiced, or given back when a note has invoiced it.
#[test]
fn claim_takes_what_a_rerating_added_ok() {
    for noted in [false, true] {
        let mut w = World::with_agreement(&flat());
        let one = Filed::bill(&mut w, PERIOD, 1, &[call("a", 100, today())]);
        let two = Filed::bill(&mut w, PERIOD, 2, &[call("a", 20, today())]);
        let version = w.agree(&priced(3));
        both_rerate(&mut w, version);
        assert_eq!(w.statement(PERIOD).debit_due, 240);
        if noted {
            w.ok(w.issue_note(PERIOD), &[]);
        }
        let (earlier, later) = (one.open(&mut w, 0), two.open(&mut w, 0));
        let meta = w.ok(w.claim_duplicate(&earlier, &later), &[]);
        let event = &meta.events::<RecordStruck>()[0];
        let charge = if noted { 60 } else { 20 };
        assert_eq!((event.price_fell, event.charge, event.penalty), (60, charge, charge / 10));
        let statement = w.statement(PERIOD);
        assert_eq!((statement.billed, statement.debit_due), (300, if noted { 0 } else { 200 }));
        // all invoices, less what goes back, is what the period costs
        let notes = if noted { 240 } else { statement.debit_due };
        assert_eq!(120 + notes - charge, statement.billed);
        assert_eq!(two.state(&w).clawed, 20, "of its own invoice");
    }
}

/// A record whose removal takes a tier's fixed part with it, which another batch was invoiced with.
#[test]
fn claim_takes_what_other_batches_carried_ok() {
    let tiers = [Tier { start: 0, rate: 1, fixed: 0 }, Tier { start: 100, rate: 1, fixed: 1_000 }];
    let spec = Spec { lanes: vec![lane(0, &tiers)], ..flat() };
    let mut w = World::with_agreement(&spec);
    let next = days(PERIOD).expect("a period").1;
    let small = Filed::bill(&mut w, PERIOD, 1, &[call("a", 30, next)]);
    let large = Filed::bill(&mut w, PERIOD, 2, &[call("b", 90, today())]);
    assert_eq!((small.state(&w).invoice, large.state(&w).invoice), (30, 1_090));
    let place = small.open(&mut w, 0);
    let meta = w.ok(w.claim_out_of_period(&place, next, detail("a")), &[]);
    let event = &meta.events::<RecordStruck>()[0];
    assert_eq!((event.price_fell, event.charge, event.penalty), (1_030, 1_030, 103));
    assert_eq!((w.statement(PERIOD).billed, small.state(&w).clawed), (90, 30));
}

/// Down, up again, then a claim: the same as if nobody had rated anything anew.
#[test]
fn claim_after_ratings_down_and_up_ok() {
    let mut w = World::with_agreement(&flat());
    let filed = Filed::bill(&mut w, PERIOD, 1, &[call("a", 100, today()), call("a", 100, today())]);
    let free = w.agree(&priced(0));
    both_rerate(&mut w, free);
    both_rerate(&mut w, 1);
    let [earlier, later] = [0, 1].map(|position| filed.open(&mut w, position));
    w.ok(w.claim_duplicate(&earlier, &later), &[]);
    let statement = w.statement(PERIOD);
    assert_eq!((statement.billed, statement.debit_due, statement.credited), (100, 200, 200));
    w.ok(w.issue_note(PERIOD), &[]);
    // invoiced 200 and 200, given back 200 and 100
    assert_eq!(books(&w).owed, 200 + 100 + 10);
}

#[test]
fn penalty_at_its_limits_ok() {
    let most = (1u64 << 36) - 1;
    for (value, bps, penalty) in [(9, 1_000, 0), (10, 1_000, 1), (most, 0, 0), (most, MAX_PENALTY_BPS, 10 * most)] {
        let mut spec = flat();
        spec.head.penalty_bps = bps;
        let mut w = World::with_agreement(&spec);
        let filed = Filed::bill(&mut w, PERIOD, 1, &[call("a", 1, today()), call("a", value, today())]);
        let [earlier, later] = [0, 1].map(|position| filed.open(&mut w, position));
        let meta = w.ok(w.claim_duplicate(&earlier, &later), &[]);
        let event = &meta.events::<RecordStruck>()[0];
        assert_eq!((event.charge, event.penalty, event.owed), (value, penalty, value + penalty));
    }
}

/// A penalty that does not fit is refused whole; without one the claim stands.
#[test]
fn penalty_that_does_not_fit_fails() {
    let rate = u64::MAX >> 1;
    for (bps, fits) in [(MAX_PENALTY_BPS, false), (0, true)] {
        let mut spec = priced(rate);
        spec.head.penalty_bps = bps;
        let mut w = World::with_agreement(&spec);
        let filed = Filed::bill(&mut w, PERIOD, 1, &[call("a", 1, today()), call("a", 1, today())]);
        let [earlier, later] = [0, 1].map(|position| filed.open(&mut w, position));
        let ix = w.claim_duplicate(&earlier, &later);
        if fits {
            w.ok(ix, &[]);
            assert_eq!(books(&w).owed, rate);
        } else {
            w.fails(ix, &[], E::Overflow);
            assert!(!w.chain.fetch::<Opening>(&later.opening()).claimed);
        }
    }
}

/// The end of an agreement is not the end of what was billed under it, and the bond waits for that.
#[test]
fn claim_after_the_end_ok() {
    let mut w = World::with_agreement(&flat());
    let filed = Filed::bill(&mut w, PERIOD, 1, &[call("a", 10, today()), call("a", 20, today())]);
    let (coin, operator, mvno) = (w.coin, w.operator.insecure_clone(), w.mvno.pubkey());
    let (purse, home) = (w.chain.funded(&coin, &operator.pubkey(), 500), associated(&mut w.chain, &coin, &mvno));
    w.ok(w.post_bond(operator.pubkey(), purse, 500), &[&operator]);
    filed.accept(&mut w);
    let pool = w.pool(w.agreement, 5_000, 0);
    w.ok(w.settle_batch(filed.at, &pool), &[]);
    w.ok(w.terminate_agreement(operator.pubkey()), &[&operator]);
    w.chain.warp_by(i64::from(MAX_WINDOW));
    let [earlier, later] = [0, 1].map(|position| filed.open(&mut w, position));
    w.ok(w.claim_duplicate(&earlier, &later), &[]);
    w.fails(w.withdraw_bond(), &[&operator], E::BondHeld);
    w.ok(w.collect_bond(), &[]);
    w.ok(w.withdraw_bond(), &[&operator]);
    assert_eq!((w.chain.balance(&home), w.chain.balance(&w.bond()), books(&w).owed), (22, 0, 0));
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
