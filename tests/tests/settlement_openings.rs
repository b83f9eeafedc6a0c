//! One record of a batch, shown on-chain by its opening proof.

use gesim_core::poseidon::{field, MODULUS};
use gesim_tests::{
    attack::{self, nothing},
    settlement::{
        proven::{opening, other, shared},
        terms, World,
    },
};
use settlement::{error::SettlementError as E, events, state::config::pause, Record};

#[test]
fn check_record_ok() {
    let proven = shared();
    let mut w = World::with_agreement(&terms());
    let batch = w.commit_proven(proven);
    // a record of the second chunk
    let (opening, _) = opening().open(&proven.batch, 1, 39).expect("an opening");
    let record = Record {
        chunk: 1,
        lane: 0,
        position: 39,
        value: opening.value,
        record_id: opening.record_id,
        meta_digest: opening.meta_digest,
    };
    assert_eq!(record.value, 100 + 249);
    let ix = w.check_record(batch, &record, opening.proof);
    let meta = w.ok(ix.clone(), &[]);
    let event = &meta.events::<events::RecordChecked>()[0];
    assert_eq!((event.batch, event.value, event.record_id), (batch, record.value, record.record_id));
    attack::everything(&mut w.chain, &ix, &[], &nothing);

    let changed = [
        Record { chunk: 0, ..record.clone() },
        Record { lane: 1, ..record.clone() },
        Record { position: 38, ..record.clone() },
        Record { value: record.value + 1, ..record.clone() },
        Record { record_id: field(1), ..record.clone() },
        Record { meta_digest: field(1), ..record.clone() },
    ];
    for record in changed {
        w.fails(w.check_record(batch, &record, opening.proof), &[], E::InvalidProof);
    }
    let impossible = [
        Record { chunk: 4, ..record.clone() },
        Record { lane: 8, ..record.clone() },
        Record { position: 210, ..record.clone() },
        Record { value: 1 << 36, ..record.clone() },
    ];
    for record in impossible {
        w.fails(w.check_record(batch, &record, opening.proof), &[], E::BadRecord);
    }
    let alias = Record { record_id: MODULUS, ..record.clone() };
    w.fails(w.check_record(batch, &alias, opening.proof), &[], E::NotAFieldElement);
    // another batch with the same records and the same root
    let second = w.commit_proven(other());
    w.fails(w.check_record(second, &record, opening.proof), &[], E::InvalidProof);
    // a usage proof opens nothing
    w.fails(
        w.check_record(batch, &record, *proven.proofs[0].proof.first_chunk().expect("A, B, C")),
        &[],
        E::InvalidProof,
    );
    w.ok(w.set_paused(pause::VERIFY), &[]);
    w.fails(w.check_record(batch, &record, opening.proof), &[], E::Paused);
}
