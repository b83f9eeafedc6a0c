//! Whatever people do, in whatever order: no money appears or goes, every program's books agree with the tokens, and
//! nobody gets more than is due. Sequences are random, and all programs take part.

use std::{cell::RefCell, collections::BTreeMap};

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction};
use anchor_spl::token_interface::spl_token_2022::instruction as token;
use catalog::{
    state::{access, EntitlementState, PlanState},
    CreatePlanArgs,
};
use escrow::state::{PoolState, Position, RemainderPolicy};
use gesim_tests::{
    catalog::{plan_args, Shop, ACTIVATION, CONFIRMATION, GRACE, PRICE, VALIDITY},
    escrow::close_position,
    identity::{
        device::Device,
        registry::{initialize, open_session, unbind, Registry, TERM},
    },
    settlement::{PoolAccounts, DISPUTE, PERIOD, RESOLVE},
    tokens::TOKEN_2022,
};
use identity::state::Binding;
use proptest::{
    prelude::*,
    test_runner::{RngAlgorithm, TestRng, TestRunner},
};
use settlement::state::{Batch, BatchState};
use solana_keypair::Keypair;
use solana_signer::Signer;

#[derive(Debug, Clone)]
enum Step {
    Buy(u64),
    Give(u64),
    Activate(usize),
    /// The holder's EID goes to the next entitlement.
    Bind,
    Confirm(usize),
    Fail(usize),
    RefundUnactivated(u64, usize),
    RefundFailed(usize),
    BurnByHand,
    /// A batch of so many units is opened; its proofs have their own tests.
    Bill(u64),
    Accept(usize),
    Dispute(usize, u64),
    /// The window to end a dispute passes, and the terms' rule ends it.
    Lapse(usize),
    Settle(usize),
    PayMargin,
    State(PlanState),
    BeginClose,
    FinishClose,
    Claim(usize),
    ClosePosition(usize),
    CloseEntitlement(usize),
    /// The last instruction again.
    Replay,
    Limit(u64),
    Wait(u32),
}

fn step() -> impl Strategy<Value = Step> {
    let which = 0..6usize;
    prop_oneof![
        5 => (1..5u64).prop_map(Step::Buy),
        5 => (1..5u64).prop_map(Step::Give),
        8 => which.clone().prop_map(Step::Activate),
        4 => Just(Step::Bind),
        6 => which.clone().prop_map(Step::Confirm),
        2 => which.clone().prop_map(Step::Fail),
        3 => (1..4u64, which.clone()).prop_map(|(units, position)| Step::RefundUnactivated(units, position)),
        3 => which.clone().prop_map(Step::RefundFailed),
        1 => Just(Step::BurnByHand),
        4 => prop_oneof![0..PRICE, 0..10 * PRICE].prop_map(Step::Bill),
        4 => which.clone().prop_map(Step::Accept),
        3 => (which.clone(), 1..2 * PRICE).prop_map(|(batch, amount)| Step::Dispute(batch, amount)),
        3 => which.clone().prop_map(Step::Lapse),
        5 => which.clone().prop_map(Step::Settle),
        2 => Just(Step::PayMargin),
        1 => prop_oneof![Just(PlanState::Paused), Just(PlanState::Active), Just(PlanState::Retired)]
            .prop_map(Step::State),
        2 => Just(Step::BeginClose),
        2 => Just(Step::FinishClose),
        3 => which.clone().prop_map(Step::Claim),
        1 => which.clone().prop_map(Step::ClosePosition),
        1 => which.prop_map(Step::CloseEntitlement),
        3 => Just(Step::Replay),
        1 => prop_oneof![Just(0), Just(PRICE), Just(u64::MAX)].prop_map(Step::Limit),
        4 => prop_oneof![Just(60), Just(CONFIRMATION + 1), Just(DISPUTE + 1), Just(ACTIVATION + 1), Just(VALIDITY), Just(VALIDITY + GRACE)]
            .prop_map(Step::Wait),
    ]
}

/// The holder's device, for a plan that asks for its EID.
struct Holder {
    registry: Registry,
    device: Device,
    sessions: u64,
}

struct Game {
    shop: Shop,
    eid: Option<Holder>,
    margin_bps: u64,
    purchases: u64,
    activations: u64,
    batches: Vec<Pubkey>,
    invoiced: u64,
    burnt: u64,
    last: Option<Instruction>,
    /// How often each kind of step succeeded.
    reached: BTreeMap<String, usize>,
}

impl Game {
    fn new(policy: RemainderPolicy, confirmation: u32, asks: bool) -> Self {
        let (shop, eid) = match asks {
            false => (Shop::new(policy, confirmation), None),
            true => {
                let (shop, holder) = Self::with_eid(policy, confirmation);
                (shop, Some(holder))
            }
        };
        let margin_bps = shop.terms().margin_bps.into();
        Self {
            shop,
            eid,
            margin_bps,
            purchases: 0,
            activations: 0,
            batches: vec![],
            invoiced: 0,
            burnt: 0,
            last: None,
            reached: BTreeMap::new(),
        }
    }

