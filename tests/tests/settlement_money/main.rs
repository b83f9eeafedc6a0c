//! Whatever two sides do in whatever order: disputes and their ends, claims, re-ratings, notes, bond, poor pools, the end of
//! the agreement. No money appears or goes, and the MNO keeps no more than its periods cost without the struck records.

mod checks;
mod start;
mod steps;

use std::{cell::RefCell, collections::BTreeMap};

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction, AccountSerialize};
use gesim_client::instructions::settlement::Place;
use gesim_core::{digest::sha256_field, meta::meta_digest};
use gesim_tests::{
    chain::Chain,
    outcome::Meta,
    settlement::{associated, flat, lane, PoolAccounts, Spec, World, DISPUTE, PROVE, RATE, RESOLVE},
};
use proptest::{
    prelude::*,
    test_runner::{RngAlgorithm, TestRng, TestRunner},
};
use settlement::{
    events::RecordStruck,
    state::{
        bond::BOND_HOLD, seeds, terms::RevenueCommitment, Agreement, AgreementState, Batch, BatchKind, BatchState,
        Opening, Statement, Terms, Tier, TimeoutRule, BOOKS_VERSION,
    },
    ExchangeRate,
};
use solana_account::Account;
use solana_keypair::Keypair;
use solana_signer::Signer;
use start::{rate, reverse, Start};

const PERIODS: [u32; 2] = [202_701, 202_702];
const VERSIONS: u32 = 3;
const PURSE: u64 = 20_000;
/// Wholesale and margin of the pools: two poor ones, and one that can pay everything.
const POOLS: [(u64, u64); 3] = [(300, 20), (2_000, 0), (10_000_000, 5)];
/// A record with this name is outside every period.
const STRAY: u8 = 0;
/// Of 256.
const RARELY: u8 = 50;

/// Name, lane, value: the same name is the same call.
type Call = (u8, u8, u64);

#[derive(Debug, Clone)]
enum Step {
    /// A batch is committed; its totals wait.
    Commit(usize, Vec<Call>),
    Open(usize),
    /// Committed and opened at once.
    Bill(usize, Vec<Call>),
    Accept(usize),
    /// So many thousandths of the invoice, and of the dispute.
    Dispute(usize, u64),
    Resolve(usize, u64),
    Award(usize, u64),
    Expire(usize),
    Settle(usize, usize),
    Duplicate(usize, usize),
    OutOfPeriod(usize),
    CloseOpening(usize),
    Rerate(usize, u32, usize),
    Note(usize),
    /// Ends of everything are rare: below a bound only.
    ClosePeriod(usize, u8),
    Commitment(usize),
    /// With so many units of the other direction.
    Balance(usize, u64),
    Grow(usize),
    Post(u64),
    Collect,
    Withdraw,
    Terminate(u8),
    Wait(i64),
    /// The last instruction again.
    Replay,
}

fn calls() -> impl Strategy<Value = Vec<Call>> {
    proptest::collection::vec((0..5u8, 0..2u8, prop_oneof![0..40u64, 0..900u64]), 1..5)
}

fn step() -> impl Strategy<Value = Step> {
    let (batch, record, period) = (0..10usize, 0..24usize, 0..2usize);
    let share = || prop_oneof![Just(0), Just(1_000), 0..1_001u64];
    prop_oneof![
        1 => (period.clone(), calls()).prop_map(|(period, calls)| Step::Commit(period, calls)),
        1 => batch.clone().prop_map(Step::Open),
        8 => (period.clone(), calls()).prop_map(|(period, calls)| Step::Bill(period, calls)),
        4 => batch.clone().prop_map(Step::Accept),
        6 => (batch.clone(), share()).prop_map(|(batch, share)| Step::Dispute(batch, share)),
        3 => (batch.clone(), share()).prop_map(|(batch, share)| Step::Resolve(batch, share)),
        3 => (batch.clone(), share()).prop_map(|(batch, share)| Step::Award(batch, share)),
        3 => batch.clone().prop_map(Step::Expire),
        9 => (batch.clone(), 0..POOLS.len()).prop_map(|(batch, pool)| Step::Settle(batch, pool)),
        9 => (record.clone(), record.clone()).prop_map(|(one, two)| Step::Duplicate(one, two)),
        5 => record.clone().prop_map(Step::OutOfPeriod),
        1 => record.prop_map(Step::CloseOpening),
        5 => (period.clone(), 1..VERSIONS + 1, 0..3usize).prop_map(|(period, version, rate)| Step::Rerate(period, version, rate)),
        4 => period.clone().prop_map(Step::Note),
        6 => (period.clone(), any::<u8>()).prop_map(|(period, rarely)| Step::ClosePeriod(period, rarely)),
        6 => period.clone().prop_map(Step::Commitment),
        4 => (period.clone(), 0..1_500u64).prop_map(|(period, units)| Step::Balance(period, units)),
        1 => period.prop_map(Step::Grow),
        2 => (0..3_000u64).prop_map(Step::Post),
        3 => Just(Step::Collect),
        1 => Just(Step::Withdraw),
        1 => any::<u8>().prop_map(Step::Terminate),
        3 => prop_oneof![Just(60), Just(i64::from(PROVE) + 1), Just(i64::from(DISPUTE) + 1), Just(i64::from(RESOLVE) + 1)]
            .prop_map(Step::Wait),
        3 => Just(Step::Replay),
    ]
}

