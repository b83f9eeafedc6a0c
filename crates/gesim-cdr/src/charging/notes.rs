//! What is said about a file's records besides their sums.

use std::collections::BTreeMap;

use super::{cdr::Cdr, file::Frame, header::FileHeader};

/// Networks that are told apart; the rest is counted together.
const MAX_NETWORKS: usize = 32;

/// What a person should know about the records.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// Members of a later release.
    pub later: u64,
    overlaps: u64,
    resent: u64,
    incomplete: u64,
    kinds: BTreeMap<&'static str, u64>,
    specifications: BTreeMap<&'static str, u64>,
    networks: BTreeMap<String, u64>,
}

impl Notes {
    pub fn add(&mut self, cdr: &Cdr, frame: &Frame) {
        self.overlaps += u64::from(cdr.volumes.overlap());
        self.resent += u64::from(cdr.resent);
        self.incomplete += u64::from(cdr.incomplete);
        *self.kinds.entry(cdr.writer.name()).or_default() += 1;
        *self.specifications.entry(frame.header.specification).or_default() += 1;
        let network = cdr.serving_plmn.as_deref().unwrap_or("not named");
        match self.networks.get_mut(network) {
            Some(count) => *count += 1,
            None => {
                let network = if self.networks.len() < MAX_NETWORKS { network } else { "others" };
                *self.networks.entry(network.to_owned()).or_default() += 1;
            }
        }
    }

    pub fn remarks(&self, header: &FileHeader) -> Vec<String> {
        let list = |counts: Vec<(&str, u64)>| {
            counts.into_iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
        };
        let mut remarks = vec![format!("written by {}, {}", header.node, header.closed)];
        if let (Some(opened), Some(appended)) = (header.opened, header.appended) {
            remarks.push(format!("opened {opened}, last record {appended}"));
        }
        remarks.extend(header.lost_text());
        if header.file_length.is_none() || header.records.is_none() {
            remarks.push("the file header does not state both length and number of records".into());
        }
        if !self.kinds.is_empty() {
            remarks.push(format!("records: {}", list(self.kinds.iter().map(|(k, n)| (*k, *n)).collect())));
            let names = self.specifications.iter().map(|(k, n)| (*k, *n)).collect();
            remarks.push(format!("specifications: {}", list(names)));
            let names = self.networks.iter().map(|(k, n)| (k.as_str(), *n)).collect();
            remarks.push(format!("serving networks: {}", list(names)));
        }
        if self.overlaps > 0 {
            let how = "by bearer or QoS flow and by service: the former is counted";
            remarks.push(format!("{} records count their traffic {how}", self.overlaps));
        }
        if self.resent > 0 {
            remarks.push(format!("{} records were sent again: look for them in earlier files", self.resent));
        }
        if self.incomplete > 0 {
            remarks.push(format!("{} records say that part of their session was lost", self.incomplete));
        }
        if self.later > 0 {
            remarks.push(format!("{} members of a later release were passed over", self.later));
        }
        remarks
    }
}
