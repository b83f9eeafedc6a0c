//! One price, wherever it is computed and however the records were split: random terms, totals and histories.

use anchor_lang::prelude::Pubkey;
use gesim_tests::settlement::{lane, terms, Spec, World, DETAIL, PERIOD, RATE};
use proptest::prelude::*;
use settlement::{
    error::SettlementError as E,
    state::{seeds, terms::RevenueCommitment, Agreement, Batch, LaneTerms, Statement, Tier},
    ExchangeRate,
};
use solana_keypair::Keypair;

const NEXT: u32 = 202_612;

fn number() -> impl Strategy<Value = u64> {
    prop_oneof![4 => 0..2_000u64, 2 => 0..10_000_000u64, 1 => any::<u64>()]
}

prop_compose! {
    fn tiers(most: usize)(starts in prop::collection::btree_set(1..3_000u64, 0..most), prices in prop::collection::vec((number(), 0..1_000u64), 8)) -> Vec<Tier> {
        [0].into_iter().chain(starts).zip(prices).map(|(start, (rate, fixed))| Tier { start, rate, fixed }).collect()
    }
}

prop_compose! {
    fn lane_terms(lane: u8)(tiers in prop_oneof![Just(Vec::new()), tiers(8)], unbalanced in prop_oneof![Just(Vec::new()), tiers(4)], per in 1..5_000u64) -> LaneTerms {
        LaneTerms { lane, first: 1, next: 1, increment_rounding: 2, per, tiers, unbalanced }
    }
}

prop_compose! {
    fn spec()(
        lanes in prop::sample::subsequence((0..8u8).collect::<Vec<_>>(), 0..=8usize)
            .prop_flat_map(|numbers| numbers.into_iter().map(lane_terms).collect::<Vec<_>>()),
        tax_bps in 0..=10_000u16,
        rounding in 0..3u8,
    ) -> Spec {
        let mut spec = Spec { lanes, ..terms() };
        (spec.head.tax_bps, spec.frame.rounding, spec.head.reverse) = (tax_bps, rounding, Pubkey::new_from_array([3; 32]));
        spec
    }
}

fn rate() -> impl Strategy<Value = ExchangeRate> {
    let part = || prop_oneof![1..100u64, 1..10_000_000u64];
    (part(), part()).prop_map(|(numerator, denominator)| ExchangeRate { numerator, denominator, ..RATE })
}

fn both(w: &World) -> [Keypair; 2] {
    [&w.operator, &w.mvno].map(Keypair::insecure_clone)
}

