//! Openings put into the chain as opening proofs leave them: for tests of what claims do to the books.

use anchor_lang::{prelude::Pubkey, AccountSerialize};
use gesim_client::instructions::settlement::Place;
use gesim_core::meta::meta_digest;
use settlement::{
    state::{seeds, Batch, Opening, BOOKS_VERSION},
    ID,
};

use super::World;

/// What opens the metadata digest of [`World::shown`] records, beside the day.
pub const DETAIL: [u8; 32] = [1; 32];

impl World {
    /// A record of the first chunk: its position, lane, value and day. `settlement_claims` shows records with proofs.
    pub fn shown(&mut self, batch: &Pubkey, position: u32, lane: u8, value: u64, day: u32) -> Place {
        let Batch { agreement, period, sequence, .. } = self.chain.fetch(batch);
        let (address, bump) = seeds::opening(batch, 0, position);
        let opening = Opening {
            version: BOOKS_VERSION,
            bump,
            claimed: false,
            agreement,
            batch: *batch,
            period,
            sequence,
            chunk: 0,
            position,
            lane,
            value,
            record_id: [0; 32],
            meta_digest: meta_digest(day, &DETAIL),
            payer: self.authority(),
            reserved: [0; 64],
        };
        let mut data = Vec::new();
        opening.try_serialize(&mut data).expect("the opening serialises");
        self.put(address, &ID, data);
        Place { batch: *batch, chunk: 0, position }
    }
}
