//! Batches with records that can be shown, and what the tests here speak of.

pub use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction};
pub use gesim_client::instructions::settlement::Place;
pub use gesim_core::{
    digest::{sha256, sha256_field},
    layout::CircuitSize,
    meta::meta_digest,
    period::days,
    Lane,
};
pub use gesim_prover::{Batch as Book, BatchParams, ProverRecord, Seed};
pub use gesim_tests::{
    attack::{self, nothing},
    settlement::{
        associated, flat, lane,
        proven::{opening, params},
        replace, Spec, World, PERIOD, PROVE, RATE, RESOLVE,
    },
};
pub use settlement::{
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
pub use solana_signer::Signer;

/// A record of the data lane, by its name: the same name is the same call.
pub fn call(name: &str, value: u64, day: u32) -> ProverRecord {
    let record_id = sha256_field(&[b"record", name.as_bytes()]);
    ProverRecord { lane: Lane::Data, value, record_id, meta_digest: meta_digest(day, &detail(name)) }
}

pub fn detail(name: &str) -> [u8; 32] {
    sha256(&[b"detail", name.as_bytes()])
}

/// A day inside the period.
pub fn today() -> u32 {
    days(PERIOD).expect("a period").0 + 3
}

/// A committed batch with the records behind its root.
pub struct Filed {
    pub at: Pubkey,
    pub book: Book,
    _folder: tempfile::TempDir,
}

impl Filed {
    /// Commits the records; the totals are not open.
    pub fn commit(w: &mut World, period: u32, sequence: u32, records: &[ProverRecord]) -> Self {
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
    pub fn bill(w: &mut World, period: u32, sequence: u32, records: &[ProverRecord]) -> Self {
        let filed = Self::commit(w, period, sequence, records);
        w.open_unproven(&filed.at, filed.book.totals().lanes);
        filed
    }

    pub fn place(&self, position: u32) -> Place {
        Place { batch: self.at, chunk: 0, position }
    }

    /// The record at a position, and the proof that it is there.
    pub fn proof(&self, position: u32) -> (Record, [u8; 256]) {
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
    pub fn open(&self, w: &mut World, position: u32) -> Place {
        let (record, proof) = self.proof(position);
        w.ok(w.open_record(self.at, &record, proof), &[]);
        self.place(position)
    }

    pub fn state(&self, w: &World) -> Batch {
        w.chain.fetch(&self.at)
    }

    pub fn accept(&self, w: &mut World) {
        let mvno = w.mvno.insecure_clone();
        w.ok(w.accept_batch(self.at), &[&mvno]);
    }
}

pub fn books(w: &World) -> Agreement {
    w.chain.fetch(&w.agreement)
}

/// Every unit costs this much.
pub fn priced(rate: u64) -> Spec {
    let tiers = [Tier { start: 0, rate, fixed: 0 }];
    Spec { lanes: (0..8).map(|number| lane(number, &tiers)).collect(), ..flat() }
}

/// Both sides sign.
pub fn both(w: &mut World, ask: impl FnOnce(&World) -> Instruction) {
    let ix = ask(w);
    let (operator, mvno) = (w.operator.insecure_clone(), w.mvno.insecure_clone());
    w.ok(ix, &[&operator, &mvno]);
}

/// An agreement of the same sides with another number becomes the world's; returns the one before.
pub fn move_to(w: &mut World, id: u32) -> Pubkey {
    let (before, operator, spec) = (w.agreement, w.operator.insecure_clone(), flat());
    w.ok(w.propose_agreement(operator.pubkey(), id, &spec.frame), &[&operator]);
    w.agreement = seeds::agreement(&w.mno, &w.mvno.pubkey(), id).0;
    let version = w.agree(&spec);
    w.open_books(PERIOD, version);
    before
}

pub fn both_rerate(w: &mut World, version: u32) {
    both(w, |w| w.rerate_statement(PERIOD, version, RATE));
}
