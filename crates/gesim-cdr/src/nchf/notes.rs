//! What is said about a file's requests besides their sums.

use std::collections::BTreeMap;

use super::{request::Request, value::Extensions};

/// Networks that are told apart; the rest is counted together.
const MAX_NETWORKS: usize = 32;

#[derive(Debug, Default)]
pub(super) struct Notes {
    pub requests: u64,
    pub without_usage: u64,
    /// Containers without a number that their service is billed by.
    pub uncounted: u64,
    overlaps: u64,
    resent: u64,
    networks: BTreeMap<String, u64>,
    pub extensions: Extensions,
}

impl Notes {
    pub fn add(&mut self, request: &Request) {
        self.overlaps += u64::from(request.overlap);
        self.resent += u64::from(request.resent);
        let network = request.network.as_deref().unwrap_or("not named");
        let known = self.networks.contains_key(network) || self.networks.len() < MAX_NETWORKS;
        *self.networks.entry(if known { network } else { "others" }.to_owned()).or_default() += 1;
    }

    pub fn remarks(&self) -> Vec<String> {
        let mut remarks = vec![format!("{} requests, {} without usage", self.requests, self.without_usage)];
        let networks: Vec<_> = self.networks.iter().map(|(name, count)| format!("{name} {count}")).collect();
        remarks.push(format!("serving networks: {}", networks.join(", ")));
        if self.overlaps > 0 {
            let how = "by QoS flow and by rating group: the former is counted";
            remarks.push(format!("{} requests count their traffic {how}", self.overlaps));
        }
        if self.resent > 0 {
            remarks.push(format!("{} requests were sent again: look for them in earlier files", self.resent));
        }
        if self.uncounted > 0 {
            remarks.push(format!("{} containers count neither octets nor seconds of their service", self.uncounted));
        }
        remarks.extend(self.extensions.remark());
        remarks
    }
}