    fn with_eid(policy: RemainderPolicy, confirmation_window: u32) -> (Shop, Holder) {
        let mut shop = Shop::without_plan();
        let chain = &mut shop.world.chain;
        let ix = initialize(chain);
        chain.ok(&[ix], &[]);
        let (mut registry, mut device) = (Registry::open(chain, 1), Device::new(1));
        registry.enrol(chain, &mut device, (1 << 40) - 1);
        let (access, registrar, args) = (access::EID, registry.address, plan_args());
        shop.publish(CreatePlanArgs { confirmation_window, remainder_policy: policy, access, registrar, ..args });
        (shop, Holder { registry, device, sessions: 0 })
    }

    fn binding(&self) -> Option<Pubkey> {
        self.eid.as_ref().map(|eid| eid.registry.binding(&eid.device.nullifier(&self.shop.plan)))
    }

    /// Binds the EID to the entitlement that comes next, moves its binding there, or clears one that is over away.
    fn bind(&mut self) -> Option<Instruction> {
        let (binding, entitlement) = (self.binding()?, self.shop.entitlement(self.activations + 1));
        let (holder, plan) = (self.shop.holder.key.insecure_clone(), self.shop.plan);
        let chain = &mut self.shop.world.chain;
        let Holder { registry, device, sessions } = self.eid.as_mut()?;
        *sessions += 1;
        let (session, open) = open_session(chain, &holder.pubkey(), *sessions, &entitlement, device, TERM);
        chain.ok(&[open], &[&holder]);
        let proven = registry.prove(chain, device, &session, &plan);
        Some(match chain.exists(&binding) {
            false => registry.bind_eid(chain, &session, &plan, &proven),
            true if chain.fetch::<Binding>(&binding).is_live(chain.now()) => {
                registry.rebind(chain, &session, &binding, &proven)
            }
            true => unbind(&binding, &chain.payer.pubkey()),
        })
    }

    fn pick<T: Copy>(list: &[T], index: usize) -> Option<T> {
        (!list.is_empty()).then(|| list[index % list.len()])
    }

    /// One of the entitlements that were ever made, by its nonce, with the position it came from.
    fn entitlement(&self, index: usize) -> Option<(u64, u64)> {
        let nonces: Vec<u64> = (1..=self.activations).collect();
        let nonce = Self::pick(&nonces, index)?;
        if !self.shop.chain().exists(&self.shop.entitlement(nonce)) {
            return None;
        }
        let state = self.shop.state(nonce);
        (1..=self.purchases).find(|p| self.shop.position(*p) == state.position).map(|position| (nonce, position))
    }

    fn position(&self, index: usize) -> Option<u64> {
        Self::pick(&(1..=self.purchases).collect::<Vec<_>>(), index)
    }

    fn is_disputed(&self, batch: usize) -> bool {
        Self::pick(&self.batches, batch).is_some_and(|batch| self.shop.world.state(&batch) == BatchState::Disputed)
    }

    fn pool(&self) -> PoolAccounts {
        PoolAccounts { pool: self.shop.pool(), vault: self.shop.vault(), treasury: self.shop.treasury }
    }

