//! A settlement program with an agreement on it, one method an instruction: what its tests stand on.

mod books;
mod instructions;
mod pool;
pub mod proven;
mod shown;
mod spec;

pub use instructions::replace;
pub use pool::PoolAccounts;
pub use shown::DETAIL;
pub use spec::{flat, lane, terms, Spec, RATE};

use std::collections::HashMap;

use anchor_lang::{
    prelude::Pubkey,
    solana_program::instruction::{AccountMeta, Instruction},
    AccountDeserialize, AccountSerialize,
};
use anchor_spl::associated_token::get_associated_token_address_with_program_id;
use gesim_core::inputs::Totals;
use settlement::{
    state::{seeds, Agreement, Batch, BatchState},
    Commitment,
};
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{
    chain::Chain,
    outcome::{Failure, Meta},
    tokens::Coin,
};

pub const CLUSTER: [u8; 32] = [7; 32];
pub const TADIG: [u8; 5] = *b"DEUGS";
pub const PERIOD: u32 = 202_611;
pub const PROVE: u32 = 3_600;
pub const DISPUTE: u32 = 7_200;
pub const RESOLVE: u32 = 10_800;
pub const REWARD: u64 = 10;

/// Everybody who signs, the agreement between them, and the chain it is on. The chain's payer is the program's authority.
pub struct World {
    pub chain: Chain,
    /// Acts for the MNO.
    pub operator: Keypair,
    pub mvno: Keypair,
    pub prover: Keypair,
    /// Somebody with money and no rights.
    pub stranger: Keypair,
    pub coin: Coin,
    pub mno: Pubkey,
    pub agreement: Pubkey,
    pub payout: Pubkey,
    pub prover_token: Pubkey,
    /// First chunk of each staged buffer, and the proofs of knowledge of its slots.
    staged: HashMap<Pubkey, (u32, Vec<[u8; 64]>)>,
}

impl World {
    /// The programs and their accounts' owners; nothing is initialised.
    pub fn bare() -> Self {
        let mut chain = Chain::new();
        let [operator, prover, stranger] = std::array::from_fn(|_| chain.keypair());
        // always the same, and so is the agreement's address: proofs are bound to it, and tests can share them
        let mvno = Keypair::new_from_array([11; 32]);
        chain.svm.airdrop(&mvno.pubkey(), 100_000_000_000).expect("airdrop");
        let coin = chain.coin();
        let mno = seeds::mno(&TADIG).0;
        let agreement = seeds::agreement(&mno, &mvno.pubkey(), 1).0;
        let payout = chain.token_account(&coin, &operator.pubkey());
        let prover_token = associated(&mut chain, &coin, &prover.pubkey());
        Self {
            chain,
            operator,
            mvno,
            prover,
            stranger,
            coin,
            mno,
            agreement,
            payout,
            prover_token,
            staged: HashMap::new(),
        }
    }

    /// The program and an MNO; no agreement yet.
    pub fn new() -> Self {
        let mut w = Self::bare();
        w.ok(w.initialize(), &[]);
        w.ok(w.register_mno(TADIG), &[]);
        w
    }

    /// With an active agreement, proposed by the MNO, and [`PERIOD`] open at a rate of 1.
    pub fn with_agreement(spec: &Spec) -> Self {
        let mut w = Self::new();
        let operator = w.operator.insecure_clone();
        w.ok(w.propose_agreement(operator.pubkey(), 1, &spec.frame), &[&operator]);
        let version = w.agree(spec);
        w.open_books(PERIOD, version);
        w
    }

    /// Both sides sign the next version of the terms, drafted by the MNO. Returns its number.
    pub fn agree(&mut self, spec: &Spec) -> u32 {
        let (operator, mvno) = (self.operator.insecure_clone(), self.mvno.insecure_clone());
        let number = self.draft(&operator, spec);
        self.ok(self.sign_terms(operator.pubkey(), number), &[&operator]);
        self.ok(self.sign_terms(mvno.pubkey(), number), &[&mvno]);
        number
    }

    /// A side writes the next version of the terms; nobody has signed it. Returns its number.
    pub fn draft(&mut self, side: &Keypair, spec: &Spec) -> u32 {
        let number = self.chain.fetch::<Agreement>(&self.agreement).drafts + 1;
        self.ok(self.draft_terms(side.pubkey(), number, &spec.head), &[side]);
        for lane in &spec.lanes {
            self.ok(self.set_lane(side.pubkey(), number, lane), &[side]);
        }
        number
    }