/// One record of an opened batch.
#[derive(Debug, Clone, Copy)]
struct Shown {
    place: Place,
    name: u8,
    lane: u8,
    value: u64,
    period: u32,
}

struct Game<'a> {
    w: &'a mut World,
    arbiter: &'a Keypair,
    pools: [PoolAccounts; 3],
    purse: Pubkey,
    home: Pubkey,
    batches: Vec<Pubkey>,
    pending: BTreeMap<Pubkey, Vec<Call>>,
    shown: Vec<Shown>,
    notes: Vec<Pubkey>,
    last: Option<Instruction>,
    /// What claims took off each period's price, what of it is owed, and what of it no note has invoiced.
    struck: [[u64; 3]; 2],
    penalties: u64,
    withdrawn: u64,
    reached: BTreeMap<String, usize>,
}

fn pick<T: Copy>(list: &[T], index: usize) -> Option<T> {
    (!list.is_empty()).then(|| list[index % list.len()])
}

fn totals(calls: &[Call]) -> [u64; 8] {
    let mut totals = [0; 8];
    calls.iter().for_each(|(_, lane, value)| totals[usize::from(*lane)] += value);
    totals
}

/// Inside the first period, and not too old for the second.
fn day(name: u8) -> u32 {
    if name == STRAY {
        0
    } else {
        20_830 + u32::from(name)
    }
}

/// The same sequences every time, and together they reach everything.
#[test]
fn wholesale_money_is_conserved_ok() {
    let config = ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let games = ([1..VERSIONS + 1, 1..VERSIONS + 1], proptest::collection::vec(step(), 20..90));
    let reached = RefCell::new(BTreeMap::<String, usize>::new());
    let start = RefCell::new(Start::new());
    let result = runner.run(&games, |(versions, steps)| {
        let mut start = start.borrow_mut();
        let mut game = start.game(versions);
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

/// Books that are wrong by one unit do not get past the checks above.
#[test]
fn wrong_books_fail() {
    let mut start = Start::new();
    let mut game = start.game([1, 3]);
    let steps = [
        Step::Bill(0, vec![(1, 0, 500), (1, 0, 300)]),
        Step::Bill(1, vec![(2, 1, 700)]),
        Step::Duplicate(0, 1),
        Step::Dispute(1, 500),
        Step::Accept(0),
        Step::Post(2_000),
        Step::Settle(0, 2),
        Step::Settle(1, 2),
        Step::Rerate(0, 3, 1),
        Step::Collect,
    ];
    for step in &steps {
        assert!(game.play(step), "{step:?}");
        game.check();
    }
    let (at, agreement) = (game.batches[1], game.w.agreement);
    let statement = game.w.statement_at(PERIODS[0]);
    type Bend<'a> = &'a dyn Fn(&mut World);
    let wrong: [(&str, Bend); 11] = [
        ("paid", &|w| w.edit(&at, |batch: &mut Batch| batch.paid -= 1)),
        ("payable", &|w| w.edit(&at, |batch: &mut Batch| batch.payable += 1)),
        ("set off", &|w| w.edit(&at, |batch: &mut Batch| batch.set_off += 1)),
        ("invoice", &|w| w.edit(&at, |batch: &mut Batch| batch.invoice += 1)),
        ("owed", &|w| w.edit(&agreement, |books: &mut Agreement| books.owed += 1)),
        ("owed in all", &|w| {
            w.edit(&agreement, |books: &mut Agreement| {
                (books.owed, books.owed_total) = (books.owed + 1, books.owed_total + 1)
            })
        }),
        ("bond", &|w| w.edit(&agreement, |books: &mut Agreement| books.bond -= 1)),
        ("billed", &|w| w.edit(&statement, |books: &mut Statement| books.billed += 1)),
        ("debit due", &|w| w.edit(&statement, |books: &mut Statement| books.debit_due += 1)),
        ("totals", &|w| w.edit(&statement, |books: &mut Statement| books.lane_totals[0] += 1)),
        ("tokens", &|w| {
            let (coin, payout) = (w.coin, w.payout);
            w.chain.mint_to(&coin, &payout, 1);
        }),
    ];
    let right = game.w.chain.clone();
    for (what, change) in wrong {
        change(game.w);
        let noticed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| game.check())).is_err();
        assert!(noticed, "{what}");
        game.w.chain = right.clone();
    }
    game.check();
}
