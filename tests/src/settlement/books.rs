//! The honest calls of agreements' terms, periods, batches, disputes and claims, by the client's own builders.

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction};
use gesim_client::instructions::settlement::{
    self as build, BatchRef, Bond, BothSides, ClaimBooks, Period, Place, Version,
};
use settlement::{
    state::{seeds, Agreement, Batch, LaneTerms, Statement, Terms, TermsHead},
    ExchangeRate, Record,
};
use solana_signer::Signer;

use super::World;

impl World {
    /// The version with this number, and who works on it.
    pub fn version(&self, signer: Pubkey, number: u32) -> Version {
        Version { signer, mno: self.mno, agreement: self.agreement, number }
    }

    pub fn draft_terms(&self, signer: Pubkey, number: u32, head: &TermsHead) -> Instruction {
        self.version(signer, number).draft(self.authority(), head.clone())
    }

    pub fn set_lane(&self, signer: Pubkey, number: u32, lane: &LaneTerms) -> Instruction {
        self.version(signer, number).set_lane(self.authority(), lane.clone())
    }

    /// Signs what the chain holds.
    pub fn sign_terms(&self, signer: Pubkey, number: u32) -> Instruction {
        self.version(signer, number).sign(self.contract_hash(number))
    }

    pub fn contract_hash(&self, number: u32) -> [u8; 32] {
        let frame = self.chain.fetch::<Agreement>(&self.agreement).frame;
        self.terms(number).hash(&frame).expect("the terms hash")
    }

    pub fn terms_at(&self, number: u32) -> Pubkey {
        seeds::terms(&self.agreement, number).0
    }

    pub fn terms(&self, number: u32) -> Terms {
        self.chain.fetch(&self.terms_at(number))
    }

    pub fn statement_at(&self, period: u32) -> Pubkey {
        seeds::statement(&self.agreement, period).0
    }

    pub fn statement(&self, period: u32) -> Statement {
        self.chain.fetch(&self.statement_at(period))
    }

    pub fn both(&self) -> BothSides {
        BothSides { mno_authority: self.operator.pubkey(), mvno: self.mvno.pubkey() }
    }

    /// A period rated by this version.
    pub fn period(&self, period: u32, terms: u32) -> Period {
        Period { mno: self.mno, agreement: self.agreement, period, terms }
    }

    /// A period rated by the version its statement names.
    pub fn rated(&self, period: u32) -> Period {
        self.period(period, self.statement(period).terms)
    }

    pub fn open_period(&self, period: u32, terms: u32, rate: ExchangeRate) -> Instruction {
        self.period(period, terms).open(self.authority(), self.both(), rate)
    }

    /// By anyone, once the grace is over.
    pub fn close_period(&self, period: u32) -> Instruction {
        self.rated(period).close(None)
    }

    /// By both sides, at any time.
    pub fn close_period_early(&self, period: u32) -> Instruction {
        self.rated(period).close(Some(self.both()))
    }

    pub fn grow_statement(&self, period: u32) -> Instruction {
        self.period(period, 0).grow(self.authority())
    }

    /// To these terms, from those that the statement names.
    pub fn rerate_statement(&self, period: u32, terms: u32, rate: ExchangeRate) -> Instruction {
        self.period(period, terms).rerate(self.both(), self.statement(period).terms, rate)
    }

    /// With the agreement of the other direction.
    pub fn balance_statement(&self, period: u32, reverse: Pubkey) -> Instruction {
        self.rated(period).balance(reverse)
    }

    pub fn bill_commitment(&self, period: u32) -> Instruction {
        self.rated(period).bill_commitment()
    }

    pub fn issue_note(&self, period: u32) -> Instruction {
        self.period(period, 0).issue_note(self.authority(), self.statement(period).notes)
    }

    /// Address of the period's note with this number, from 0.
    pub fn note(&self, period: u32, number: u32) -> Pubkey {
        self.period(period, 0).note(number)
    }

    pub fn open_totals(&self, batch: Pubkey, totals: [u64; 8], blinding: [u8; 32]) -> Instruction {
        let state: Batch = self.chain.fetch(&batch);
        build::open_totals(&BatchRef::from(&state), self.statement(state.period).terms, totals, blinding)
    }

    pub fn accept_batch(&self, batch: Pubkey) -> Instruction {
        build::accept_batch(self.mvno.pubkey(), self.agreement, batch)
    }

    pub fn dispute_batch(&self, batch: Pubkey, lanes: [u64; 8]) -> Instruction {
        build::dispute_batch(self.mvno.pubkey(), self.agreement, batch, lanes)
    }

    pub fn resolve_batch(&self, batch: Pubkey, award: u64) -> Instruction {
        build::resolve_batch(self.both(), self.mno, self.agreement, batch, award)
    }

    pub fn award_batch(&self, arbiter: Pubkey, batch: Pubkey, award: u64) -> Instruction {
        let terms = self.chain.fetch::<Batch>(&batch).terms;
        build::award_batch(arbiter, self.agreement, terms, batch, award)
    }

    pub fn expire_batch(&self, batch: Pubkey) -> Instruction {
        build::expire_batch(batch, &self.chain.fetch(&batch))
    }

    pub fn open_record(&self, batch: Pubkey, record: &Record, proof: [u8; 256]) -> Instruction {
        let Record { chunk, position, .. } = *record;
        Place { batch, chunk, position }.open(self.authority(), record.clone(), proof)
    }

    pub fn close_opening(&self, payer: Pubkey, place: &Place) -> Instruction {
        place.close(payer)
    }

    /// The books of a batch as a claim changes them.
    pub fn claim_books(&self, batch: &Pubkey) -> ClaimBooks {
        let period = self.chain.fetch::<Batch>(batch).period;
        ClaimBooks { agreement: self.agreement, period, terms: self.statement(period).terms }
    }

    pub fn claim_duplicate(&self, earlier: &Place, later: &Place) -> Instruction {
        self.claim_books(&later.batch).duplicate(earlier, later)
    }

    pub fn claim_out_of_period(&self, place: &Place, day: u32, detail: [u8; 32]) -> Instruction {
        self.claim_books(&place.batch).out_of_period(place, day, detail)
    }

    pub fn bond(&self) -> Pubkey {
        seeds::bond(&self.agreement).0
    }

    fn with_bond<T>(&self, ask: impl FnOnce(Bond) -> T) -> T {
        let state: Agreement = self.chain.fetch(&self.agreement);
        ask(Bond { agreement: self.agreement, state: &state, token_program: self.coin.program })
    }

    /// From a token account of the owner's.
    pub fn post_bond(&self, owner: Pubkey, source: Pubkey, amount: u64) -> Instruction {
        self.with_bond(|bond| bond.post(self.authority(), owner, source, amount))
    }

    /// Into the MVNO's associated token account.
    pub fn collect_bond(&self) -> Instruction {
        self.with_bond(|bond| bond.collect())
    }

    pub fn withdraw_bond(&self) -> Instruction {
        self.with_bond(|bond| bond.withdraw(self.operator.pubkey()))
    }
}