    /// The instruction of a step, when there is something for it to be about.
    fn instruction(&self, step: &Step) -> Option<Instruction> {
        let shop = &self.shop;
        Some(match *step {
            Step::Buy(units) => shop.purchase(units, self.purchases + 1),
            Step::Give(units) => {
                let (from, to, mint) = (shop.buyer.tokens, shop.holder.tokens, shop.token().mint);
                token::transfer_checked(&TOKEN_2022, &from, &mint, &to, &shop.buyer.key.pubkey(), &[], units, 0).ok()?
            }
            Step::Activate(p) => {
                let binding = self.binding().filter(|binding| shop.chain().exists(binding));
                shop.activate_with(self.activations + 1, self.position(p)?, binding, None)
            }
            Step::Confirm(e) => {
                self.entitlement(e).map(|(nonce, position)| shop.confirm_activation(nonce, position))?
            }
            Step::Fail(e) => shop.fail_activation(self.entitlement(e)?.0),
            Step::RefundUnactivated(units, p) => shop.refund_unactivated(units, self.position(p)?),
            Step::RefundFailed(e) => {
                self.entitlement(e).map(|(nonce, position)| shop.refund_failed(nonce, position))?
            }
            Step::BurnByHand => {
                let (from, mint) = (shop.holder.tokens, shop.token().mint);
                token::burn(&TOKEN_2022, &from, &mint, &shop.holder.key.pubkey(), &[], 1).ok()?
            }
            Step::Accept(b) => shop.world.accept_batch(Self::pick(&self.batches, b)?),
            Step::Dispute(b, amount) => {
                shop.world.dispute_batch(Self::pick(&self.batches, b)?, [amount, 0, 0, 0, 0, 0, 0, 0])
            }
            Step::Lapse(b) => shop.world.expire_batch(Self::pick(&self.batches, b)?),
            Step::Settle(b) => shop.world.settle_batch(Self::pick(&self.batches, b)?, &self.pool()),
            Step::PayMargin => gesim_tests::escrow::pay_margin(&shop.pool(), &shop.world.coin, &shop.treasury),
            Step::State(state) => shop.set_plan_state(state),
            Step::BeginClose => shop.begin_close(),
            Step::FinishClose => shop.finish_close(),
            Step::Claim(e) => shop.claim_remainder(self.entitlement(e)?.0),
            Step::ClosePosition(p) => close_position(&shop.position(self.position(p)?), &shop.chain().payer.pubkey()),
            Step::CloseEntitlement(e) => shop.close_entitlement(self.entitlement(e)?.0),
            Step::Limit(limit) => {
                let (authority, pool) = (shop.chain().payer.pubkey(), shop.pool());
                gesim_tests::escrow::set_outflow_limit(&authority, &pool, 3_600, limit)
            }
            Step::Replay => self.last.clone()?,
            Step::Bill(_) | Step::Wait(_) | Step::Bind => return None,
        })
    }

    /// Most steps are refused most of the time: what counts is what is left behind. Returns whether it was not.
    fn play(&mut self, step: &Step) -> bool {
        match step {
            Step::Wait(seconds) => self.shop.world.chain.warp_by(i64::from(*seconds)),
            Step::Bill(units) => self.bill(*units),
            Step::Lapse(b) if self.is_disputed(*b) => self.shop.world.chain.warp_by(i64::from(RESOLVE) + 1),
            _ => {}
        }
        let ix = match step {
            Step::Bind => self.bind(),
            _ => self.instruction(step),
        };
        let Some(ix) = ix else { return false };
        let shop = &self.shop;
        let people =
            [&shop.world.mvno, &shop.buyer.key, &shop.holder.key, &shop.operator].map(|key| key.insecure_clone());
        let signers: Vec<&Keypair> = people.iter().collect();
        let done = self.shop.world.chain.send(std::slice::from_ref(&ix), &signers).is_ok();
        self.purchases = self.count_purchases();
        self.activations += u64::from(self.shop.chain().exists(&self.shop.entitlement(self.activations + 1)));
        if done && ix.data.first() == Some(&8) && ix.program_id == TOKEN_2022 {
            self.burnt += 1;
        }
        self.last = Some(ix);
        let kind = format!("{step:?}").split('(').next().unwrap_or_default().to_string();
        *self.reached.entry(kind).or_default() += usize::from(done);
        done
    }

    fn count_purchases(&self) -> u64 {
        self.purchases + u64::from(self.shop.chain().exists(&self.shop.position(self.purchases + 1)))
    }

    fn bill(&mut self, units: u64) {
        let world = &mut self.shop.world;
        let batch = world.commit(PERIOD, self.batches.len() as u32 + 1);
        world.open_unproven(&batch, [units, 0, 0, 0, 0, 0, 0, 0]);
        self.invoiced += world.chain.fetch::<Batch>(&batch).invoice;
        self.batches.push(batch);
    }

    /// Everything that must be true after every transaction.
    fn check(&self) {
        let (shop, chain) = (&self.shop, self.shop.chain());
        let books = shop.books();
        let vault = chain.balance(&shop.vault());
        let [treasury, mno, prover] =
            [shop.treasury, shop.world.payout, shop.world.prover_token].map(|account| chain.balance(&account));
        let people = chain.balance(&shop.buyer.coins) + chain.balance(&shop.holder.coins);
        assert_eq!(people + treasury + mno + prover + vault, chain.supply(&shop.world.coin.mint), "money is conserved");
        assert_eq!(vault, books.obligations().unwrap(), "the vault holds what the pool owes, and nothing else");

        if self.eid.is_some() {
            self.check_holder();
        }
        let plan = shop.terms();
        let supply = chain.supply(&shop.token().mint);
        assert_eq!(supply + self.burnt, books.units_open, "a token for every open unit");
        assert_eq!(plan.issued, books.units_sold);
        assert_eq!(plan.activated, books.units_earned + books.units_pending + (books.units_refunded - plan.refunded));
        let positions = (1..=self.purchases).map(|nonce| shop.position(nonce)).filter(|key| chain.exists(key));
        let (open, pending) = positions.fold((0, 0), |(open, pending), key| {
            let position: Position = chain.fetch(&key);
            (open + position.units_open, pending + position.units_pending)
        });
        assert_eq!((open, pending), (books.units_open, books.units_pending), "positions add up to the pool");

        // what each has had, against what each is due
        let margin = PRICE * self.margin_bps / 10_000 * books.units_earned;
        let wholesale = PRICE * books.units_earned - margin;
        assert_eq!((mno, prover), (books.total_mno, books.total_prover));
        assert!(mno + prover <= self.invoiced.min(wholesale), "operators get what they billed, out of what is earned");
        assert_eq!(treasury, books.total_treasury);
        let rest = if books.state == PoolState::Closed { wholesale - mno - prover } else { 0 };
        assert!(treasury <= margin + rest, "the MVNO gets its margin, and the rest only when the pool is closed");
        let refunded = PRICE * books.units_refunded;
        assert!(
            books.total_remainder <= rest && books.total_refunded == refunded,
            "refunds are the price, once a unit"
        );
        for batch in &self.batches {
            let batch: Batch = chain.fetch(batch);
            assert!(batch.paid <= batch.payable && batch.payable <= batch.invoice);
        }
    }

