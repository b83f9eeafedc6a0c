//! Exchange rates as arguments.

use std::str::FromStr;

use clap::Args;
use settlement::ExchangeRate;

/// `1000` or `1000/3`: smallest stablecoin units for one tariff unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fraction(u64, u64);

impl FromStr for Fraction {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("`{text}` is not a rate: write N or N/D, both above zero");
        let (numerator, denominator) = text.split_once('/').unwrap_or((text, "1"));
        let read = |text: &str| text.parse::<u64>().ok().filter(|number| *number > 0).ok_or_else(bad);
        Ok(Self(read(numerator)?, read(denominator)?))
    }
}

/// YYYYMMDD of a day that exists.
fn date(text: &str) -> Result<u32, String> {
    let bad = || format!("`{text}` is not a day: write YYYYMMDD");
    let digits: u32 = text.parse().ok().filter(|_| text.len() == 8).ok_or_else(bad)?;
    let year = i32::try_from(digits / 10_000).map_err(|_| bad())?;
    let month = u8::try_from(digits / 100 % 100).ok().and_then(|month| time::Month::try_from(month).ok());
    let day = u8::try_from(digits % 100).map_err(|_| bad())?;
    time::Date::from_calendar_date(year, month.ok_or_else(bad)?, day).map_err(|_| bad())?;
    (2000..2100).contains(&year).then_some(digits).ok_or_else(bad)
}

#[derive(Args, Debug)]
pub struct RateArg {
    /// Smallest stablecoin units for one tariff unit: N or N/D
    #[arg(long, value_name = "N/D")]
    rate: Fraction,
    /// Day on which the terms' source published it, YYYYMMDD
    #[arg(long, value_name = "YYYYMMDD", value_parser = date)]
    date: u32,
}

impl From<&RateArg> for ExchangeRate {
    fn from(arg: &RateArg) -> Self {
        let Fraction(numerator, denominator) = arg.rate;
        Self { numerator, denominator, date: arg.date }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_and_days_ok() {
        assert_eq!("1000".parse(), Ok(Fraction(1_000, 1)));
        assert_eq!("108/100".parse(), Ok(Fraction(108, 100)));
        assert_eq!(date("20240229"), Ok(20_240_229));
    }

    #[test]
    fn nonsense_fails() {
        for text in ["", "0", "1/0", "1.5", "-1", "1/2/3", "18446744073709551616"] {
            assert!(text.parse::<Fraction>().is_err(), "{text}");
        }
        for text in ["20230229", "20261301", "202611", "19991231", "2026-1-1"] {
            assert!(date(text).is_err(), "{text}");
        }
    }
}
