//! How many requests an address may make: a bucket that fills evenly and holds a minute's worth.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, PoisonError},
    time::Instant,
};

/// Addresses that are remembered.
const MOST: usize = 65_536;

pub struct Limit {
    per_minute: u32,
    buckets: Mutex<HashMap<IpAddr, (f64, Instant)>>,
}

impl Limit {
    /// Zero is no limit.
    pub fn new(per_minute: u32) -> Self {
        Self { per_minute, buckets: Mutex::default() }
    }

    /// Takes one request off the address's bucket, unless it is empty.
    pub fn take(&self, address: IpAddr, now: Instant) -> bool {
        let full = f64::from(self.per_minute);
        if self.per_minute == 0 {
            return true;
        }
        let level = |(left, at): (f64, Instant)| {
            let filled = now.saturating_duration_since(at).as_secs_f64() * full / 60.0;
            (left + filled).min(full)
        };
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST {
            buckets.retain(|_, bucket| level(*bucket) < full);
            // An attack from more addresses than that: the newcomer waits.
            if buckets.len() >= MOST {
                return false;
            }
        }
        let bucket = buckets.entry(subscriber(address)).or_insert((full, now));
        let left = level(*bucket);
        *bucket = ((left - 1.0).max(0.0), now);
        left >= 1.0
    }
}

/// Whoever has one IPv6 address has 2^64 of them.
fn subscriber(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => v4.into(),
            None => Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX)).into(),
        },
        v4 => v4,
    }
}
