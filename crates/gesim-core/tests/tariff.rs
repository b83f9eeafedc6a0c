use gesim_core::{
    money::Rounding::{self, Ceil, Floor, HalfEven},
    tariff::{invoice, sum, tax, Increment, LanePrice, Tier, MAX_TIERS},
    CoreError,
};
use num_bigint::BigUint;
use proptest::prelude::*;

const ALL: [Rounding; 3] = [Floor, HalfEven, Ceil];

fn tier(start: u64, rate: u64, fixed: u64) -> Tier {
    Tier { start, rate, fixed }
}

/// What `total` units cost by tiers that all count as balanced.
fn amount(total: u64, tiers: &[Tier], per: u64, rounding: Rounding) -> Result<u64, CoreError> {
    LanePrice { per, tiers, unbalanced: &[] }.amount(total, None, rounding)
}

#[test]
fn hand_checked_figure_ok() {
    // 1,620,727 minutes at 0.09 is 145,865.43; usage is in seconds, money in hundredths
    for rounding in ALL {
        assert_eq!(amount(1_620_727 * 60, &[Tier::flat(9)], 60, rounding), Ok(14_586_543));
    }
    let amounts = [0, 14_586_543, 0, 0, 0, 0, 0, 0];
    // hundredths to a stablecoin of six decimals
    assert_eq!(invoice(&amounts, 0, 10_000, 1, HalfEven), Ok(145_865_430_000));
    // with 19 % tax: 2,771,443.17 hundredths of tax, rounded before the exchange
    assert_eq!(invoice(&amounts, 1_900, 10_000, 1, HalfEven), Ok((14_586_543 + 2_771_443) * 10_000));
}

#[test]
fn tiers_ok() {
    let tiers = [tier(0, 3, 7), tier(100, 2, 0), tier(200, 0, 50)];
    let expected = [(0, 0), (1, 10), (99, 304), (100, 307), (101, 309), (200, 507), (201, 557), (9_999, 557)];
    for (total, price) in expected {
        assert_eq!(amount(total, &tiers, 1, Floor), Ok(price), "{total}");
    }
    assert_eq!(amount(u64::MAX, &[], 1, Ceil), Ok(0), "no tiers: free of charge");
    assert_eq!(amount(1, &[tier(0, 0, 500)], 1, Ceil), Ok(500), "the fixed part is charged when something is used");
}

#[test]
fn balanced_and_unbalanced_ok() {
    let price = LanePrice { per: 1, tiers: &[tier(0, 2, 0)], unbalanced: &[tier(0, 3, 7), tier(10, 4, 0)] };
    // total, the other direction, price
    let expected =
        [(100, None, 200), (100, Some(100), 200), (100, Some(500), 200), (100, Some(60), 120 + 7 + 30 + 120)];
    for (total, reverse, cost) in expected {
        assert_eq!(price.amount(total, reverse, Floor), Ok(cost), "{reverse:?}");
    }
    assert_eq!(price.amount(5, Some(0), Floor), Ok(7 + 15));
    assert_eq!(price.amount(0, Some(5), Floor), Ok(0));
    // without unbalanced prices the other direction does not matter
    let plain = LanePrice { unbalanced: &[], ..price };
    assert_eq!(plain.amount(100, Some(0), Floor), Ok(200));
}

#[test]
fn rounding_once_ok() {
    // 5 below at 1 and 4 above at 1, per 6: 9/6 is rounded as one number, not 5/6 and 4/6
    let tiers = [tier(0, 1, 0), tier(5, 1, 0)];
    let amounts: Vec<_> = ALL.iter().map(|r| amount(9, &tiers, 6, *r)).collect();
    assert_eq!(amounts, [Ok(1), Ok(2), Ok(2)]);
    // ties go to the even neighbour
    for (total, even) in [(1, 0), (3, 2), (5, 2)] {
        assert_eq!(amount(total, &[Tier::flat(1)], 2, HalfEven), Ok(even));
    }
}

