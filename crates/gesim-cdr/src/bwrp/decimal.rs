//! Decimal numbers of the files, kept exactly: integers of 10^-20. No binary fraction is anywhere near the money.

use std::fmt;

use gesim_core::{
    money::{divide, Rounding},
    CoreError,
};

/// Decimal places that are kept. A 2^20th, one octet of a binary megabyte, has exactly as many.
pub const PLACES: u32 = 20;
const ONE: i128 = 10i128.pow(PLACES);
/// Largest magnitude of a number in a file, exclusive: sums of a hundred of them still have room.
const LIMIT: i128 = 10i128.pow(15);

/// An exact decimal number.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal(i128);

impl Decimal {
    pub const ZERO: Self = Self(0);
    pub const HUNDRED: Self = Self(100 * ONE);

    /// `value * 10^-places`; `None` where it does not fit.
    pub fn new(value: u64, places: u32) -> Option<Self> {
        let factor = 10i128.checked_pow(PLACES.checked_sub(places)?)?;
        i128::from(value).checked_mul(factor).map(Self)
    }

    /// `numerator / denominator`, rounded half to even at the last place.
    pub fn fraction(numerator: u64, denominator: u64) -> Option<Self> {
        let scaled = u128::from(numerator).checked_mul(ONE.unsigned_abs())?;
        let quotient = divide(scaled, u128::from(denominator), Rounding::HalfEven).ok()?;
        i128::try_from(quotient).ok().map(Self)
    }

    /// A JSON number's text: up to 15 digits before the point and 20 behind it, whatever its exponent.
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => {
                (mantissa, exponent.strip_prefix('+').unwrap_or(exponent).parse::<i32>().ok()?)
            }
            None => (text, 0),
        };
        let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = || whole.bytes().chain(part.bytes());
        if whole.is_empty() || mantissa.ends_with('.') || !digits().all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        // zeros at either end carry no value, but would push the power of ten out of range
        let behind = part.trim_end_matches('0');
        let mut number = whole.bytes().chain(behind.bytes()).skip_while(|digit| *digit == b'0');
        let number = number
            .try_fold(0i128, |sum, digit| sum.checked_mul(10)?.checked_add(i128::from(digit.checked_sub(b'0')?)))?;
        let shift =
            i64::from(PLACES).checked_add(i64::from(exponent))?.checked_sub(i64::try_from(behind.len()).ok()?)?;
        let value = if number == 0 {
            0
        } else if let Ok(up) = u32::try_from(shift) {
            number.checked_mul(10i128.checked_pow(up)?)?
        } else {
            let down = 10i128.checked_pow(u32::try_from(shift.checked_neg()?).ok()?)?;
            (number.checked_rem(down)? == 0).then(|| number.checked_div(down))??
        };
        let limit = LIMIT.checked_mul(ONE)?;
        let value = if negative { value.checked_neg()? } else { value };
        (-limit < value && value < limit).then_some(Self(value))
    }

    /// In whole units of `10^-places`, rounded half to even; `None` for what is negative or does not fit.
    pub fn scaled(self, places: u32) -> Option<u64> {
        let factor = 10u128.checked_pow(PLACES.checked_sub(places)?)?;
        let value = divide(u128::try_from(self.0).ok()?, factor, Rounding::HalfEven).ok()?;
        u64::try_from(value).ok()
    }

    /// Decimal places that are not zero.
    pub fn places(self) -> u32 {
        let mut rest = self.0;
        let mut places = PLACES;
        while places > 0 && rest % 10 == 0 {
            rest /= 10;
            places = places.saturating_sub(1);
        }
        places
    }

    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    pub fn abs(self) -> Self {
        Self(self.0.saturating_abs())
    }

    pub fn plus(self, other: Self) -> Result<Self, CoreError> {
        self.0.checked_add(other.0).map(Self).ok_or(CoreError::Overflow)
    }

    pub fn minus(self, other: Self) -> Result<Self, CoreError> {
        self.0.checked_sub(other.0).map(Self).ok_or(CoreError::Overflow)
    }

    /// `self * factor / divisor` for whole factors, rounded half to even at the last place.
    pub fn times(self, factor: u64, divisor: u64) -> Result<Self, CoreError> {
        let product = self.0.unsigned_abs().checked_mul(u128::from(factor)).ok_or(CoreError::Overflow)?;
        let value = divide(product, u128::from(divisor), Rounding::HalfEven)?;
        let value = i128::try_from(value).map_err(|_| CoreError::Overflow)?;
        Ok(Self(if self.0 < 0 { value.saturating_neg() } else { value }))
    }

    /// `self / whole` in percent with twelve places, cut off. Nothing of nothing is 0, something of nothing 100.
    pub fn percent_of(self, whole: Self) -> Result<Self, CoreError> {
        if whole.is_zero() {
            return Ok(if self.is_zero() { Self::ZERO } else { Self::HUNDRED });
        }
        let divisor = whole.0.unsigned_abs();
        let dividend = self.0.unsigned_abs().checked_mul(100).ok_or(CoreError::Overflow)?;
        let (mut quotient, mut rest) = (dividend / divisor, dividend % divisor);
        for _ in 0..12 {
            rest = rest.checked_mul(10).ok_or(CoreError::Overflow)?;
            quotient =
                quotient.checked_mul(10).and_then(|q| q.checked_add(rest / divisor)).ok_or(CoreError::Overflow)?;
            rest %= divisor;
        }
        let value = quotient.checked_mul(10u128.pow(PLACES.saturating_sub(12))).ok_or(CoreError::Overflow)?;
        let value = i128::try_from(value).map_err(|_| CoreError::Overflow)?;
        Ok(Self(if (self.0 < 0) == (whole.0 < 0) { value } else { value.saturating_neg() }))
    }
}

/// Every digit that there is, no exponent, no zeros at the end: a JSON number.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (one, value) = (ONE.unsigned_abs(), self.0.unsigned_abs());
        let sign = if self.0 < 0 { "-" } else { "" };
        let part = format!("{:020}", value % one);
        let part = part.trim_end_matches('0');
        let point = if part.is_empty() { "" } else { "." };
        f.pad(&format!("{sign}{}{point}{part}", value / one))
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
