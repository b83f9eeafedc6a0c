//! Billing periods: calendar months, written YYYYMM, and the days they are made of.

use crate::CoreError;

/// Whether it is a month between 2000 and 2099: TAP's own century, and no room for a day or a typing error.
pub const fn is_period(period: u32) -> bool {
    let (year, month) = (period / 100, period % 100);
    year >= 2000 && year < 2100 && month >= 1 && month <= 12
}

/// Days since 1970-01-01 of the period's first day, and of the first day behind it.
pub const fn days(period: u32) -> Result<(u32, u32), CoreError> {
    if !is_period(period) {
        return Err(CoreError::Period(period));
    }
    let (year, month) = (period / 100, period % 100);
    let next = if month == 12 { first_day(year.wrapping_add(1), 1) } else { first_day(year, month.wrapping_add(1)) };
    Ok((first_day(year, month), next))
}

/// Whether a record that began on `day` may be billed in the period: inside it, or at most `late_days` before it.
pub const fn admits(period: u32, day: u32, late_days: u16) -> Result<bool, CoreError> {
    match days(period) {
        Ok((first, next)) => Ok(day < next && day >= first.saturating_sub(late_days as u32)),
        Err(error) => Err(error),
    }
}

/// Days from 1970-01-01 to the first of a month of the years 2000 to 2100: every fourth year is a leap year, but 2100.
const fn first_day(year: u32, month: u32) -> u32 {
    const BEFORE: [u32; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let years = year.wrapping_sub(2000);
    let leaps = years.wrapping_add(3) / 4;
    let leap_passed = (years.is_multiple_of(4) && years < 100 && month > 2) as u32;
    let month = BEFORE[(month.wrapping_sub(1) % 12) as usize];
    10_957u32.wrapping_add(years.wrapping_mul(365)).wrapping_add(leaps).wrapping_add(month).wrapping_add(leap_passed)
}
