//! Volumes of a record's containers. A container may count the same traffic by bearer, by service and by QoS flow:
//! one of the three is billed.

use crate::error::{CdrError, ErrorKind, Result};

/// Sums of one kind of container.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sum {
    pub containers: u64,
    octets: Option<u64>,
    seconds: Option<u64>,
}

/// What one container counts, where it stands.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Container {
    pub at: u64,
    pub total: Option<u64>,
    pub up: Option<u64>,
    pub down: Option<u64>,
    pub seconds: Option<u64>,
}

impl Container {
    /// Octets up and down. A total that is stated has to be their sum.
    pub fn octets(&self) -> Result<Option<u64>> {
        let fail = |kind| Err(CdrError::new(self.at, kind));
        let parts = match (self.up, self.down) {
            (None, None) => return Ok(self.total),
            (up, down) => match up.unwrap_or(0).checked_add(down.unwrap_or(0)) {
                Some(parts) => parts,
                None => return fail(ErrorKind::Sum("volumes")),
            },
        };
        let whole = self.up.is_some() && self.down.is_some();
        match self.total {
            Some(total) if (whole && total != parts) || total < parts => {
                let (what, value) = ("dataTotalVolume".into(), total.to_string().into());
                fail(ErrorKind::Invalid { what, value, expected: format!("uplink and downlink: {parts}").into() })
            }
            total => Ok(Some(total.unwrap_or(parts))),
        }
    }
}

impl Sum {
    pub fn add(&mut self, container: &Container) -> Result<()> {
        let fail = |what| CdrError::new(container.at, ErrorKind::Sum(what));
        self.containers += 1;
        if let Some(octets) = container.octets()? {
            let sum = self.octets.unwrap_or(0).checked_add(octets).filter(|sum| i64::try_from(*sum).is_ok());
            self.octets = Some(sum.ok_or_else(|| fail("volumes"))?);
        }
        if let Some(seconds) = container.seconds {
            let sum = self.seconds.unwrap_or(0).checked_add(seconds);
            self.seconds = Some(sum.ok_or_else(|| fail("times"))?);
        }
        Ok(())
    }
}

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Volumes {
    /// By bearer: `listOfTrafficVolumes`.
    pub bearer: Sum,
    /// By rating group: `listOfServiceData`, `usedUnitContainers`.
    pub service: Sum,
    /// By QoS flow, for the other network: `multipleQFIcontainer`.
    pub flow: Sum,
}

impl Volumes {
    /// Whether the same traffic is counted more than once.
    pub fn overlap(&self) -> bool {
        [self.bearer, self.service, self.flow].iter().filter(|sum| sum.octets.is_some()).count() > 1
    }

    /// Between operators the bearer or QoS flow counts (TS 32.255: QoS flow based charging is what the visited
    /// network bills); the parts by service are the home network's retail view and the fallback.
    fn chosen(&self) -> Sum {
        let counted = |sum: &Sum| sum.octets.is_some();
        [self.flow, self.bearer, self.service].into_iter().find(counted).unwrap_or_default()
    }

    /// No container: nothing was used.
    pub fn octets(&self) -> u64 {
        self.chosen().octets.unwrap_or(0)
    }

    pub fn seconds(&self) -> Option<u64> {
        self.service.seconds
    }
}
