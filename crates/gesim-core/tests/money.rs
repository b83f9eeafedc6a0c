//! Rounding against integers without a limit.

use gesim_core::{
    money::{basis_points, divide, mul_div, Rounding, BASIS_POINTS},
    CoreError,
};
use num_bigint::BigUint;
use proptest::prelude::*;

/// The definition: of the two neighbours, the one that the rounding names.
fn expected(value: u64, numerator: u64, denominator: u64, rounding: Rounding) -> Option<u64> {
    let product = BigUint::from(value) * numerator;
    let (down, rest) = (&product / denominator, &product % denominator);
    let twice = &rest * 2u8;
    let up = match rounding {
        Rounding::Floor => false,
        Rounding::Ceil => rest != BigUint::ZERO,
        Rounding::HalfEven => twice > denominator.into() || (twice == denominator.into() && down.bit(0)),
    };
    u64::try_from(down + u8::from(up)).ok()
}

const ROUNDINGS: [Rounding; 3] = [Rounding::Floor, Rounding::HalfEven, Rounding::Ceil];

proptest! {
    #[test]
    fn rounding_is_the_named_one_ok(value: u64, numerator: u64, denominator in 1..=u64::MAX) {
        for rounding in ROUNDINGS {
            let result = mul_div(value, numerator, denominator, rounding);
            prop_assert_eq!(result.ok(), expected(value, numerator, denominator, rounding));
        }
    }

    /// Small denominators meet ties and exact divisions often.
    #[test]
    fn rounding_of_small_numbers_is_the_named_one_ok(value in 0..200u64, numerator in 0..20u64, denominator in 1..20u64) {
        for rounding in ROUNDINGS {
            let result = mul_div(value, numerator, denominator, rounding);
            prop_assert_eq!(result.ok(), expected(value, numerator, denominator, rounding));
        }
    }

    #[test]
    fn roundings_enclose_the_quotient_ok(numerator: u128, denominator in 1..=u128::MAX) {
        let [floor, even, ceil] = ROUNDINGS.map(|rounding| divide(numerator, denominator, rounding));
        let (floor, even, ceil) = (floor.unwrap(), even.unwrap(), ceil.unwrap());
        prop_assert!(floor <= even && even <= ceil && ceil - floor <= 1);
        prop_assert_eq!(floor == ceil, numerator % denominator == 0);
    }

    /// Shares never add up to more than the whole.
    #[test]
    fn share_and_rest_make_the_whole_ok(amount: u64, bps in 0..=BASIS_POINTS) {
        let share = basis_points(amount, bps).unwrap();
        let rest = basis_points(amount, BASIS_POINTS - bps).unwrap();
        prop_assert!(share <= amount);
        let lost = amount - share - rest;
        prop_assert!(lost <= 1);
    }
}

#[test]
fn ties_go_to_the_even_neighbour_ok() {
    for (value, half) in [(1, 0), (3, 2), (5, 2), (7, 4), (9, 4)] {
        assert_eq!(mul_div(value, 1, 2, Rounding::HalfEven), Ok(half), "{value} / 2");
    }
    assert_eq!(divide(u128::MAX, 2, Rounding::HalfEven), Ok(1 << 127));
}

#[test]
fn whole_and_nothing_ok() {
    assert_eq!(basis_points(u64::MAX, BASIS_POINTS), Ok(u64::MAX));
    assert_eq!(basis_points(u64::MAX, 0), Ok(0));
}

#[test]
fn more_than_the_whole_fails() {
    assert_eq!(basis_points(u64::MAX, BASIS_POINTS + 1), Err(CoreError::Overflow));
}

#[test]
fn overflow_fails() {
    assert_eq!(mul_div(u64::MAX, 2, 1, Rounding::Floor), Err(CoreError::Overflow));
    // The quotient fits and the rounding carries it over.
    assert_eq!(mul_div(u64::MAX, 3, 3, Rounding::Ceil), Ok(u64::MAX));
    let denominator = 1 << 32;
    assert_eq!(mul_div(u64::MAX, denominator + 1, denominator + 1, Rounding::Ceil), Ok(u64::MAX));
    assert_eq!(mul_div(u64::MAX, denominator + 1, denominator, Rounding::Ceil), Err(CoreError::Overflow));
}

#[test]
fn division_by_zero_fails() {
    for rounding in ROUNDINGS {
        assert_eq!(divide(1, 0, rounding), Err(CoreError::DivisionByZero));
        assert_eq!(mul_div(0, 0, 0, rounding), Err(CoreError::DivisionByZero));
    }
}

#[test]
fn unknown_rounding_fails() {
    assert_eq!(Rounding::try_from(2), Ok(Rounding::Ceil));
    assert_eq!(Rounding::try_from(3), Err(3));
}