#[test]
fn invoice_rounds_the_sum_ok() {
    // three lanes of 1 at 1/2 are 1.5, not three halves rounded one by one
    let amounts = [1, 1, 1, 0, 0, 0, 0, 0];
    let sums: Vec<_> = ALL.iter().map(|r| invoice(&amounts, 0, 1, 2, *r)).collect();
    assert_eq!(sums, [Ok(1), Ok(2), Ok(2)]);
    assert_eq!(invoice(&[0; 8], 10_000, 1, 1, Ceil), Ok(0));
    // tax on the sum: 10 % of 15 is 1.5, of three times 5 as well
    let taxes: Vec<_> = ALL.iter().map(|r| invoice(&[5, 5, 5, 0, 0, 0, 0, 0], 1_000, 1, 1, *r)).collect();
    assert_eq!(taxes, [Ok(16), Ok(17), Ok(17)]);
    assert_eq!(tax(15, 1_000, HalfEven), Ok(2));
}

#[test]
fn largest_amounts_ok() {
    assert_eq!(amount(u64::MAX, &[Tier::flat(1)], 1, Floor), Ok(u64::MAX));
    assert_eq!(amount(u64::MAX, &[Tier::flat(u64::MAX)], u64::MAX, Ceil), Ok(u64::MAX));
    assert_eq!(sum(&[u64::MAX, 0, 0, 0, 0, 0, 0, 0]), Ok(u64::MAX));
    assert_eq!(invoice(&[u64::MAX, 0, 0, 0, 0, 0, 0, 0], 0, 1, 1, Ceil), Ok(u64::MAX));
    assert_eq!(invoice(&[u64::MAX / 2, 0, 0, 0, 0, 0, 0, 0], 10_000, 1, 1, Ceil), Ok(u64::MAX - 1));
}

#[test]
fn bad_prices_fails() {
    let zero = LanePrice { per: 0, ..LanePrice::FREE };
    assert_eq!(zero.validate(), Err(CoreError::DivisionByZero));
    assert_eq!(zero.amount(0, None, Floor), Err(CoreError::DivisionByZero));
    assert_eq!(invoice(&[0; 8], 0, 1, 0, Floor), Err(CoreError::DivisionByZero));
    let many: Vec<_> = (0..=MAX_TIERS as u64).map(|start| tier(start, 1, 0)).collect();
    let bad: [&[Tier]; 4] =
        [&[tier(1, 1, 0)], &[tier(0, 1, 0), tier(0, 2, 0)], &[tier(0, 1, 0), tier(9, 1, 0), tier(8, 1, 0)], &many];
    for tiers in bad {
        assert_eq!(LanePrice { tiers, ..LanePrice::FREE }.validate(), Err(CoreError::Tiers));
        assert_eq!(LanePrice { unbalanced: tiers, ..LanePrice::FREE }.amount(0, None, Floor), Err(CoreError::Tiers));
    }
    assert_eq!(LanePrice { tiers: &many[..MAX_TIERS], ..LanePrice::FREE }.validate(), Ok(()));
}

#[test]
fn overflow_fails() {
    // the linear part, the fixed parts on top, two full products, both lists, and every step of the invoice
    let most = u64::MAX;
    assert_eq!(amount(most, &[Tier::flat(2)], 1, Floor), Err(CoreError::Overflow));
    assert_eq!(amount(most, &[tier(0, 1, 1)], 1, Floor), Err(CoreError::Overflow));
    assert_eq!(amount(2, &[tier(0, 0, most), tier(1, 0, 1)], 1, Floor), Err(CoreError::Overflow));
    assert_eq!(amount(most, &[Tier::flat(most), tier(most / 2, most, 0)], 1, Floor), Err(CoreError::Overflow));
    let both = LanePrice { per: 1, tiers: &[Tier::flat(1)], unbalanced: &[tier(0, 1, 1)] };
    assert_eq!(both.amount(most, Some(9), Floor), Err(CoreError::Overflow));
    assert_eq!(sum(&[most, 1, 0, 0, 0, 0, 0, 0]), Err(CoreError::Overflow));
    assert_eq!(invoice(&[most, 0, 0, 0, 0, 0, 0, 0], 1, 1, 1, Floor), Err(CoreError::Overflow));
    assert_eq!(invoice(&[most, 0, 0, 0, 0, 0, 0, 0], 0, 2, 1, Floor), Err(CoreError::Overflow));
}