    /// What nobody had bound the EID to was not activated.
    fn check_holder(&self) {
        let sessions = self.eid.as_ref().map_or(0, |eid| eid.sessions);
        assert!(self.activations <= sessions, "an activation for a binding at most");
        if let Some(binding) = self.binding().filter(|binding| self.shop.chain().exists(binding)) {
            let binding: Binding = self.shop.chain().fetch(&binding);
            assert!(u64::from(binding.moves) < sessions && binding.wallet == self.shop.holder.key.pubkey());
        }
    }

    /// Everybody takes what is theirs: nothing is left but the units whose tokens were burnt by hand.
    fn wind_up(&mut self) {
        let everyone = 0..self.activations.max(self.purchases) as usize;
        self.play(&Step::Limit(u64::MAX));
        self.shop.world.chain.warp_by(i64::from(CONFIRMATION) + 1);
        self.play(&Step::State(PlanState::Retired));
        self.play(&Step::BeginClose);
        self.shop.world.chain.warp_by(i64::from(ACTIVATION + CONFIRMATION + VALIDITY + GRACE) + 1);
        self.play(&Step::FinishClose);
        assert_eq!(self.shop.books().state, PoolState::Closed);
        let tokens = self.shop.chain().balance(&self.shop.buyer.tokens);
        self.play(&Step::Give(tokens));
        for index in everyone {
            self.play(&Step::RefundFailed(index));
            self.play(&Step::Claim(index));
            for _ in 0..50 {
                if !self.play(&Step::RefundUnactivated(1, index)) {
                    break;
                }
            }
        }
        self.check();
        for nonce in 1..=self.activations {
            if self.shop.chain().exists(&self.shop.entitlement(nonce)) {
                let state = self.shop.state(nonce).state;
                assert!(matches!(state, EntitlementState::Active | EntitlementState::Refunded), "{state:?}");
            }
        }
        let books = self.shop.books();
        assert_eq!((books.held, books.units_pending), (self.burnt * PRICE, 0));
        assert_eq!((books.wholesale, books.margin_due, books.remainder), (0, 0, 0), "all is paid out");
        // and the rent goes home
        for index in 0..self.activations.max(self.purchases) as usize {
            self.play(&Step::CloseEntitlement(index));
            self.play(&Step::ClosePosition(index));
        }
        self.check();
    }
}

fn policy() -> impl Strategy<Value = RemainderPolicy> {
    prop_oneof![Just(RemainderPolicy::ToMvno), Just(RemainderPolicy::ToSubscriber)]
}

/// The same sequences every time, and together they reach everything.
#[test]
fn money_is_conserved_ok() {
    let config = ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let confirmation = prop_oneof![Just(0), Just(CONFIRMATION)];
    let asks = proptest::bool::weighted(0.4);
    let games = (policy(), confirmation, asks, proptest::collection::vec(step(), 20..80));
    let reached = RefCell::new(BTreeMap::<String, usize>::new());
    let result = runner.run(&games, |(policy, confirmation, asks, steps)| {
        let mut game = Game::new(policy, confirmation, asks);
        for step in &steps {
            game.play(step);
            game.check();
        }
        game.wind_up();
        for (kind, count) in &game.reached {
            *reached.borrow_mut().entry(kind.clone()).or_default() += count;
        }
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
    // a step that never succeeds tests nothing
    let idle: Vec<_> =
        reached.borrow().iter().filter(|(_, count)| **count == 0).map(|(kind, _)| kind.clone()).collect();
    assert!(idle.is_empty(), "never happened: {idle:?} of {:?}", reached.borrow());
    println!("{:?}", reached.borrow());
}
