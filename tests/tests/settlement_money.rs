//! Whatever two sides do in whatever order: disputes and their ends, claims, re-ratings, notes, bond, poor pools, the end of
//! the agreement. No money appears or goes, and the MNO keeps no more than its periods cost without the struck records.

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

fn rate(index: usize) -> ExchangeRate {
    let (numerator, denominator) = [(1, 1), (3, 2), (1, 3)][index % 3];
    ExchangeRate { numerator, denominator, ..RATE }
}

/// The agreement of the other direction.
fn reverse(w: &World) -> Pubkey {
    seeds::agreement(&w.mno, &w.mvno.pubkey(), 2).0
}

/// A flat price; tiers with fixed parts, other prices for what is not balanced, tax and a commitment; half the price, with
/// the largest penalty.
fn specs(arbiter: Pubkey, reverse: Pubkey) -> [Spec; VERSIONS as usize] {
    let mut specs = [flat(), flat(), flat()];
    specs.iter_mut().for_each(|spec| spec.head.arbiter = arbiter);
    let [_, tiered, half] = &mut specs;
    let tiers = [Tier { start: 0, rate: 3, fixed: 50 }, Tier { start: 500, rate: 1, fixed: 200 }];
    tiered.lanes = vec![lane(0, &tiers), lane(1, &tiers[..1])];
    // dearer in one lane, cheaper in the other
    tiered.lanes[0].unbalanced = vec![Tier { start: 0, rate: 5, fixed: 0 }];
    tiered.lanes[1].unbalanced = vec![Tier { start: 0, rate: 1, fixed: 10 }];
    tiered.head.reverse = reverse;
    (tiered.head.tax_bps, tiered.head.penalty_bps, tiered.head.timeout_rule) = (1_900, 0, TimeoutRule::Split);
    let commitment = RevenueCommitment { amount: 5_000, from: PERIODS[0], to: PERIODS[1], lanes: 0xFF, with_tax: true };
    tiered.head.commitment = commitment;
    half.lanes.iter_mut().for_each(|lane| lane.per = 2);
    (half.head.penalty_bps, half.head.timeout_rule) = (100_000, TimeoutRule::Pay);
    half.head.commitment = RevenueCommitment { amount: 700, to: PERIODS[0], lanes: 1, with_tax: false, ..commitment };
    specs
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

/// Makes the agreement of the other direction, with closed statements.
fn other_direction(w: &mut World) {
    let (own, [operator, mvno]) = (w.agreement, [&w.operator, &w.mvno].map(|key| key.insecure_clone()));
    w.ok(w.propose_agreement(operator.pubkey(), 2, &flat().frame), &[&operator]);
    w.agreement = reverse(w);
    let version = w.agree(&flat());
    for period in PERIODS {
        w.open_books(period, version);
        w.ok(w.close_period_early(period), &[&operator, &mvno]);
    }
    w.agreement = own;
}

/// The agreement with its versions, before anything is billed: every game begins here.
struct Start {
    world: World,
    chain: Chain,
    arbiter: Keypair,
    pools: [PoolAccounts; 3],
    purse: Pubkey,
    home: Pubkey,
}

impl Start {
    fn new() -> Self {
        let arbiter = Keypair::new();
        let address = reverse(&World::bare());
        let [first, rest @ ..] = specs(arbiter.pubkey(), address);
        let mut world = World::with_agreement(&first);
        other_direction(&mut world);
        for spec in &rest {
            world.agree(spec);
        }
        let pools = POOLS.map(|(wholesale, margin)| world.pool(world.agreement, wholesale, margin));
        let (coin, operator, mvno) = (world.coin, world.operator.pubkey(), world.mvno.pubkey());
        let purse = world.chain.funded(&coin, &operator, PURSE);
        let home = associated(&mut world.chain, &coin, &mvno);
        let chain = world.chain.clone();
        Self { world, chain, arbiter, pools, purse, home }
    }

    fn game(&mut self, versions: [u32; 2]) -> Game<'_> {
        self.world.chain = self.chain.clone();
        for (period, version) in PERIODS.into_iter().zip(versions) {
            self.world.open_books(period, version);
        }
        Game {
            w: &mut self.world,
            arbiter: &self.arbiter,
            pools: self.pools,
            purse: self.purse,
            home: self.home,
            batches: vec![],
            pending: BTreeMap::new(),
            shown: vec![],
            notes: vec![],
            last: None,
            struck: [[0; 3]; 2],
            penalties: 0,
            withdrawn: 0,
            reached: BTreeMap::new(),
        }
    }
}

