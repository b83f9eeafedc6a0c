//! Amounts of money as people write them: decimals in, integers of the smallest unit out, never a float.

use anyhow::{anyhow, Result};

/// `12.5` with six decimals is 12,500,000.
pub fn parse(text: &str, decimals: u8) -> Result<u64> {
    let bad = |why: &str| anyhow!("`{text}` is not an amount: {why}");
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if whole.is_empty() && fraction.is_empty() {
        return Err(bad("it has no digits"));
    }
    if !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
        return Err(bad("only digits and one point"));
    }
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > usize::from(decimals) {
        return Err(bad(&format!("the token has {decimals} decimals")));
    }
    let digits = format!("{whole}{fraction:0<width$}", width = usize::from(decimals));
    digits.trim_start_matches('0').parse().or_else(|_| match digits.bytes().all(|byte| byte == b'0') {
        true => Ok(0),
        false => Err(bad("it does not fit in 64 bits")),
    })
}

/// 12,500,000 with six decimals is `12.5`.
pub fn format(amount: u64, decimals: u8) -> String {
    let digits = format!("{amount:0>width$}", width = usize::from(decimals) + 1);
    let (whole, fraction) = digits.split_at(digits.len() - usize::from(decimals));
    match fraction.trim_end_matches('0') {
        "" => whole.to_string(),
        fraction => format!("{whole}.{fraction}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_ok() {
        for (text, decimals, amount) in
            [("12.5", 6, 12_500_000), ("0", 6, 0), (".5", 1, 5), ("7", 0, 7), ("1.50", 1, 15), ("00", 2, 0)]
        {
            assert_eq!(parse(text, decimals).expect(text), amount);
        }
        assert_eq!(format(12_500_000, 6), "12.5");
        assert_eq!(format(5, 6), "0.000005");
        assert_eq!(format(70, 0), "70");
        assert_eq!(format(u64::MAX, 0), u64::MAX.to_string());
    }

    #[test]
    fn nonsense_fails() {
        for text in ["", ".", "1.2.3", "-1", "1e3", "1,5", "0.0000001", "18446744073709551616", " 1"] {
            assert!(parse(text, 6).is_err(), "{text}");
        }
    }
}
