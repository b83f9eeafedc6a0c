//! Usage and discounts in, deal values and shortfalls out.

use std::collections::HashSet;

use gesim_core::{CoreError, Tadig};

use super::{
    amount,
    price::AMOUNT_PLACES,
    sums::{pairs, sums, unit, Networks, Sums},
    too_large, RatingError, Result,
};
use crate::bwrp::{
    contract::{Basis, Condition, Discount, Group, Service},
    unit::Unit,
    Decimal, Direction, Usage,
};

/// What one party's usage costs by a contract's discounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rated {
    /// By party, in the order of the contract.
    pub parts: Vec<Part>,
    /// What no discount prices: it is settled outside this contract.
    pub unrated: Vec<Unrated>,
}

/// A party's discount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub party: String,
    /// What was committed to, and what counts toward it.
    pub committed: Option<(Decimal, Decimal)>,
    /// What is missing. The lines share it evenly: those included in the commitment, all where charges count.
    pub short: Decimal,
    pub lines: Vec<Line>,
}

/// A service of a group of networks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub service: String,
    pub homes: Vec<Tadig>,
    pub visitors: Vec<Tadig>,
    /// `None`: there was no usage.
    pub direction: Option<Direction>,
    pub usage: Decimal,
    pub deal: Decimal,
    pub short: Decimal,
    pub included: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unrated {
    pub service: String,
    pub home: Tadig,
    pub visitor: Tadig,
    pub direction: Direction,
    pub usage: Decimal,
    pub unit: Option<Unit>,
    pub reason: Reason,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    NotInContract,
    NoPrice,
}

/// Rates `usage` by `discounts`. Months are added up first: tiers, balance and commitments count over the whole file.
pub fn rate(discounts: &[Discount], usage: &Usage) -> Result<Rated> {
    let sums = sums(usage)?;
    let mut priced = HashSet::new();
    let mut named = HashSet::new();
    let mut parts = Vec::with_capacity(discounts.len());
    for discount in discounts {
        let basis = match &discount.condition {
            Condition::Unconditional => Basis::Deal,
            Condition::Revenue(commitment) => commitment.basis,
        };
        let (mut lines, mut counted) = (Vec::new(), Decimal::ZERO);
        for group in &discount.groups {
            let networks = Networks::new(group);
            for service in &group.services {
                let is_priced = service.plan.is_some() || basis == Basis::Contract;
                for key in pairs(&sums, &networks, service) {
                    if is_priced { &mut priced } else { &mut named }.insert((service.name.as_str(), key));
                }
                if is_priced {
                    let (line, count) = line(&sums, discount, (group, &networks), service)?;
                    counted = counted.plus(count).map_err(too_large("the sum of a commitment"))?;
                    lines.push(line);
                }
            }
        }
        parts.push(part(discount, basis, lines, counted)?);
    }
    Ok(Rated { parts, unrated: unrated(&sums, &priced, &named) })
}

/// A service's result, and what of it counts toward the party's commitment.
fn line(
    sums: &Sums<'_>,
    discount: &Discount,
    (group, networks): (&Group, &Networks),
    service: &Service,
) -> Result<(Line, Decimal)> {
    let overflow = too_large("the sum of the usage");
    let mut line = Line {
        service: service.name.clone(),
        homes: group.homes.clone(),
        visitors: group.visitors.clone(),
        direction: None,
        usage: Decimal::ZERO,
        deal: Decimal::ZERO,
        short: Decimal::ZERO,
        included: service.included,
    };
    let (mut charges, mut taxes, mut reverse) = (Decimal::ZERO, Decimal::ZERO, Decimal::ZERO);
    let of_service = sums.get(service.name.as_str());
    let by_charges = matches!(&discount.condition, Condition::Revenue(c) if c.basis == Basis::Contract);
    for ((home, visitor), sum) in of_service.into_iter().flatten() {
        if networks.cover((*visitor, *home)) {
            reverse = reverse.plus(sum.usage).map_err(&overflow)?;
        }
        if !networks.cover((*home, *visitor)) {
            continue;
        }
        if line.direction.is_some_and(|direction| direction != sum.direction) {
            let (party, service) = (discount.party.as_str().into(), service.name.as_str().into());
            return Err(RatingError::Directions { party, service });
        }
        if let (Some(one), Some(other)) = (service.unit, sum.unit) {
            if one != other {
                return Err(unit(&service.name, one, other));
            }
        }
        if let (true, Some(at)) = (by_charges, sum.uncharged) {
            let [home, visitor] = [home, visitor].map(|tadig| tadig.to_string().into());
            return Err(RatingError::Charges { service: service.name.as_str().into(), home, visitor, at });
        }
        line.direction = Some(sum.direction);
        line.usage = line.usage.plus(sum.usage).map_err(&overflow)?;
        charges = charges.plus(sum.charges).map_err(&overflow)?;
        taxes = taxes.plus(sum.taxes).map_err(&overflow)?;
    }
    line.deal = match &service.plan {
        Some(plan) if !by_charges => amount(plan, line.usage, reverse)?,
        _ => charges,
    };
    let counts = by_charges || service.included;
    let with_taxes = matches!(&discount.condition, Condition::Revenue(commitment) if commitment.with_taxes);
    let tax = if with_taxes { taxes } else { Decimal::ZERO };
    let counted = if counts { line.deal.plus(tax).map_err(&overflow)? } else { Decimal::ZERO };
    Ok((line, counted))
}

fn part(discount: &Discount, basis: Basis, mut lines: Vec<Line>, counted: Decimal) -> Result<Part> {
    let Condition::Revenue(commitment) = &discount.condition else {
        return Ok(Part { party: discount.party.clone(), committed: None, short: Decimal::ZERO, lines });
    };
    let overflow = too_large("a commitment");
    let missing = commitment.value.minus(counted).map_err(&overflow)?;
    let missing = if missing.is_negative() { Decimal::ZERO } else { missing };
    let units = missing.scaled(AMOUNT_PLACES).ok_or_else(|| overflow(CoreError::Overflow))?;
    let whole = |units| Decimal::new(units, AMOUNT_PLACES).ok_or_else(|| overflow(CoreError::Overflow));
    // a commitment that names no service is every service's
    let every = basis == Basis::Contract || !lines.iter().any(|line| line.included);
    let sharing = || move |line: &&mut Line| every || line.included;
    let count = lines.iter_mut().filter(sharing()).count() as u64;
    if let (Some(share), Some(rest)) = (units.checked_div(count), units.checked_rem(count)) {
        // the first lines take the units that do not divide, so that the shares add up
        for (index, line) in (0u64..).zip(lines.iter_mut().filter(sharing())) {
            line.short = whole(share.saturating_add(u64::from(index < rest)))?;
        }
    }
    let committed = Some((commitment.value, counted));
    Ok(Part { party: discount.party.clone(), committed, short: whole(units)?, lines })
}

type Keys<'a> = HashSet<(&'a str, (Tadig, Tadig))>;

fn unrated(sums: &Sums<'_>, priced: &Keys<'_>, named: &Keys<'_>) -> Vec<Unrated> {
    let all = sums.iter().flat_map(|(service, pairs)| pairs.iter().map(move |(key, sum)| (*service, key, sum)));
    let left = all.filter(|(service, key, _)| !priced.contains(&(*service, **key)));
    left.map(|(service, key, sum)| Unrated {
        service: service.to_owned(),
        home: key.0,
        visitor: key.1,
        direction: sum.direction,
        usage: sum.usage,
        unit: sum.unit,
        reason: if named.contains(&(service, *key)) { Reason::NoPrice } else { Reason::NotInContract },
    })
    .collect()
}