fn pick<T: Copy>(list: &[T], index: usize) -> Option<T> {
    (!list.is_empty()).then(|| list[index % list.len()])
}

fn totals(calls: &[Call]) -> [u64; 8] {
    let mut totals = [0; 8];
    calls.iter().for_each(|(_, lane, value)| totals[usize::from(*lane)] += value);
    totals
}

impl Game<'_> {
    /// Batches and notes.
    fn all(&self) -> Vec<Pubkey> {
        [self.batches.as_slice(), &self.notes].concat()
    }

    fn batch(&self, index: usize) -> Option<(Pubkey, Batch)> {
        pick(&self.all(), index).map(|at| (at, self.w.chain.fetch(&at)))
    }

    /// A disputed one mostly.
    fn disputed(&self, index: usize) -> Option<(Pubkey, Batch)> {
        let all = (0..self.all().len()).filter_map(|index| self.batch(index));
        let disputed: Vec<_> = all.filter(|(_, state)| state.state == BatchState::Disputed).map(|(at, _)| at).collect();
        match pick(&disputed, index) {
            Some(at) => Some((at, self.w.chain.fetch(&at))),
            None => self.batch(index),
        }
    }

    fn agreement(&self) -> Agreement {
        self.w.chain.fetch(&self.w.agreement)
    }

    /// The instruction of a step, when there is something for it to be about.
    fn instruction(&self, step: &Step) -> Option<Instruction> {
        let w = &self.w;
        Some(match *step {
            Step::Accept(b) => w.accept_batch(self.batch(b)?.0),
            Step::Dispute(b, share) => {
                let (at, state) = self.batch(b)?;
                let mut lanes = [0; 8];
                lanes[if state.kind == BatchKind::Note { 7 } else { b % 8 }] = state.invoice * share / 1_000;
                w.dispute_batch(at, lanes)
            }
            Step::Resolve(b, share) => {
                let (at, state) = self.disputed(b)?;
                w.resolve_batch(at, state.disputed * share / 1_000)
            }
            Step::Award(b, share) => {
                let (at, state) = self.disputed(b)?;
                w.award_batch(self.arbiter.pubkey(), at, state.disputed * share / 1_000)
            }
            Step::Expire(b) => w.expire_batch(self.batch(b)?.0),
            Step::Settle(b, pool) => {
                let (at, state) = self.batch(b)?;
                let ix = w.settle_batch(at, &self.pools[pool]);
                match state.prover_token == w.prover_token {
                    true => ix,
                    false => gesim_tests::settlement::replace(ix, &w.prover_token, &state.prover_token),
                }
            }
            Step::Duplicate(one, two) => {
                let one = pick(&self.shown, one)?;
                let copies: Vec<_> = self.shown.iter().copied().filter(|shown| shown.name == one.name).collect();
                w.claim_duplicate(&one.place, &pick(&copies, two)?.place)
            }
            Step::OutOfPeriod(record) => {
                let shown = pick(&self.shown, record)?;
                w.claim_out_of_period(&shown.place, day(shown.name), [shown.name; 32])
            }
            Step::CloseOpening(record) => w.close_opening(w.authority(), &pick(&self.shown, record)?.place),
            Step::Rerate(period, version, index) => w.rerate_statement(PERIODS[period], version, rate(index)),
            Step::Note(period) => w.issue_note(PERIODS[period]),
            Step::ClosePeriod(period, rarely) if rarely < RARELY => w.close_period_early(PERIODS[period]),
            Step::Commitment(period) => w.bill_commitment(PERIODS[period]),
            Step::Balance(period, _) => w.balance_statement(PERIODS[period], reverse(w)),
            Step::Grow(period) => w.grow_statement(PERIODS[period]),
            Step::Post(amount) => w.post_bond(w.operator.pubkey(), self.purse, amount),
            Step::Collect => w.collect_bond(),
            Step::Withdraw => w.withdraw_bond(),
            Step::Terminate(rarely) if rarely < RARELY => w.terminate_agreement(w.mvno.pubkey()),
            Step::Replay => self.last.clone()?,
            _ => return None,
        })
    }

    /// Most steps are refused most of the time: what counts is what is left behind. Returns whether it was not.
    fn play(&mut self, step: &Step) -> bool {
        let done = match step {
            Step::Wait(seconds) => {
                self.w.chain.warp_by(*seconds);
                true
            }
            Step::Balance(period, units) => {
                // the other direction's claims have changed its totals
                let other = seeds::statement(&reverse(self.w), PERIODS[*period]).0;
                self.w.edit(&other, |books: &mut Statement| books.lane_totals = [*units, units / 2, 0, 0, 0, 0, 0, 0]);
                self.instruction(step).is_some_and(|ix| self.send(ix))
            }
            Step::Commit(period, calls) => self.commit(*period, calls).is_some(),
            Step::Open(b) => pick(&self.batches, *b).is_some_and(|batch| self.open(batch)),
            Step::Bill(period, calls) => self.commit(*period, calls).is_some_and(|batch| self.open(batch)),
            _ => self.instruction(step).is_some_and(|ix| self.send(ix)),
        };
        let kind = format!("{step:?}").split('(').next().unwrap_or_default().to_string();
        *self.reached.entry(kind).or_default() += usize::from(done);
        done
    }

    fn send(&mut self, ix: Instruction) -> bool {
        let [operator, mvno] = [&self.w.operator, &self.w.mvno].map(|key| key.insecure_clone());
        let dues = self.statements().map(|statement| statement.debit_due);
        let payout = self.w.chain.balance(&self.w.payout);
        let Ok(meta) = self.w.chain.send(std::slice::from_ref(&ix), &[&operator, &mvno, self.arbiter]) else {
            self.last = Some(ix);
            return false;
        };
        self.note_down(&ix, &meta, dues, payout);
        self.last = Some(ix);
        true
    }

    /// What the chain does not keep.
    fn note_down(&mut self, ix: &Instruction, meta: &Meta, dues: [u64; 2], payout: u64) {
        use anchor_lang::Discriminator;
        for event in meta.events::<RecordStruck>() {
            let period = self.w.chain.fetch::<Batch>(&event.batch).period;
            let index = usize::from(period == PERIODS[1]);
            let spared = dues[index] - self.statements()[index].debit_due;
            let more = [event.price_fell, event.charge, spared];
            self.struck[index].iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
            self.penalties += event.penalty;
        }
        if ix.data.starts_with(settlement::instruction::WithdrawBond::DISCRIMINATOR) {
            self.withdrawn += self.w.chain.balance(&self.w.payout) - payout;
        }
        if ix.data.starts_with(settlement::instruction::IssueNote::DISCRIMINATOR) {
            let w = &*self.w;
            let notes = |period| (0..w.statement(period).notes).map(move |number| w.note(period, number));
            self.notes = PERIODS.into_iter().flat_map(notes).collect();
        }
    }

    fn commit(&mut self, period: usize, calls: &[Call]) -> Option<Pubkey> {
        let sequence = self.batches.len() as u32 + 1;
        let at = seeds::batch(&self.w.agreement, PERIODS[period], sequence).0;
        let ix = self.w.commit_batch(PERIODS[period], sequence, &gesim_tests::settlement::commitment());
        self.send(ix).then(|| {
            self.batches.push(at);
            self.pending.insert(at, calls.to_vec());
            at
        })
    }

    /// Opens the totals; the records are shown as `open_record` keeps them: opening proofs have their own tests.
    fn open(&mut self, batch: Pubkey) -> bool {
        let state: Batch = self.w.chain.fetch(&batch);
        let Some(calls) = self.pending.get(&batch).cloned().filter(|_| state.state == BatchState::Committed) else {
            return false;
        };
        let ix = self.w.unproven_totals(&batch, totals(&calls));
        if !self.send(ix) {
            return false;
        }
        for (position, (name, lane, value)) in (0..).zip(calls) {
            let place = Place { batch, chunk: 0, position };
            self.show(&state, &place, (name, lane, value));
            self.shown.push(Shown { place, name, lane, value, period: state.period });
        }
        true
    }

    fn show(&mut self, batch: &Batch, place: &Place, (name, lane, value): Call) {
        let (address, bump) = seeds::opening(&place.batch, place.chunk, place.position);
        let opening = Opening {
            version: BOOKS_VERSION,
            bump,
            claimed: false,
            agreement: batch.agreement,
            batch: place.batch,
            period: batch.period,
            sequence: batch.sequence,
            chunk: place.chunk,
            position: place.position,
            lane,
            value,
            record_id: sha256_field(&[&[name][..]]),
            meta_digest: meta_digest(day(name), &[name; 32]),
            payer: self.w.authority(),
            reserved: [0; 64],
        };
        let mut data = Vec::new();
        opening.try_serialize(&mut data).expect("it serialises");
        let lamports = self.w.chain.svm.minimum_balance_for_rent_exemption(data.len());
        let account = Account { lamports, data, owner: settlement::ID, executable: false, rent_epoch: u64::MAX };
        self.w.chain.svm.set_account(address, account).expect("set");
    }

    fn statements(&self) -> [Statement; 2] {
        PERIODS.map(|period| self.w.statement(period))
    }

    fn claimed(&self, shown: &Shown) -> bool {
        let at = shown.place.opening();
        self.w.chain.exists(&at) && self.w.chain.fetch::<Opening>(&at).claimed
    }

    /// Everything that must be true after every step.
    fn check(&self) {
        let (chain, agreement) = (&self.w.chain, self.agreement());
        let batches: Vec<Batch> = self.all().iter().map(|at| chain.fetch(at)).collect();
        let sum = |ask: &dyn Fn(&Batch) -> u64| batches.iter().map(ask).sum::<u64>();
        agreement.invariant().expect("the agreement holds");
        batches.iter().for_each(|batch| batch.invariant().expect("the batch holds"));

        // tokens
        let [bond, home, payout, prover, purse] =
            [self.w.bond(), self.home, self.w.payout, self.w.prover_token, self.purse].map(|at| chain.balance(&at));
        let pools: u64 = self.pools.iter().map(|pool| chain.balance(&pool.vault) + chain.balance(&pool.treasury)).sum();
        let everything = bond + home + payout + prover + purse + pools;
        assert_eq!(everything, chain.supply(&self.w.coin.mint), "money is conserved");
        assert_eq!(agreement.bond, bond);
        assert_eq!(prover, sum(&|batch| batch.reward_paid), "the prover has its rewards");
        let received = payout - self.withdrawn + prover;
        assert_eq!(received, sum(&|batch| batch.paid), "what was paid has arrived");
        assert_eq!(PURSE, purse + bond + home + self.withdrawn, "the bond went to the MVNO or back");

        // what is owed
        for batch in &batches {
            assert!(batch.paid + batch.set_off <= batch.payable && batch.payable + batch.disputed <= batch.invoice);
        }
        assert_eq!(agreement.owed_total - agreement.repaid_total, agreement.owed);
        assert_eq!(agreement.repaid_total, sum(&|batch| batch.set_off) + home, "set off or collected");
        let statements = self.statements();
        let credited: u64 = statements.iter().map(|statement| statement.credited + statement.clawed).sum();
        assert_eq!(agreement.owed_total, credited);
        let charges: u64 = self.struck.iter().map(|[_, charge, _]| charge).sum();
        assert_eq!(statements.iter().map(|statement| statement.clawed).sum::<u64>(), charges + self.penalties);

        for (statement, struck) in statements.iter().zip(self.struck) {
            self.check_period(statement, struck, &batches);
        }
        let billed: u64 = statements.iter().map(|statement| statement.billed).sum();
        let kept = i128::from(received) - i128::from(home) - i128::from(agreement.owed);
        assert!(kept <= i128::from(billed), "the MNO keeps {kept} of {billed}");
        self.check_progress(&statements);
        for name in 0..5 {
            let copies: Vec<_> = self.shown.iter().filter(|shown| shown.name == name).collect();
            let left = copies.iter().any(|shown| !self.claimed(shown));
            assert!(copies.is_empty() || name == STRAY || left, "one copy stays");
        }
    }

    fn check_period(&self, statement: &Statement, [fell, charge, spared]: [u64; 3], batches: &[Batch]) {
        statement.invariant().expect("the statement holds");
        let mut left = [0; 8];
        let shown = self.shown.iter().filter(|shown| shown.period == statement.period && !self.claimed(shown));
        shown.for_each(|shown| left[usize::from(shown.lane)] += shown.value);
        assert_eq!(statement.lane_totals, left, "the books hold what is billed and not struck");
        let rated = statement.rate(&self.agreement(), &self.w.terms(statement.terms)).expect("it can be rated");
        assert_eq!((rated.billed, rated.amounts), (statement.billed, statement.lane_amounts));

        let own = || batches.iter().filter(|batch| batch.period == statement.period && batch.is_opened());
        let invoiced: u64 = own().map(|batch| batch.invoice).sum();
        let billed = invoiced + statement.debit_due + spared - statement.credited - fell;
        assert_eq!(statement.billed, billed, "invoices and what waits, less what goes back, is the price");
        // at most so much is ever to be had for the period, when all that is still disputed is won
        let claims: u64 = own().map(|batch| batch.payable + batch.disputed).sum();
        let most = i128::from(claims + statement.debit_due) - i128::from(statement.credited + charge);
        assert!(most <= i128::from(statement.billed), "{most} for {}", statement.billed);
        // the history explains the price
        let mut before = 0;
        for entry in &statement.entries {
            assert_eq!(entry.before, before);
            before = entry.after;
        }
        assert_eq!(before, statement.billed);
    }

    /// Every version has counted the periods it rates, once.
    fn check_progress(&self, statements: &[Statement; 2]) {
        for number in 1..=VERSIONS {
            let terms: Terms = self.w.terms(number);
            let rated = statements.iter().filter(|statement| statement.terms == number);
            let counted: u64 =
                rated.map(|statement| statement.toward(&statement.lane_amounts, &terms).expect("it counts")).sum();
            assert_eq!(terms.toward, counted, "version {number}");
        }
    }

    /// Everybody waits, pays and leaves: nothing stays locked.
    fn wind_up(&mut self) {
        self.w.chain.warp_by(i64::from(PROVE) + i64::from(DISPUTE) + i64::from(RESOLVE) + 3);
        for period in 0..2 {
            self.play(&Step::Note(period));
        }
        self.w.chain.warp_by(i64::from(DISPUTE) + 1);
        for index in 0..self.all().len() {
            self.play(&Step::Expire(index));
            self.play(&Step::Settle(index, 2));
            self.play(&Step::Settle(index, 2));
        }
        self.check();
        for (at, state) in (0..self.all().len()).filter_map(|index| self.batch(index)) {
            let ended = matches!(state.state, BatchState::Settled | BatchState::Cancelled);
            assert!(ended, "{at} is {:?}", state.state);
            assert_eq!(state.paid + state.set_off, state.payable);
        }
        self.play(&Step::Collect);
        self.play(&Step::Terminate(0));
        self.w.chain.warp_by(i64::from(PROVE + DISPUTE + RESOLVE + BOND_HOLD) + 1);
        self.play(&Step::Withdraw);
        self.check();
        let agreement = self.agreement();
        assert_eq!(agreement.state, AgreementState::Terminated);
        assert!(agreement.bond == 0, "owed {}: the bond is paid out or back", agreement.owed);
    }
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
