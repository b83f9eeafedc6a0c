//! Usage by service and pair of networks.

use std::collections::{BTreeMap, HashSet};

use gesim_core::Tadig;

use super::{too_large, RatingError, Result};
use crate::bwrp::{
    contract::{Group, Service},
    unit::Unit,
    usage::Row,
    Decimal, Direction, Usage,
};

/// Usage of one service and pair of networks.
#[derive(Debug, Clone)]
pub(super) struct Sum {
    pub direction: Direction,
    pub usage: Decimal,
    pub charges: Decimal,
    pub taxes: Decimal,
    pub unit: Option<Unit>,
    /// A row without charges.
    pub uncharged: Option<u64>,
}

pub(super) type Sums<'a> = BTreeMap<&'a str, BTreeMap<(Tadig, Tadig), Sum>>;

pub(super) fn sums(usage: &Usage) -> Result<Sums<'_>> {
    let mut sums = Sums::new();
    let directed = |direction| usage.of(direction).iter().map(move |row| (direction, row));
    for (direction, row) in directed(Direction::Inbound).chain(directed(Direction::Outbound)) {
        let of_service = sums.entry(row.service.as_str()).or_default();
        let empty = Sum {
            direction,
            usage: Decimal::ZERO,
            charges: Decimal::ZERO,
            taxes: Decimal::ZERO,
            unit: row.unit,
            uncharged: None,
        };
        of_service.entry((row.home, row.visitor)).or_insert(empty).add(row)?;
    }
    Ok(sums)
}

impl Sum {
    fn add(&mut self, row: &Row) -> Result<()> {
        let overflow = too_large("the sum of the usage");
        self.usage = self.usage.plus(row.usage).map_err(&overflow)?;
        self.charges = self.charges.plus(row.charges.unwrap_or_default()).map_err(&overflow)?;
        self.taxes = self.taxes.plus(row.taxes.unwrap_or_default()).map_err(&overflow)?;
        if row.charges.is_none() {
            self.uncharged = self.uncharged.or(Some(row.span.0));
        }
        match (self.unit, row.unit) {
            (Some(one), Some(other)) if one != other => Err(unit(&row.service, one, other)),
            (one, other) => {
                self.unit = one.or(other);
                Ok(())
            }
        }
    }
}

pub(super) fn unit(service: &str, contract: Unit, usage: Unit) -> RatingError {
    let [contract, usage] = [contract, usage].map(|unit| unit.to_string().into());
    RatingError::Unit { service: service.into(), contract, usage }
}

/// The networks of a group, to be looked up.
pub(super) struct Networks {
    homes: HashSet<Tadig>,
    visitors: HashSet<Tadig>,
}

impl Networks {
    pub fn new(group: &Group) -> Self {
        Self { homes: group.homes.iter().copied().collect(), visitors: group.visitors.iter().copied().collect() }
    }

    /// Whether the group covers usage of `home`'s subscribers in `visitor`'s network.
    pub fn cover(&self, (home, visitor): (Tadig, Tadig)) -> bool {
        self.homes.contains(&home) && self.visitors.contains(&visitor)
    }
}

/// The pairs of networks with usage that a group's service covers.
pub(super) fn pairs<'s>(
    sums: &'s Sums<'_>,
    networks: &'s Networks,
    service: &Service,
) -> impl Iterator<Item = (Tadig, Tadig)> + 's {
    let found = sums.get(service.name.as_str()).into_iter().flat_map(BTreeMap::keys).copied();
    found.filter(|pair| networks.cover(*pair))
}
