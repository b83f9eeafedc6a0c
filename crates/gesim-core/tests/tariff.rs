use gesim_core::{
    money::Rounding::{self, Ceil, Floor, HalfEven},
    tariff::{invoice, lane_amount, LaneTariff},
    CoreError,
};

const ALL: [Rounding; 3] = [Floor, HalfEven, Ceil];

#[test]
fn hand_checked_figure_ok() {
    // 1,620,727 minutes at 0.09 is 145,865.43; usage is in seconds, money in hundredths
    let tariff = LaneTariff::flat(9, 60);
    for rounding in ALL {
        assert_eq!(lane_amount(1_620_727 * 60, &tariff, rounding), Ok(14_586_543));
    }
    let amounts = [0, 14_586_543, 0, 0, 0, 0, 0, 0];
    // hundredths to a stablecoin of six decimals
    assert_eq!(invoice(&amounts, 10_000, 1, HalfEven), Ok(145_865_430_000));
}

#[test]
fn threshold_ok() {
    let tariff = LaneTariff { threshold: 100, fixed: 7, rate_below: 3, rate_above: 2, per: 1 };
    for (total, amount) in [(0, 0), (1, 10), (99, 304), (100, 307), (101, 309), (200, 507)] {
        assert_eq!(lane_amount(total, &tariff, Floor), Ok(amount), "{total}");
    }
}

#[test]
fn fixed_only_when_used_ok() {
    let tariff = LaneTariff { fixed: 500, ..LaneTariff::FREE };
    assert_eq!(lane_amount(0, &tariff, Ceil), Ok(0));
    assert_eq!(lane_amount(1, &tariff, Ceil), Ok(500));
    assert_eq!(lane_amount(u64::MAX, &LaneTariff::FREE, Ceil), Ok(0));
}

#[test]
fn rounding_once_ok() {
    // 5 below at 1 and 4 above at 1, per 6: 9/6 is rounded as one number, not 5/6 and 4/6
    let tariff = LaneTariff { threshold: 5, fixed: 0, rate_below: 1, rate_above: 1, per: 6 };
    let amounts: Vec<_> = ALL.iter().map(|r| lane_amount(9, &tariff, *r)).collect();
    assert_eq!(amounts, [Ok(1), Ok(2), Ok(2)]);
    // ties go to the even neighbour
    let half = LaneTariff::flat(1, 2);
    assert_eq!(lane_amount(1, &half, HalfEven), Ok(0));
    assert_eq!(lane_amount(3, &half, HalfEven), Ok(2));
    assert_eq!(lane_amount(5, &half, HalfEven), Ok(2));
}

#[test]
fn invoice_rounds_the_sum_ok() {
    // three lanes of 1 at 1/2 are 1.5, not three halves rounded one by one
    let amounts = [1, 1, 1, 0, 0, 0, 0, 0];
    let sums: Vec<_> = ALL.iter().map(|r| invoice(&amounts, 1, 2, *r)).collect();
    assert_eq!(sums, [Ok(1), Ok(2), Ok(2)]);
    assert_eq!(invoice(&[0; 8], 1, 1, Ceil), Ok(0));
}

#[test]
fn largest_amounts_ok() {
    let tariff = LaneTariff::flat(1, 1);
    assert_eq!(lane_amount(u64::MAX, &tariff, Floor), Ok(u64::MAX));
    assert_eq!(lane_amount(u64::MAX, &LaneTariff::flat(u64::MAX, u64::MAX), Ceil), Ok(u64::MAX));
    assert_eq!(invoice(&[u64::MAX; 8], 1, 8, Floor), Ok(u64::MAX));
}

#[test]
fn zero_divisors_fails() {
    let tariff = LaneTariff { per: 0, ..LaneTariff::FREE };
    assert_eq!(tariff.validate(), Err(CoreError::DivisionByZero));
    assert_eq!(lane_amount(0, &tariff, Floor), Err(CoreError::DivisionByZero));
    assert_eq!(invoice(&[0; 8], 1, 0, Floor), Err(CoreError::DivisionByZero));
}

#[test]
fn overflow_fails() {
    // the linear part, the fixed part on top, two full products, and both steps of the invoice
    assert_eq!(lane_amount(u64::MAX, &LaneTariff::flat(2, 1), Floor), Err(CoreError::Overflow));
    let fixed = LaneTariff { fixed: 1, ..LaneTariff::flat(1, 1) };
    assert_eq!(lane_amount(u64::MAX, &fixed, Floor), Err(CoreError::Overflow));
    let both = LaneTariff { threshold: u64::MAX / 2, fixed: 0, rate_below: u64::MAX, rate_above: u64::MAX, per: 1 };
    assert_eq!(lane_amount(u64::MAX, &both, Floor), Err(CoreError::Overflow));
    assert_eq!(invoice(&[u64::MAX; 8], 1, 1, Floor), Err(CoreError::Overflow));
    assert_eq!(invoice(&[u64::MAX; 8], u64::MAX, u64::MAX, Floor), Err(CoreError::Overflow));
}
