//! Disputes: what the MVNO objects to, lane by lane, and who ends it.

use anyhow::{anyhow, Result};
use clap::Args;
use gesim_client::instructions::settlement as build;
use gesim_core::{money::mul_div, money::Rounding, tariff::sum, Lane};
use settlement::state::{Batch as OnChain, BatchKind};
use solana_signer::Signer;

use super::{BatchShown, Selected};
use crate::{amount, commands::period::Books, context::Context, failure::Hint, parse};

/// Where the whole of a note is disputed: it has no lanes.
const NOTE_LANE: usize = 7;

/// `voice-mo=12.50`: a lane and an amount of the stablecoin.
#[derive(Debug, Clone)]
struct LaneAmount {
    lane: Lane,
    amount: String,
}

impl std::str::FromStr for LaneAmount {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, amount) = text.split_once('=').ok_or_else(|| format!("`{text}` is not LANE=AMOUNT"))?;
        let names = || Lane::ALL.map(Lane::name).join(", ");
        let lane = Lane::ALL.into_iter().find(|lane| lane.name() == name);
        let lane = lane.ok_or_else(|| format!("`{name}` is no lane; lanes are {}", names()))?;
        Ok(Self { lane, amount: amount.into() })
    }
}

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim batch dispute <BATCH> --lane voice-mo=12.50 --lane data=3\n  gesim batch dispute <BATCH> --all\n  gesim batch dispute <NOTE> --amount 4.2\n\nAmounts are of the stablecoin. The rest of the invoice is payable at once."
)]
pub struct Dispute {
    /// Batch folder or address
    batch: Selected,
    /// What is objected to, by lane
    #[arg(long, value_name = "LANE=AMOUNT", required_unless_present_any = ["amount", "all"], conflicts_with_all = ["amount", "all"])]
    lane: Vec<LaneAmount>,
    /// What of a note is objected to
    #[arg(long, conflicts_with = "all")]
    amount: Option<String>,
    /// Everything that can be
    #[arg(long)]
    all: bool,
}

impl Dispute {
    pub fn run(&self, context: &Context) -> Result<()> {
        let chain = context.chain()?;
        let session = chain.session(context);
        let (address, state) = self.batch.fetch(&chain.rpc)?;
        let books = Books::fetch(&chain.rpc, &state.agreement)?;
        let lanes = self.lanes(&state, books.mint.decimals)?;
        let most = state.payable.saturating_sub(state.clawed);
        let disputed = sum(&lanes).map_err(|_| anyhow!("the amounts do not fit in 64 bits"))?;
        if disputed > most {
            let (asked, most) = (books.money(disputed), books.money(most));
            return Err(anyhow!("{asked} is disputed, and only {most} of the batch can be")
                .hint("gesim batch explain tells what each lane costs"));
        }
        let step = build::dispute_batch(chain.me(), state.agreement, address, lanes);
        session.send("dispute batch", &[step], &[])?;
        let (_, state) = self.batch.fetch(&chain.rpc)?;
        context.finish(&session, BatchShown::chain(&address, &state).with_books(&chain.rpc, &state)?)
    }

    fn lanes(&self, state: &OnChain, decimals: u8) -> Result<[u64; 8]> {
        let mut lanes = [0; 8];
        let note = state.kind == BatchKind::Note;
        if self.all {
            return all(state);
        }
        match &self.amount {
            Some(amount) if note => lanes[NOTE_LANE] = amount::parse(amount, decimals)?,
            Some(_) => {
                return Err(anyhow!("--amount is for notes").hint("name the lanes of a batch: --lane voice-mo=12.50"))
            }
            None if note => return Err(anyhow!("a note has no lanes").hint("--amount 12.50, or --all")),
            None => {}
        }
        for LaneAmount { lane, amount } in &self.lane {
            let place = &mut lanes[*lane as usize];
            if *place > 0 {
                return Err(anyhow!("{} is named twice", lane.name()));
            }
            *place = amount::parse(amount, decimals)?;
        }
        Ok(lanes)
    }
}

/// All that can be disputed, shared out as the lanes cost; what rounding leaves goes to the lane that costs most.
fn all(state: &OnChain) -> Result<[u64; 8]> {
    let most = state.payable.saturating_sub(state.clawed);
    let mut lanes = [0; 8];
    let whole = sum(&state.lane_amounts)?;
    if whole == 0 {
        lanes[NOTE_LANE] = most;
        return Ok(lanes);
    }
    for (share, amount) in lanes.iter_mut().zip(state.lane_amounts) {
        *share = mul_div(most, amount, whole, Rounding::Floor)?;
    }
    let left = most - sum(&lanes)?;
    if let Some((dearest, _)) = state.lane_amounts.iter().enumerate().max_by_key(|(_, amount)| **amount) {
        lanes[dearest] += left;
    }
    Ok(lanes)
}

#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  gesim batch resolve <BATCH> --award 1.95 --co-signer mno.json\n\nThe award is what of the disputed part is paid; the rest of it is dropped."
)]
pub struct Resolve {
    /// Batch folder or address
    batch: Selected,
    /// What of the disputed part both sides agree to be paid, in the stablecoin
    #[arg(long)]
    award: String,
    /// The other side's signer
    #[arg(long, value_name = "SIGNER")]
    co_signer: Vec<String>,
}

impl Resolve {
    pub fn run(&self, context: &Context) -> Result<()> {
        let chain = context.chain()?;
        let session = chain.session(context);
        let others = parse::co_signers(&self.co_signer)?;
        let signers = parse::Signers::new(&chain.signer, &others);
        let (address, state) = self.batch.fetch(&chain.rpc)?;
        let books = Books::fetch(&chain.rpc, &state.agreement)?;
        let award = amount::parse(&self.award, books.mint.decimals)?;
        let [first, second] = books.signers(&signers)?;
        let step = build::resolve_batch(books.sides(), books.agreement.mno, state.agreement, address, award);
        session.send("resolve batch", &[step], &[first as &dyn Signer, second])?;
        let (_, state) = self.batch.fetch(&chain.rpc)?;
        context.finish(&session, BatchShown::chain(&address, &state).with_books(&chain.rpc, &state)?)
    }
}

#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  gesim batch award <BATCH> --amount 1.95 --keypair arbiter.json\n\nThe arbiter whom the terms name decides, inside the resolve window."
)]
pub struct Award {
    /// Batch folder or address
    batch: Selected,
    /// What of the disputed part is paid, in the stablecoin
    #[arg(long)]
    amount: String,
}

impl Award {
    pub fn run(&self, context: &Context) -> Result<()> {
        let chain = context.chain()?;
        let session = chain.session(context);
        let (address, state) = self.batch.fetch(&chain.rpc)?;
        let books = Books::fetch(&chain.rpc, &state.agreement)?;
        let award = amount::parse(&self.amount, books.mint.decimals)?;
        let step = build::award_batch(chain.me(), state.agreement, state.terms, address, award);
        session.send("award batch", &[step], &[])?;
        let (_, state) = self.batch.fetch(&chain.rpc)?;
        context.finish(&session, BatchShown::chain(&address, &state).with_books(&chain.rpc, &state)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_and_amounts_ok() {
        let read: LaneAmount = "voice-mo=12.50".parse().expect("is one");
        assert_eq!((read.lane, read.amount.as_str()), (Lane::VoiceMo, "12.50"));
    }

    #[test]
    fn nonsense_fails() {
        for text in ["", "voice-mo", "voice=1", "=1"] {
            assert!(text.parse::<LaneAmount>().is_err(), "{text}");
        }
    }
}
