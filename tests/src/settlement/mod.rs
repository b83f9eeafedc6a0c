//! A settlement program with an agreement on it, one method an instruction: what its tests stand on.

mod instructions;
mod pool;
pub mod proven;

pub use instructions::replace;
pub use pool::PoolAccounts;

use std::collections::HashMap;

use anchor_lang::{
    prelude::Pubkey,
    solana_program::instruction::{AccountMeta, Instruction},
    AccountDeserialize, AccountSerialize,
};
use anchor_spl::associated_token::get_associated_token_address_with_program_id;
use settlement::{
    state::{seeds, Batch, BatchState, Tariff},
    Commitment, Terms,
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

    /// With an active agreement, proposed by the MNO, and a rate of 1 for [`PERIOD`].
    pub fn with_agreement(terms: &Terms) -> Self {
        let mut w = Self::new();
        let (operator, mvno) = (w.operator.insecure_clone(), w.mvno.insecure_clone());
        w.ok(w.propose_agreement(operator.pubkey(), 1, terms), &[&operator]);
        w.ok(w.sign_agreement(mvno.pubkey()), &[&mvno]);
        w.ok(w.set_rate(PERIOD, 1, 1), &[&operator, &mvno]);
        w
    }

    /// With a committed batch of three chunks.
    pub fn with_batch() -> (Self, Pubkey) {
        let mut w = Self::with_agreement(&terms());
        let operator = w.operator.insecure_clone();
        w.ok(w.commit_batch(PERIOD, 1, &commitment()), &[&operator]);
        let batch = w.batch(1);
        (w, batch)
    }

    /// With a batch whose totals are open for `invoice`: put there, not proven. `settlement_proofs` gets there honestly.
    pub fn with_opened(invoice: u64) -> (Self, Pubkey) {
        let (mut w, batch) = Self::with_batch();
        let now = w.chain.now();
        w.edit(&batch, |batch: &mut Batch| {
            batch.state = BatchState::Opened;
            batch.verified = batch.chunks;
            batch.invoice = invoice;
            batch.set_payable(invoice, REWARD);
            batch.opened_at = now;
            batch.deadline = now + i64::from(DISPUTE);
        });
        (w, batch)
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

/// Units of every lane cost 2 up to 1,000 and 1 above; 5 once.
pub fn terms() -> Terms {
    Terms {
        measure: 0,
        currency_decimals: 2,
        rounding: 1,
        tariff: [Tariff { threshold: 1_000, fixed: 5, rate_below: 2, rate_above: 1, per: 1 }; 8],
        prove_window: PROVE,
        dispute_window: DISPUTE,
        resolve_window: RESOLVE,
        prover_reward: REWARD,
        contract_hash: [9; 32],
    }
}

/// Three chunks, all but full.
pub fn commitment() -> Commitment {
    Commitment { root: [1; 32], records: 600, chunks: 3, circuit: 0, nonce: [3; 32] }
}
