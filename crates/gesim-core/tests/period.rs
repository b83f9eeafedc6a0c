use gesim_core::{
    period::{admits, days, is_period},
    CoreError,
};

/// A calendar that knows nothing but how long months are, walked day by day.
fn calendar() -> Vec<(u32, u32)> {
    let mut firsts = Vec::new();
    let (mut day, mut year) = (0u32, 1970u32);
    while year <= 2100 {
        let leap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);
        let lengths = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        for (month, length) in (1..).zip(lengths) {
            firsts.push((year * 100 + month, day));
            day += length;
        }
        year += 1;
    }
    firsts
}

#[test]
fn every_period_ok() {
    let calendar = calendar();
    let mut seen = 0;
    for pair in calendar.windows(2) {
        let [(period, first), (_, next)] = pair else { panic!("two months") };
        if (200_001..=209_912).contains(period) {
            assert_eq!(days(*period), Ok((*first, *next)), "{period}");
            seen += 1;
        } else {
            assert_eq!(days(*period), Err(CoreError::Period(*period)));
        }
    }
    assert_eq!(seen, 1_200);
    // known days
    assert_eq!(days(200_001), Ok((10_957, 10_988)));
    assert_eq!(days(202_611), Ok((20_758, 20_788)));
}

#[test]
fn what_is_no_period_fails() {
    for number in [0, 1, 12, 199_912, 200_000, 200_013, 202_613, 202_699, 210_001, 20_261_101, u32::MAX] {
        assert!(!is_period(number), "{number}");
        assert_eq!(days(number), Err(CoreError::Period(number)));
        assert_eq!(admits(number, 20_000, 0), Err(CoreError::Period(number)));
    }
}

#[test]
fn admits_ok() {
    let (first, next) = days(202_611).expect("a period");
    for (day, late, admitted) in [
        (first, 0, true),
        (next - 1, 0, true),
        (next, 0, false),
        (next, u16::MAX, false),
        (u32::MAX, u16::MAX, false),
        (first - 1, 0, false),
        (first - 1, 1, true),
        (first - 31, 31, true),
        (first - 32, 31, false),
        (0, u16::MAX, true),
        (0, 20_757, false),
        (0, 20_758, true),
    ] {
        assert_eq!(admits(202_611, day, late), Ok(admitted), "day {day}, {late} days late");
    }
}