#[test]
fn increments_ok() {
    let call = Increment { first: 60, next: 30, rounding: Ceil };
    for (used, charged) in [(0, 0), (1, 60), (60, 60), (61, 90), (90, 90), (91, 120)] {
        assert_eq!(call.charged(used), Ok(charged), "{used} seconds");
    }
    for used in [0, 1, 59, 1_000_003, u64::MAX] {
        assert_eq!(Increment::EXACT.charged(used), Ok(used));
    }
    // kilobytes: whole ones, the nearest, those begun; at least one is billed
    let kb = |rounding| Increment { first: 1_024, next: 1_024, rounding };
    let expected = [(1, [1, 1, 1]), (1_535, [1, 1, 2]), (1_536, [1, 1, 2]), (1_537, [1, 2, 2]), (2_560, [2, 3, 3])];
    for (octets, kilobytes) in expected {
        let charged = ALL.map(|rounding| kb(rounding).charged(octets).expect("octets") / 1_024);
        assert_eq!(charged, kilobytes, "{octets} octets");
    }
}

#[test]
fn increments_fails() {
    for (first, next) in [(0, 1), (1, 0), (0, 0)] {
        let zero = Increment { first, next, rounding: Ceil };
        assert_eq!(zero.validate(), Err(CoreError::DivisionByZero));
        assert_eq!(zero.charged(1), Err(CoreError::DivisionByZero));
    }
    let coarse = Increment { first: u32::MAX, next: u32::MAX, rounding: Ceil };
    assert_eq!(coarse.charged(1), Ok(u32::MAX.into()));
    // 2^64 - 1 is 2^32 + 1 times 2^32 - 1: one less than a multiple goes up to it, and no further
    assert_eq!(coarse.charged(u64::MAX - 1), Ok(u64::MAX));
    let odd = Increment { first: 2, next: 2, rounding: Ceil };
    assert_eq!(odd.charged(u64::MAX), Err(CoreError::Overflow));
    assert_eq!(Increment { rounding: Floor, ..odd }.charged(u64::MAX), Ok(u64::MAX - 1));
}

// The same prices in numbers without a limit, written from the contract's words and not from the code.

fn rounded(numerator: BigUint, denominator: u64, rounding: Rounding) -> BigUint {
    let (quotient, twice) = (&numerator / denominator, (&numerator % denominator) * 2u8);
    let up = match rounding {
        Floor => false,
        Ceil => twice > BigUint::ZERO,
        HalfEven => twice > denominator.into() || (twice == denominator.into() && quotient.bit(0)),
    };
    quotient + u8::from(up)
}

/// From the last tier down: the units behind each start, one tier after the other.
fn expected(mut total: u64, tiers: &[Tier], per: u64, rounding: Rounding) -> BigUint {
    let (mut linear, mut fixed) = (BigUint::ZERO, BigUint::ZERO);
    for tier in tiers.iter().rev().filter(|tier| tier.start < u64::MAX) {
        if total > tier.start {
            linear += BigUint::from(total - tier.start) * tier.rate;
            fixed += tier.fixed;
            total = tier.start;
        }
    }
    rounded(linear, per, rounding) + fixed
}

fn number() -> impl Strategy<Value = u64> {
    prop_oneof![0..10u64, 0..100_000u64, any::<u32>().prop_map(u64::from), any::<u64>(), Just(u64::MAX)]
}

fn rounding() -> impl Strategy<Value = Rounding> {
    prop::sample::select(ALL.to_vec())
}

