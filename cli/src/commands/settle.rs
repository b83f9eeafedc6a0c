use std::fmt;

use anyhow::{anyhow, Result};
use clap::Args;
use escrow::state::Pool;
use gesim_client::{fetch, instructions::settlement as build, pools, token::MintInfo};
use serde::Serialize;
use settlement::state::{Agreement, BatchState};
use solana_pubkey::Pubkey;

use super::batch::Selected;
use crate::{amount, context::Context, failure::Hint, output::as_text};

#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  gesim settle <BATCH>\n\nAnyone may ask for payment of an accepted batch, or of an opened one whose dispute window is over."
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
}

impl fmt::Display for Settled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let money = |units| amount::format(units, self.decimals);
        writeln!(f, "Batch {}: {}", self.batch, self.state)?;
        writeln!(f, "  paid {} of {}", money(self.paid), money(self.payable))?;
        let Payouts { mno, margin, prover } = &self.payouts;
        writeln!(f, "  now: MNO {}, margin {}, prover {}", money(*mno), money(*margin), money(*prover))
    }
}

impl Settle {
    pub fn run(&self, context: &Context) -> Result<()> {
        let chain = context.chain()?;
        let session = chain.session(context);
        let (address, mut state) = self.batch.fetch(&chain.rpc)?;
        let agreement: Agreement = fetch::fetch(&chain.rpc, "agreement", &state.agreement)?;
        let mint = MintInfo::fetch(&chain.rpc, &agreement.mint)?;
        let pools: Vec<(Pubkey, Pool)> = match self.pool {
            Some(pool) => vec![(pool, fetch::fetch(&chain.rpc, "pool", &pool)?)],
            None => pools::of_agreement(&chain.rpc, &state.agreement)?
                .into_iter()
                .filter(|(_, pool)| pool.wholesale > 0 || pool.margin_due > 0)
                .collect(),
        };
        if pools.is_empty() {
            return Err(anyhow!("no pool of the agreement holds anything that is earned")
                .hint("subscribers earn it for the operator by activating: gesim entitlement activate"));
        }
        let mut payouts = Payouts::default();
        for (pool, before) in pools {
            let payer = build::Payer { pool, state: &before };
            session.send("settle batch", &[build::settle_batch(address, &state, &agreement, &payer)], &[])?;
            let after: Pool = fetch::fetch(&chain.rpc, "pool", &pool)?;
            payouts.mno += after.total_mno - before.total_mno;
            payouts.margin += after.total_treasury - before.total_treasury;
            payouts.prover += after.total_prover - before.total_prover;
            state = fetch::fetch(&chain.rpc, "batch", &address)?;
            if state.state == BatchState::Settled {
                break;
            }
        }
        let settled = Settled {
            batch: address.to_string(),
            state: format!("{:?}", state.state).to_lowercase(),
            payable: state.payable,
            paid: state.paid,
            payouts,
            decimals: mint.decimals,
        };
        context.finish(&session, settled)
    }
}
