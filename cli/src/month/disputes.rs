use anyhow::Result;
use gesim_cdr::reconcile::{Reconciler, Report, Tolerance, Verdict};
use gesim_client::{
    fetch,
    instructions::settlement::{self as build},
    Session, SvmTransport,
};
use gesim_core::{
    layout::LANES,
    money::{mul_div, Rounding},
    Lane,
};
use serde::Serialize;
use settlement::state::{Batch as OnChain, BatchState};
use solana_signer::Signer;

use super::{
    books::{settle, OwnBatch},
    cast::{Cast, DECIMALS},
    market::{Direction, Pools, RATE, TERMS},
    traffic::{home_records, visited_records, Traffic},
};
use crate::{amount, files::refused};

/// Compares each file with what the home side knows of it.
pub fn reconcile(traffic: &Traffic) -> Result<Vec<Report>> {
    traffic
        .pairs
        .iter()
        .map(|pair| {
            let mut reconciler = Reconciler::new(Tolerance::default());
            reconciler.home(home_records(pair)?).map_err(refused)?;
            reconciler.visited(visited_records(pair)?).map_err(refused)?;
            Ok(reconciler.finish())
        })
        .collect()
}

/// What was disputed, and what became of it.
#[derive(Serialize, Debug, Clone, Default)]
#[serde(rename_all = "camelCase")]
pub struct Disputed {
    /// Records that the two sides do not agree on.
    pub records: u64,
    pub batches: u32,
    pub amount: String,
    /// Paid while the rest was disputed.
    pub paid_at_once: String,
    pub agreed: u32,
    pub arbitrated: u32,
    pub given_up: u32,
    pub timed_out: u32,
    pub dropped: String,
}

/// The lanes' units that the home side does not know.
fn unknown_units(report: &Report) -> [u64; LANES] {
    let mut units = [0u64; LANES];
    for difference in &report.differences {
        let lane = Lane::ALL.iter().position(|lane| lane.name() == difference.lane);
        let (Some(lane), Some(visited)) = (lane, difference.visited) else { continue };
        let home = difference.home.filter(|_| difference.verdict == Verdict::Differs).map_or(0, |home| home.units);
        units[lane] += visited.units.saturating_sub(home);
    }
    units
}

/// The share of a batch's lane amounts that is unknown, in stablecoin.
fn amounts(batch: &OnChain, units: &[u64; LANES]) -> Result<[u64; LANES]> {
    let mut amounts = [0; LANES];
    for lane in 0..LANES {
        let total = batch.lane_totals[lane];
        if total > 0 && units[lane] > 0 {
            let share = mul_div(batch.lane_amounts[lane], units[lane].min(total), total, Rounding::Floor)?;
            amounts[lane] = mul_div(share, RATE.numerator, RATE.denominator, Rounding::Floor)?;
        }
    }
    Ok(amounts)
}

/// Disputes, pays the undisputed part of everything, ends the disputes in all four ways, and pays the rest.
pub fn run(
    session: &Session,
    svm: &SvmTransport,
    cast: &Cast,
    directions: &[Direction; 2],
    pools: &Pools,
    batches: &[OwnBatch],
    reports: &[Report],
) -> Result<Disputed> {
    let mut told = Disputed::default();
    let (mut sum, mut at_once, mut dropped) = (0u64, 0u64, 0u64);
    for (own, report) in batches.iter().zip(reports) {
        let direction = &directions[own.direction];
        let buyer = &cast.operators[direction.buyer()].key;
        let address = own.at.address();
        let state: OnChain = fetch::fetch(session.transport, "batch", &address)?;
        let lanes = amounts(&state, &unknown_units(report))?;
        told.records += report.differing + report.only_visited;
        let amount: u64 = lanes.iter().sum();
        let step = match amount {
            0 => build::accept_batch(buyer.pubkey(), direction.agreement, address),
            _ => build::dispute_batch(buyer.pubkey(), direction.agreement, address, lanes),
        };
        session.send("answer invoice", &[step], &[buyer])?;
        let paid = settle(session, &address, &pools.of[own.direction])?;
        if amount > 0 {
            told.batches += 1;
            sum += amount;
            at_once += paid.paid;
        }
    }
    for (number, own) in batches.iter().enumerate().filter(|(number, _)| number % 4 != 3) {
        end(session, cast, &directions[own.direction], own, number % 4, &mut told)?;
    }
    // nobody decides the others: their time runs out
    let window = directions[0].contract.frame.resolve_window;
    svm.advance(i64::from(window) + 1)?;
    for (number, own) in batches.iter().enumerate() {
        let address = own.at.address();
        let state: OnChain = fetch::fetch(session.transport, "batch", &address)?;
        if state.state == BatchState::Disputed {
            session.send("let dispute lapse", &[build::expire_batch(address, &state)], &[])?;
            told.timed_out += u32::from(number % 4 == 3);
        }
        let settled = settle(session, &address, &pools.of[own.direction])?;
        anyhow::ensure!(settled.state == BatchState::Settled, "batch {number} is not paid: the pools are too poor");
        dropped += settled.invoice - settled.payable;
    }
    let text = |amount| amount::format(amount, DECIMALS);
    (told.amount, told.paid_at_once, told.dropped) = (text(sum), text(at_once), text(dropped));
    Ok(told)
}

/// Ends a dispute: by both sides at half, by the arbiter who drops it, or by the buyer who gives in.
fn end(
    session: &Session,
    cast: &Cast,
    direction: &Direction,
    own: &OwnBatch,
    way: usize,
    told: &mut Disputed,
) -> Result<()> {
    let address = own.at.address();
    let state: OnChain = fetch::fetch(session.transport, "batch", &address)?;
    if state.state != BatchState::Disputed {
        return Ok(());
    }
    let [seller, buyer] = [direction.seller, direction.buyer()].map(|at| &cast.operators[at].key);
    match way {
        0 => {
            let award = state.disputed / 2;
            let step = build::resolve_batch(direction.sides(cast), direction.mno, direction.agreement, address, award);
            session.send("correct invoice", &[step], &[seller, buyer])?;
            told.agreed += 1;
        }
        1 => {
            let step = build::award_batch(cast.arbiter.pubkey(), direction.agreement, TERMS, address, 0);
            session.send("arbitrate", &[step], &[&cast.arbiter])?;
            told.arbitrated += 1;
        }
        _ => {
            let step = build::accept_batch(buyer.pubkey(), direction.agreement, address);
            session.send("give in", &[step], &[buyer])?;
            told.given_up += 1;
        }
    }
    Ok(())
}
