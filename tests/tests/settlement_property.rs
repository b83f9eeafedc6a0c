//! Whatever order the two sides, strangers and time act in: no token appears or goes, nobody is paid more than was agreed,
//! and every batch adds up.

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction};
use gesim_tests::settlement::{flat, PoolAccounts, World, DISPUTE, PERIOD, PROVE, RESOLVE, REWARD};
use proptest::prelude::*;
use settlement::state::{Batch, BatchState};
use solana_keypair::Keypair;

#[derive(Debug, Clone)]
enum Step {
    Accept(usize),
    Dispute(usize, u64),
    Resolve(usize, u64),
    Expire(usize),
    Settle(usize, usize),
    Terminate,
    Wait(u32),
}

const BATCHES: usize = 3;
const POOLS: usize = 3;

fn step() -> impl Strategy<Value = Step> {
    let batch = 0..BATCHES;
    prop_oneof![
        2 => batch.clone().prop_map(Step::Accept),
        2 => (batch.clone(), 0..2_100u64).prop_map(|(b, amount)| Step::Dispute(b, amount)),
        2 => (batch.clone(), 0..3_000u64).prop_map(|(b, amount)| Step::Resolve(b, amount)),
        1 => batch.clone().prop_map(Step::Expire),
        6 => (batch, 0..POOLS).prop_map(|(b, p)| Step::Settle(b, p)),
        1 => Just(Step::Terminate),
        2 => prop_oneof![Just(60), Just(PROVE), Just(DISPUTE + 1), Just(RESOLVE + 1)].prop_map(Step::Wait),
    ]
}

struct Game {
    w: World,
    batches: Vec<Pubkey>,
    pools: Vec<PoolAccounts>,
}

impl Game {
    fn new(invoices: [u64; BATCHES], stocks: [(u64, u64); POOLS]) -> Self {
        let mut w = World::with_agreement(&flat());
        let mut batches = Vec::new();
        for (sequence, invoice) in (10..).zip(invoices) {
            let batch = w.commit(PERIOD, sequence);
            w.open_unproven(&batch, [invoice, 0, 0, 0, 0, 0, 0, 0]);
            batches.push(batch);
        }
        let pools = stocks.map(|(wholesale, margin)| w.pool(w.agreement, wholesale, margin)).to_vec();
        Self { w, batches, pools }
    }

    fn total(&self) -> u64 {
        let pools = self.pools.iter().flat_map(|pool| [pool.vault, pool.treasury]);
        pools.chain([self.w.payout, self.w.prover_token]).map(|account| self.w.chain.balance(&account)).sum()
    }

    fn play(&mut self, step: &Step) {
        let (operator, mvno) = (self.w.operator.insecure_clone(), self.w.mvno.insecure_clone());
        let w = &self.w;
        let (ix, signers): (Instruction, Vec<&Keypair>) = match *step {
            Step::Accept(b) => (w.accept_batch(self.batches[b]), vec![&mvno]),
            Step::Dispute(b, amount) => (w.dispute_batch(self.batches[b], [0, amount, 0, 0, 0, 0, 0, 0]), vec![&mvno]),
            Step::Resolve(b, amount) => (w.resolve_batch(self.batches[b], amount), vec![&operator, &mvno]),
            Step::Expire(b) => (w.expire_batch(self.batches[b]), vec![]),
            Step::Settle(b, p) => (w.settle_batch(self.batches[b], &self.pools[p]), vec![]),
            Step::Terminate => (w.terminate_agreement(solana_signer::Signer::pubkey(&operator)), vec![&operator]),
            Step::Wait(seconds) => return self.w.chain.warp_by(i64::from(seconds)),
        };
        // most steps are refused most of the time: what counts is what is left behind
        let _ = self.w.chain.send(&[ix], &signers);
    }

    fn check(&self, supply: u64, invoices: &[u64; BATCHES]) {
        assert_eq!(self.total(), supply, "money is conserved");
        let batches: Vec<Batch> = self.batches.iter().map(|at| self.w.chain.fetch(at)).collect();
        let paid: u64 = batches.iter().map(|batch| batch.paid).sum();
        let received = self.w.chain.balance(&self.w.payout) + self.w.chain.balance(&self.w.prover_token);
        assert_eq!(received, paid, "what batches say they paid has arrived");
        for (batch, invoice) in batches.iter().zip(invoices) {
            assert!(batch.paid <= batch.payable && batch.invoice == *invoice);
            assert!(batch.payable + batch.disputed <= *invoice, "what is disputed is not payable");
            assert!(batch.state != BatchState::Cancelled || batch.paid == 0);
            assert!(batch.state != BatchState::Settled || batch.paid == batch.payable);
            batch.invariant().expect("the invariant holds");
        }
        assert!(self.w.chain.balance(&self.w.prover_token) <= 3 * 3 * REWARD);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn money_is_conserved_ok(
        invoices in [0..2_000u64, 0..2_000u64, 0..40u64],
        stocks in [(0..3_000u64, 0..100u64), (0..1_000u64, 0..100u64), (0..50u64, 0..2u64)],
        steps in prop::collection::vec(step(), 1..40),
    ) {
        let mut game = Game::new(invoices, stocks);
        let supply = game.total();
        for step in &steps {
            game.play(step);
            game.check(supply, &invoices);
        }
    }
}