    /// Both sides open a period under a version of the terms at a rate of 1.
    pub fn open_books(&mut self, period: u32, version: u32) {
        let (operator, mvno) = (self.operator.insecure_clone(), self.mvno.insecure_clone());
        self.ok(self.open_period(period, version, RATE), &[&operator, &mvno]);
    }

    /// With a committed batch of three chunks.
    pub fn with_batch() -> (Self, Pubkey) {
        let mut w = Self::with_agreement(&terms());
        let batch = w.commit(PERIOD, 1);
        (w, batch)
    }

    /// Commits a batch of three chunks.
    pub fn commit(&mut self, period: u32, sequence: u32) -> Pubkey {
        let operator = self.operator.insecure_clone();
        self.ok(self.commit_batch(period, sequence, &commitment()), &[&operator]);
        seeds::batch(&self.agreement, period, sequence).0
    }

    /// With a batch whose totals are open for `invoice`, at [`flat`] prices. `settlement_proofs` gets there with proofs.
    pub fn with_opened(invoice: u64) -> (Self, Pubkey) {
        let mut w = Self::with_agreement(&flat());
        let batch = w.commit(PERIOD, 1);
        w.open_unproven(&batch, [invoice, 0, 0, 0, 0, 0, 0, 0]);
        (w, batch)
    }

    /// Opens a batch to any totals, by the instruction itself: its commitment is put there, not proven.
    pub fn open_unproven(&mut self, batch: &Pubkey, totals: [u64; 8]) -> Meta {
        let ix = self.unproven_totals(batch, totals);
        self.ok(ix, &[])
    }

    /// Puts the commitment to any totals into a batch as if its chunks were proven, and returns the call that opens it.
    pub fn unproven_totals(&mut self, batch: &Pubkey, totals: [u64; 8]) -> Instruction {
        let blinding = [1; 32];
        self.edit(batch, |batch: &mut Batch| {
            let totals = Totals { lanes: totals, records: batch.records };
            batch.commitment = totals.commit(&blinding).expect("the totals commit");
            batch.verified = batch.chunks;
        });
        self.open_totals(*batch, totals, blinding)
    }

    /// The batch of [`PERIOD`] with this sequence number.
    pub fn batch(&self, sequence: u32) -> Pubkey {
        seeds::batch(&self.agreement, PERIOD, sequence).0
    }

    pub fn state(&self, batch: &Pubkey) -> BatchState {
        self.chain.fetch::<Batch>(batch).state
    }

    #[track_caller]
    pub fn ok(&mut self, ix: Instruction, signers: &[&Keypair]) -> Meta {
        self.chain.ok(&[ix], signers)
    }

    #[track_caller]
    pub fn fails(&mut self, ix: Instruction, signers: &[&Keypair], error: impl Into<u32>) -> Failure {
        self.chain.fails(&[ix], signers, error)
    }

    /// Changes an account behind the program's back.
    pub fn edit<T: AccountDeserialize + AccountSerialize>(&mut self, address: &Pubkey, change: impl FnOnce(&mut T)) {
        let mut value: T = self.chain.fetch(address);
        change(&mut value);
        let mut head = Vec::new();
        value.try_serialize(&mut head).expect("the account serialises");
        let mut account = self.chain.account(address).expect("the account is there");
        account.data[..head.len()].copy_from_slice(&head);
        self.chain.svm.set_account(*address, account).expect("the account is set");
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

/// The owner's associated token account, made if it is not there.
pub fn associated(chain: &mut Chain, coin: &Coin, owner: &Pubkey) -> Pubkey {
    let at = get_associated_token_address_with_program_id(owner, &coin.mint, &coin.program);
    let read = |key| AccountMeta::new_readonly(key, false);
    let accounts = vec![
        AccountMeta::new(chain.payer.pubkey(), true),
        AccountMeta::new(at, false),
        read(*owner),
        read(coin.mint),
        read(anchor_lang::system_program::ID),
        read(coin.program),
    ];
    // 1: create idempotently
    chain.ok(&[Instruction { program_id: anchor_spl::associated_token::ID, accounts, data: vec![1] }], &[]);
    at
}

/// Three chunks, all but full.
pub fn commitment() -> Commitment {
    Commitment { root: [1; 32], records: 600, chunks: 3, circuit: 0, nonce: [3; 32] }
}
