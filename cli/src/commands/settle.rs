use std::fmt;

use anyhow::{anyhow, Result};
use clap::Args;
use escrow::state::Pool;
use gesim_client::{fetch, instructions::settlement as build, pools, Transport};
use serde::Serialize;
use settlement::state::BatchState;
use solana_pubkey::Pubkey;

use super::{batch::Selected, period::Books};
use crate::{amount, context::Context, failure::Hint, output::as_text};

#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  gesim settle <BATCH>\n\nAnyone may ask for payment of an accepted batch, of an opened one whose dispute window is over, and of what is not\ndisputed of a disputed one. What the operator owes back is set off first: that money stays in the pool."
)]
pub struct Settle {
    /// Batch folder or address
    batch: Selected,
    /// Pool to pay from [default: every pool of the agreement that holds something, in turn]
    #[arg(long, value_name = "ADDRESS")]
    pool: Option<Pubkey>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Settled {
    batch: String,
    state: String,
    #[serde(serialize_with = "as_text")]
    payable: u64,
    #[serde(serialize_with = "as_text")]
    paid: u64,
    #[serde(serialize_with = "as_text")]
    set_off: u64,
    /// Locked until the dispute ends.
    #[serde(serialize_with = "as_text")]
    disputed: u64,
    payouts: Payouts,
    #[serde(skip)]
    decimals: u8,
}

/// What this command moved.
#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
struct Payouts {
    #[serde(serialize_with = "as_text")]
    mno: u64,
    #[serde(serialize_with = "as_text")]
    margin: u64,
    #[serde(serialize_with = "as_text")]
    prover: u64,
    /// Not moved, because the MNO owed it.
    #[serde(serialize_with = "as_text")]
    set_off: u64,
}

impl fmt::Display for Settled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let money = |units| amount::format(units, self.decimals);
        writeln!(f, "Batch {}: {}", self.batch, self.state)?;
        writeln!(f, "  paid {} and set off {} of {}", money(self.paid), money(self.set_off), money(self.payable))?;
        if self.disputed > 0 {
            writeln!(f, "  {} more is disputed and waits", money(self.disputed))?;
        }
        let Payouts { mno, margin, prover, set_off } = self.payouts;
        let now = [mno, margin, prover, set_off].map(money);
        let [mno, margin, prover, set_off] = &now;
        writeln!(f, "  now: MNO {mno}, margin {margin}, prover {prover}, set off {set_off}")
    }
}

impl Settle {
    pub fn run(&self, context: &Context) -> Result<()> {
        let chain = context.chain()?;
        let session = chain.session(context);
        let (address, mut state) = self.batch.fetch(&chain.rpc)?;
        let books = Books::fetch(&chain.rpc, &state.agreement)?;
        if state.state == BatchState::Disputed && state.due()? == 0 {
            return Err(anyhow!("what is not disputed of the batch is paid; {} waits", books.money(state.disputed))
                .hint("the dispute ends by gesim batch resolve, award, accept or expire"));
        }
        let pools = self.pools(&chain.rpc, &books)?;
        let set_off_before = state.set_off;
        let mut payouts = Payouts::default();
        for (pool, before) in pools {
            let payer = build::Payer { pool, state: &before };
            session.send("settle batch", &[build::settle_batch(address, &state, &books.agreement, &payer)], &[])?;
            let after: Pool = fetch::fetch(&chain.rpc, "pool", &pool)?;
            payouts.mno += after.total_mno - before.total_mno;
            payouts.margin += after.total_treasury - before.total_treasury;
            payouts.prover += after.total_prover - before.total_prover;
            state = fetch::fetch(&chain.rpc, "batch", &address)?;
            if state.state == BatchState::Settled || state.due()? == 0 {
                break;
            }
        }
        payouts.set_off = state.set_off - set_off_before;
        let settled = Settled {
            batch: address.to_string(),
            state: format!("{:?}", state.state).to_lowercase(),
            payable: state.payable,
            paid: state.paid,
            set_off: state.set_off,
            disputed: state.disputed,
            payouts,
            decimals: books.mint.decimals,
        };
        context.finish(&session, settled)
    }

    fn pools(&self, rpc: &dyn Transport, books: &Books) -> Result<Vec<(Pubkey, Pool)>> {
        if let Some(pool) = self.pool {
            return Ok(vec![(pool, pools::fetch(rpc, &pool)?)]);
        }
        let mut found = pools::of_agreement(rpc, &books.address)?;
        // What is owed can be set off beside any pool: the richest first.
        found.sort_by_key(|(_, pool)| std::cmp::Reverse(pool.wholesale));
        let owes = books.agreement.owed > 0;
        found.retain(|(_, pool)| owes || pool.wholesale > 0 || pool.margin_due > 0);
        match found.is_empty() {
            true => Err(anyhow!("no pool of the agreement holds anything that is earned")
                .hint("subscribers earn it for the operator by activating: gesim entitlement activate")),
            false => Ok(found),
        }
    }
}