/// Rates the period anew as the host would: the books as they are, the program's own formula.
fn by_the_host(w: &World, books: &Statement) -> Result<([u64; 8], u64), anchor_lang::error::Error> {
    let agreement: Agreement = w.chain.fetch(&w.agreement);
    books.rate(&agreement, &w.terms(books.terms)).map(|rated| (rated.amounts, rated.billed))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// What the program makes of totals, alone and beside the other direction's, is what the host makes of them.
    #[test]
    fn program_and_host_agree_ok(
        spec in spec(), rate in rate(), totals in prop::array::uniform8(number()), reverse in prop::array::uniform8(number()),
    ) {
        let mut w = World::with_agreement(&spec);
        let [operator, mvno] = both(&w);
        w.ok(w.open_period(NEXT, 1, rate), &[&operator, &mvno]);
        let batch = w.commit(NEXT, 1);
        let mut books = w.statement(NEXT);
        books.add(&totals, 600).expect("empty books take any totals");
        let ix = w.unproven_totals(&batch, totals);
        let Ok((amounts, billed)) = by_the_host(&w, &books) else {
            w.fails(ix, &[], E::Overflow);
            return Ok(());
        };
        w.ok(ix, &[]);
        let invoiced: Batch = w.chain.fetch(&batch);
        prop_assert_eq!((invoiced.lane_amounts, invoiced.invoice), (amounts, billed));
        w.edit(&w.statement_at(NEXT), |books: &mut Statement| books.reverse_totals = Some(reverse));
        let ix = w.rerate_statement(NEXT, 1, rate);
        match by_the_host(&w, &w.statement(NEXT)) {
            Ok((amounts, billed)) => {
                w.ok(ix, &[&operator, &mvno]);
                let books = w.statement(NEXT);
                prop_assert_eq!((books.lane_amounts, books.billed), (amounts, billed));
            }
            Err(_) => _ = w.fails(ix, &[&operator, &mvno], E::Overflow),
        }
    }

    /// However records are split into batches, and in whatever order those are opened, the period costs the same.
    #[test]
    fn any_split_bills_the_same_ok(
        spec in spec(), rate in rate(), records in prop::collection::vec((0..8usize, 0..5_000u64, 0..5u32), 1..40),
        order in Just((0..5u32).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let mut w = World::with_agreement(&spec);
        let [operator, mvno] = both(&w);
        w.ok(w.open_period(NEXT, 1, rate), &[&operator, &mvno]);
        let sum = |batch: Option<u32>| {
            let mut totals = [0; 8];
            let chosen = records.iter().filter(|(_, _, of)| batch.is_none_or(|batch| batch == *of));
            chosen.for_each(|(lane, value, _)| totals[*lane] += value);
            totals
        };
        let mut all = w.statement(NEXT);
        all.open_batches = 1;
        all.add(&sum(None), 600).expect("small totals");
        let Ok((amounts, billed)) = by_the_host(&w, &all) else { return Ok(()) };
        let batches: Vec<_> = order.iter().map(|batch| (w.commit(NEXT, batch + 1), sum(Some(*batch)))).collect();
        let (mut invoices, mut lanes) = (0, [0; 8]);
        for (batch, totals) in batches {
            w.open_unproven(&batch, totals);
            let batch: Batch = w.chain.fetch(&batch);
            invoices += batch.invoice;
            lanes.iter_mut().zip(batch.lane_amounts).for_each(|(sum, amount)| *sum += amount);
        }
        prop_assert_eq!((invoices, lanes), (billed, amounts));
        prop_assert_eq!(w.statement(NEXT).billed, billed);
    }
}

#[derive(Debug, Clone)]
enum Step {
    Bill(bool, [u64; 8]),
    Rerate(bool, u32, ExchangeRate),
    Close(bool),
    Balance(bool),
    Commitment(bool),
    Note(bool),
    /// So much of a lane's total of one of the batches.
    Strike(usize, u8, u64),
    /// The other direction is struck too.
    Reverse(bool, [u64; 8]),
}

/// Steps while the periods are open, or once they are closed.
fn step(open: bool) -> impl Strategy<Value = Step> {
    let (bills, others) = if open { (6, 1) } else { (1, 6) };
    let totals = || prop::array::uniform8(prop_oneof![0..3u64, 0..1_500u64]);
    prop_oneof![
        bills => (any::<bool>(), totals()).prop_map(|(next, totals)| Step::Bill(next, totals)),
        5 => (any::<bool>(), 1..4u32, rate()).prop_map(|(next, version, rate)| Step::Rerate(next, version, rate)),
        others => any::<bool>().prop_map(Step::Balance),
        others => prop::bool::weighted(0.8).prop_map(Step::Commitment),
        4 => any::<bool>().prop_map(Step::Note),
        4 => (0..6usize, 0..8u8, 1..1_500u64).prop_map(|(batch, lane, value)| Step::Strike(batch, lane, value)),
        others => (any::<bool>(), totals()).prop_map(|(next, totals)| Step::Reverse(next, totals)),
    ]
}

/// An agreement of three versions over two periods, and another one of the other direction.
struct Books {
    w: World,
    reverse: Pubkey,
    /// Batches and what of their totals no claim has struck.
    batches: Vec<(Pubkey, [u64; 8])>,
    notes: Vec<(u32, Pubkey)>,
    claims: u32,
}

impl Books {
    fn new() -> Self {
        let mut w = World::new();
        let [operator, mvno] = both(&w);
        let there = w.agreement;
        let reverse = seeds::agreement(&w.mno, &solana_signer::Signer::pubkey(&mvno), 2).0;
        let mut tiered = terms();
        tiered.head.penalty_bps = 0;
        tiered.head.tax_bps = 1_900;
        tiered.head.reverse = reverse;
        tiered.lanes[0].unbalanced = vec![Tier { start: 0, rate: 7, fixed: 11 }];
        let mut committed = tiered.clone();
        committed.head.commitment =
            RevenueCommitment { amount: 30_000, from: PERIOD, to: NEXT, lanes: 0b101, with_tax: true };
        let mut cheap = tiered.clone();
        cheap.lanes = vec![lane(2, &[Tier { start: 0, rate: 1, fixed: 0 }])];
        for (id, own, specs) in [(2, reverse, vec![terms()]), (1, there, vec![tiered, committed, cheap])] {
            w.agreement = own;
            let proposer = solana_signer::Signer::pubkey(&operator);
            w.ok(w.propose_agreement(proposer, id, &terms().frame), &[&operator]);
            specs.iter().for_each(|spec| _ = w.agree(spec));
            for period in [PERIOD, NEXT] {
                w.open_books(period, 1);
                if own == reverse {
                    w.ok(w.close_period_early(period), &[&operator, &mvno]);
                }
            }
        }
        Self { w, reverse, batches: Vec::new(), notes: Vec::new(), claims: 0 }
    }

    fn play(&mut self, step: &Step) {
        let [operator, mvno] = both(&self.w);
        let (sides, period) = ([&operator, &mvno], |next: bool| if next { NEXT } else { PERIOD });
        let w = &mut self.w;
        // most steps are refused some of the time: what counts is what the books are then
        _ = match *step {
            Step::Bill(next, totals) => {
                let (period, sequence) = (period(next), self.batches.len() as u32 + 1);
                if w.statement(period).require_open().is_err() {
                    return;
                }
                let batch = w.commit(period, sequence);
                w.open_unproven(&batch, totals);
                self.batches.push((batch, totals));
                return;
            }
            Step::Rerate(next, version, rate) => {
                let ix = w.rerate_statement(period(next), version, rate);
                w.chain.send(&[ix], &sides)
            }
            Step::Close(next) => w.chain.send(&[w.close_period_early(period(next))], &sides),
            Step::Balance(next) => w.chain.send(&[w.balance_statement(period(next), self.reverse)], &[]),
            Step::Commitment(next) => w.chain.send(&[w.bill_commitment(period(next))], &[]),
            Step::Note(next) => {
                let (period, address) = (period(next), w.note(period(next), w.statement(period(next)).notes));
                let sent = w.chain.send(&[w.issue_note(period)], &[]);
                if sent.is_ok() {
                    self.notes.push((period, address));
                }
                sent
            }
            Step::Strike(batch, lane, value) => return self.strike(batch, lane, value),
            Step::Reverse(next, totals) => {
                let at = seeds::statement(&self.reverse, period(next)).0;
                return w.edit(&at, |books: &mut Statement| books.lane_totals = totals);
            }
        };
    }

    /// Shows a record that began the day after its period, as an opening proof would, and claims it.
    fn strike(&mut self, batch: usize, lane: u8, value: u64) {
        let index = batch.checked_rem(self.batches.len()).unwrap_or(0);
        let Some((batch, left)) = self.batches.get_mut(index) else { return };
        let value = value.min(left[usize::from(lane)]);
        left[usize::from(lane)] -= value;
        let w = &mut self.w;
        let place = w.shown(batch, self.claims, lane, value, u32::MAX);
        self.claims += 1;
        w.ok(w.claim_out_of_period(&place, u32::MAX, DETAIL), &[]);
    }

    fn check(&self) {
        let w = &self.w;
        let (mut owed, mut toward) = (0, [0; 3]);
        for period in [PERIOD, NEXT] {
            let books = w.statement(period);
            let batches = self.batches.iter().map(|(at, _)| w.chain.fetch::<Batch>(at)).filter(|b| b.period == period);
            let notes = self.notes.iter().filter(|(of, _)| *of == period).map(|(_, at)| w.chain.fetch::<Batch>(at));
            let invoiced: u64 = batches.chain(notes).map(|batch| batch.invoice).sum();
            assert_eq!(books.billed + books.credited + books.clawed, invoiced + books.debit_due, "{period}");
            owed += books.credited + books.clawed;
            // the price is that of what the books hold, and every change of it is written down
            assert_eq!(by_the_host(w, &books).expect("a price"), (books.lane_amounts, books.billed));
            let mut before = 0;
            for entry in &books.entries {
                assert_eq!(entry.before, before);
                before = entry.after;
            }
            assert_eq!(before, books.billed);
            let terms = w.terms(books.terms);
            toward[terms.number as usize - 1] += books.toward(&books.lane_amounts, &terms).expect("small amounts");
        }
        let agreement: Agreement = w.chain.fetch(&w.agreement);
        assert_eq!((agreement.owed, agreement.owed_total, agreement.repaid_total), (owed, owed, 0));
        assert_eq!([1, 2, 3].map(|number| w.terms(number).toward), toward);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is billed, rated anew, balanced, committed, noted and struck, in whatever order: the books add up.
    #[test]
    fn books_add_up_ok(
        open in prop::collection::vec(step(true), 4..20), closed in prop::collection::vec(step(false), 4..24),
    ) {
        let mut books = Books::new();
        let close = [Step::Close(false), Step::Close(true)];
        for step in open.iter().chain(&close).chain(&closed) {
            books.play(step);
            books.check();
        }
    }
}