prop_compose! {
    fn tiers()(starts in prop::collection::btree_set(number(), 0..8), prices in prop::collection::vec((number(), number()), 8)) -> Vec<Tier> {
        let starts = starts.into_iter().filter(|start| *start > 0);
        let starts = [0].into_iter().chain(starts).take(prices.len());
        starts.zip(&prices).map(|(start, (rate, fixed))| tier(start, *rate, *fixed)).collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_024, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn amounts_are_those_of_unlimited_numbers_ok(
        (total, reverse) in (number(), prop::option::of(number())), tiers in tiers(),
        unbalanced in prop_oneof![Just(Vec::new()), tiers()], per in number().prop_map(|n| n.max(1)), rounding in rounding(),
    ) {
        let matched = match reverse {
            Some(reverse) if !unbalanced.is_empty() && reverse < total => reverse,
            _ => total,
        };
        let sum = expected(matched, &tiers, per, rounding) + expected(total - matched, &unbalanced, per, rounding);
        match (LanePrice { per, tiers: &tiers, unbalanced: &unbalanced }.amount(total, reverse, rounding), u64::try_from(&sum)) {
            (found, Ok(amount)) if found == Ok(amount) => {}
            // what does not fit is refused; so is a sum of products above 128 bits, which `per` could have made small
            (Err(CoreError::Overflow), Err(_)) => {}
            (Err(CoreError::Overflow), Ok(_)) => {
                let products = expected(matched, &tiers, 1, Floor) + expected(total - matched, &unbalanced, 1, Floor);
                prop_assert!(products.bits() > 127, "{products}");
            }
            (found, _) => prop_assert!(false, "{found:?} is not {sum}"),
        }
    }

    #[test]
    fn invoices_are_those_of_unlimited_numbers_ok(
        amounts in prop::array::uniform8(number()), bps in 0..=10_000u16, numerator in number(),
        denominator in number().prop_map(|n| n.max(1)), rounding in rounding(),
    ) {
        let net: BigUint = amounts.iter().map(|amount| BigUint::from(*amount)).sum();
        let gross = &net + rounded(&net * bps, 10_000, rounding);
        let stablecoin = rounded(&gross * numerator, denominator, rounding);
        let fits = [&net, &gross, &stablecoin].into_iter().all(|number| number.bits() <= 64);
        let found = invoice(&amounts, bps, numerator, denominator, rounding);
        prop_assert_eq!(found.map(BigUint::from), if fits { Ok(stablecoin) } else { Err(CoreError::Overflow) });
    }

    /// More usage never costs less: a batch cannot have an invoice below nothing.
    #[test]
    fn more_never_costs_less_ok(
        (total, more) in (0..100_000u64, 0..1_000u64), reverse in prop::option::of(0..100_000u64), tiers in tiers(),
        unbalanced in prop_oneof![Just(Vec::new()), tiers()], per in 1..10_000u64, rounding in rounding(),
    ) {
        let price = LanePrice { per, tiers: &tiers, unbalanced: &unbalanced };
        if let (Ok(before), Ok(after)) = (price.amount(total, reverse, rounding), price.amount(total + more, reverse, rounding)) {
            prop_assert!(after >= before);
        }
    }

    /// Never less than what was used, when what is begun counts; never more than a step above it.
    #[test]
    fn increments_cover_what_was_used_ok(used in 1..u64::from(u32::MAX), first in 1..10_000u32, next in 1..10_000u32) {
        let charged = |rounding| Increment { first, next, rounding }.charged(used).expect("small numbers");
        let (down, near, up) = (charged(Floor), charged(HalfEven), charged(Ceil));
        prop_assert!(up >= used && up - used < u64::from(first.max(next)));
        prop_assert!(down <= near && near <= up && up - down <= u64::from(next));
        prop_assert!(used <= u64::from(first) || down <= used);
        prop_assert!([down, near, up].iter().all(|n| *n == first.into() || (n - u64::from(first)) % u64::from(next) == 0));
    }
}
