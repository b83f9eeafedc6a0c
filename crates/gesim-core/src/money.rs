//! Money rules: u64 in the smallest unit, u128 between, every rounding named.

use crate::CoreError;

/// Basis points of a whole.
pub const BASIS_POINTS: u16 = 10_000;

/// What happens to the remainder of a division.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Rounding {
    /// Towards zero: the payer keeps the remainder.
    Floor = 0,
    /// To the nearest, ties to the even neighbour.
    HalfEven = 1,
    /// Away from zero: the payee gets the remainder.
    Ceil = 2,
}

impl TryFrom<u8> for Rounding {
    type Error = u8;

    fn try_from(value: u8) -> Result<Self, u8> {
        match value {
            0 => Ok(Self::Floor),
            1 => Ok(Self::HalfEven),
            2 => Ok(Self::Ceil),
            other => Err(other),
        }
    }
}

/// `numerator / denominator`, rounded as named.
pub fn divide(numerator: u128, denominator: u128, rounding: Rounding) -> Result<u128, CoreError> {
    let quotient = numerator.checked_div(denominator).ok_or(CoreError::DivisionByZero)?;
    let remainder = numerator.checked_rem(denominator).ok_or(CoreError::DivisionByZero)?;
    let up = match rounding {
        Rounding::Floor => false,
        Rounding::Ceil => remainder != 0,
        Rounding::HalfEven => {
            // remainder against denominator - remainder: no doubling that could overflow
            let rest = denominator.saturating_sub(remainder);
            remainder > rest || (remainder == rest && quotient & 1 == 1)
        }
    };
    quotient.checked_add(u128::from(up)).ok_or(CoreError::Overflow)
}

/// `value * numerator / denominator` in 64 bits, rounded as named.
pub fn mul_div(value: u64, numerator: u64, denominator: u64, rounding: Rounding) -> Result<u64, CoreError> {
    let product = u128::from(value).checked_mul(u128::from(numerator)).ok_or(CoreError::Overflow)?;
    u64::try_from(divide(product, u128::from(denominator), rounding)?).map_err(|_| CoreError::Overflow)
}

/// The share of an amount in basis points, rounded down: the rest stays with the payer.
pub fn basis_points(amount: u64, bps: u16) -> Result<u64, CoreError> {
    mul_div(amount, u64::from(bps), u64::from(BASIS_POINTS), Rounding::Floor)
}
