//! Durations and addresses as text.

use std::{net::SocketAddr, time::Duration};

use serde::{de::Error, Deserialize, Deserializer};

/// `250ms`, `10s`, `5m`, `1h`: a whole number and its unit, at most a week.
pub fn parse_duration(text: &str) -> Option<Duration> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits)?;
    let unit = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    let milliseconds = number.parse::<u64>().ok()?.checked_mul(unit)?;
    (milliseconds <= 7 * 24 * 3_600_000).then(|| Duration::from_millis(milliseconds))
}

pub fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse_duration(&text).ok_or_else(|| {
        D::Error::custom(format!("{text:?} is not a time: a whole number with ms, s, m or h, up to 168h"))
    })
}

/// Whether it can be connected to, as far as its form says.
pub fn is_host_port(text: &str) -> bool {
    if text.parse::<SocketAddr>().is_ok_and(|address| address.port() != 0) {
        return true;
    }
    let Some((host, port)) = text.rsplit_once(':') else { return false };
    let host = host.parse::<crate::hello::ServerName>().is_ok();
    host && port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port != 0)
}
