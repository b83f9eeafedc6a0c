//! Times of a certificate: UTCTime before 2050, GeneralizedTime from then on, always in seconds and UTC.

use crate::{
    der::{Reader, GENERALIZED_TIME, UTC_TIME},
    CertError,
};

/// The next time, as unix seconds.
pub fn read(reader: &mut Reader<'_>) -> Result<i64, CertError> {
    let value = reader.value()?;
    let (year, rest) = match (value.tag, value.content) {
        (UTC_TIME, [a, b, rest @ ..]) => match two(*a, *b)? {
            // the two digits run from 1950 to 2049; certificates of this profile are none of the last century
            year @ 0..=49 => (year.saturating_add(2_000), rest),
            _ => return Err(CertError::Time),
        },
        (GENERALIZED_TIME, [a, b, c, d, rest @ ..]) => {
            let year = two(*a, *b)?.saturating_mul(100).saturating_add(two(*c, *d)?);
            match year < 2_050 {
                true => return Err(CertError::Time),
                false => (year, rest),
            }
        }
        (UTC_TIME | GENERALIZED_TIME, _) => return Err(CertError::Time),
        _ => return Err(CertError::Tag),
    };
    let [m1, m2, d1, d2, h1, h2, n1, n2, s1, s2, b'Z'] = *rest else { return Err(CertError::Time) };
    let (month, day) = (two(m1, m2)?, two(d1, d2)?);
    let (hour, minute, second) = (two(h1, h2)?, two(n1, n2)?, two(s1, s2)?);
    if day == 0 || day > days_in(year, month)? || hour > 23 || minute > 59 || second > 59 {
        return Err(CertError::Time);
    }
    let of_day = hour.saturating_mul(3_600).saturating_add(minute.saturating_mul(60)).saturating_add(second);
    Ok(days_before(year, month)?.saturating_add(day).saturating_sub(1).saturating_mul(86_400).saturating_add(of_day))
}

fn two(tens: u8, ones: u8) -> Result<i64, CertError> {
    let digit = |octet: u8| match octet {
        b'0'..=b'9' => Ok(i64::from(octet & 0x0F)),
        _ => Err(CertError::Time),
    };
    Ok(digit(tens)?.saturating_mul(10).saturating_add(digit(ones)?))
}

const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i64, month: i64) -> Result<i64, CertError> {
    match month {
        2 if is_leap(year) => Ok(29),
        2 => Ok(28),
        4 | 6 | 9 | 11 => Ok(30),
        1..=12 => Ok(31),
        _ => Err(CertError::Time),
    }
}

/// Days from 1970-01-01 to the first of the month, for years from 1970 on.
fn days_before(year: i64, month: i64) -> Result<i64, CertError> {
    const EPOCH: i64 = 719_162;
    let past = year.saturating_sub(1);
    let leaps = (past / 4).saturating_sub(past / 100).saturating_add(past / 400);
    let mut days = past.saturating_mul(365).saturating_add(leaps).saturating_sub(EPOCH);
    for earlier in 1..month {
        days = days.saturating_add(days_in(year, earlier)?);
    }
    Ok(days)
}
