//! Records put before the chain: opened once, claimed once. What a stopped run has done is found there.

use anyhow::{anyhow, Result};
use gesim_client::{
    addresses::settlement as seeds,
    fetch,
    instructions::settlement::{ClaimBooks, Place},
    Session, Transport,
};
use gesim_prover::{verify_opening, Batch, RecordOpening};
use settlement::{
    state::{Agreement, Batch as OnChain, Opening, Statement},
    Record,
};
use solana_pubkey::Pubkey;

use super::source::{Found, Provers};
use crate::{
    commands::period::{room, Books},
    context::Chain,
    days::Day,
    failure::Hint,
    ingest,
};

/// A record that the chain knows.
pub struct Opened {
    pub place: Place,
    pub state: Opening,
}

pub struct Case<'a> {
    pub chain: &'a Chain,
    pub session: &'a Session<'a>,
    provers: Provers,
}

impl<'a> Case<'a> {
    pub fn new(chain: &'a Chain, session: &'a Session<'a>) -> Self {
        Self { chain, session, provers: Provers::default() }
    }

    pub fn open(&mut self, found: &Found) -> Result<Opened> {
        match found {
            Found::Folder(batch, chunk, position) => {
                let records = batch.chunk(*chunk).map_err(ingest::prover)?.records;
                let record = usize::try_from(*position).ok().and_then(|position| records.get(position));
                let record = record.ok_or_else(|| anyhow!("chunk {chunk} has no position {position}"))?;
                self.open_place(batch, *chunk, *position, &record.record_id)
            }
            Found::Opening(opening) => self.open_file(opening),
        }
    }

    /// Opens a record of a folder, unless the chain has it already.
    pub fn open_place(&mut self, batch: &Batch, chunk: u32, position: u32, record_id: &[u8; 32]) -> Result<Opened> {
        let about = batch.context();
        let address = seeds::batch(&Pubkey::from(about.agreement), about.period, about.sequence).0;
        let place = Place { batch: address, chunk, position };
        if let Some(state) = self.there(&place)?.filter(|state| state.record_id == *record_id) {
            return Ok(Opened { place, state });
        }
        let state = self.on_chain(&address)?;
        if state.ctx != *batch.ctx() || state.root != *batch.root() {
            return Err(anyhow!("the folder {} is not the batch {address} that is on-chain", batch.dir().display())
                .hint(
                    "a folder of one's own has other salts: ask for the operator's folder, or for the file that \
                 gesim batch open-record writes there",
                ));
        }
        if !state.is_opened() {
            return Err(anyhow!("the totals of batch {address} are not open: it bills nothing yet")
                .hint("claims are about batches that were opened: gesim batch status"));
        }
        let opening = self.provers.open(batch, chunk, position)?;
        self.send(place, &opening)
    }

    /// Whether records of the folder's batch can be shown: it is the one on-chain, and it is billed.
    pub fn is_billed(&self, batch: &Batch) -> Result<bool> {
        let about = batch.context();
        let address = seeds::batch(&Pubkey::from(about.agreement), about.period, about.sequence).0;
        let state: Option<OnChain> = fetch::find(&self.chain.rpc, "batch", &address)?;
        Ok(state.is_some_and(|state| state.is_opened()))
    }

    fn open_file(&mut self, opening: &RecordOpening) -> Result<Opened> {
        let about = opening.context();
        let address = seeds::batch(&Pubkey::from(about.agreement), about.period, about.sequence).0;
        let place = Place { batch: address, chunk: opening.chunk, position: opening.position };
        if let Some(state) = self.there(&place)?.filter(|state| state.record_id == opening.record_id) {
            return Ok(Opened { place, state });
        }
        let state = self.on_chain(&address)?;
        verify_opening(opening, &state.ctx, &state.root).map_err(ingest::prover)?;
        self.send(place, opening)
    }

    fn there(&self, place: &Place) -> Result<Option<Opening>> {
        Ok(fetch::find(&self.chain.rpc, "opening", &place.opening())?)
    }

    fn on_chain(&self, address: &Pubkey) -> Result<OnChain> {
        let state = fetch::fetch(&self.chain.rpc, "batch", address).map_err(anyhow::Error::from);
        state.hint("is this the cluster the batch was committed on? See --url")
    }

    fn send(&self, place: Place, opening: &RecordOpening) -> Result<Opened> {
        let record = Record {
            chunk: opening.chunk,
            lane: opening.lane,
            position: opening.position,
            value: opening.value,
            record_id: opening.record_id,
            meta_digest: opening.meta_digest,
        };
        self.session.send("open record", &[place.open(self.chain.me(), record, opening.proof)], &[])?;
        if let Some(state) = self.there(&place)? {
            return Ok(Opened { place, state });
        }
        // A dry run has made nothing.
        let about = opening.context();
        let state = Opening {
            version: 0,
            bump: 0,
            claimed: false,
            agreement: Pubkey::from(about.agreement),
            batch: place.batch,
            period: about.period,
            sequence: about.sequence,
            chunk: opening.chunk,
            position: opening.position,
            lane: opening.lane,
            value: opening.value,
            record_id: opening.record_id,
            meta_digest: opening.meta_digest,
            payer: self.chain.me(),
            reserved: [0; 64],
        };
        Ok(Opened { place, state })
    }

    /// Strikes the later one of two copies.
    pub fn duplicate(&self, earlier: &Opened, later: &Opened) -> Result<()> {
        self.claim("claim duplicate", &later.state, |books| books.duplicate(&earlier.place, &later.place))
    }

    /// Strikes a record that its day shows to be outside its period.
    pub fn out_of_period(&self, opened: &Opened, day: &Day) -> Result<()> {
        let Day { day, detail } = *day;
        self.claim("claim out of period", &opened.state, |books| books.out_of_period(&opened.place, day, detail))
    }

    fn claim(
        &self,
        name: &str,
        state: &Opening,
        build: impl FnOnce(&ClaimBooks) -> solana_instruction::Instruction,
    ) -> Result<()> {
        let rpc = &self.chain.rpc;
        let books = Books::fetch(rpc, &state.agreement)?;
        let statement: Statement = books.statement(rpc, state.period)?;
        let period = books.period(state.period, statement.terms);
        let mut steps: Vec<_> = room(rpc, self.chain.me(), &period, &statement)?.into_iter().collect();
        let about = ClaimBooks { agreement: state.agreement, period: state.period, terms: statement.terms };
        steps.push(build(&about));
        self.session.send(name, &steps, &[])?;
        Ok(())
    }

    /// What the operator owes under an agreement.
    pub fn owed(&self, agreement: &Pubkey) -> Result<u64> {
        Ok(self.agreement(agreement)?.owed)
    }

    /// All that it ever owed.
    pub fn owed_total(&self, agreement: &Pubkey) -> Result<u64> {
        Ok(self.agreement(agreement)?.owed_total)
    }

    fn agreement(&self, address: &Pubkey) -> Result<Agreement> {
        Ok(fetch::fetch(&self.chain.rpc, "agreement", address)?)
    }

    pub fn rpc(&self) -> &dyn Transport {
        &self.chain.rpc
    }
}
