//! Exchange rates of periods, on-chain.

use std::fmt;

use anyhow::Result;
use clap::Subcommand;
use gesim_client::{addresses::settlement as seeds, fetch, instructions::settlement as build};
use serde::Serialize;
use settlement::state::{Agreement, Mno, PeriodRate};
use solana_pubkey::Pubkey;

use crate::{context::Context, output::as_text, parse};

#[derive(Subcommand, Debug)]
pub enum OnChain {
    /// Fix the exchange rate of a period, once; both sides sign
    #[command(
        after_help = "Example:\n  gesim rate set <AGREEMENT> --period 202611 --numerator 1000 --co-signer mno.json\n  (a TAP unit of 10^-3 of the currency is then 1,000 of the stablecoin's 10^-6)"
    )]
    Set {
        /// Agreement
        agreement: Pubkey,
        /// Period, YYYYMM
        #[arg(long, value_parser = parse::period)]
        period: u32,
        /// Smallest stablecoin units for `denominator` tariff units
        #[arg(long)]
        numerator: u64,
        #[arg(long, default_value_t = 1)]
        denominator: u64,
        /// The other side's signer
        #[arg(long, value_name = "SIGNER")]
        co_signer: Vec<String>,
    },
    /// Show the exchange rate of a period
    #[command(after_help = "Example:\n  gesim rate show <AGREEMENT> --period 202611")]
    Show {
        /// Agreement
        agreement: Pubkey,
        /// Period, YYYYMM
        #[arg(long, value_parser = parse::period)]
        period: u32,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    agreement: String,
    period: u32,
    rate: String,
    #[serde(serialize_with = "as_text")]
    numerator: u64,
    #[serde(serialize_with = "as_text")]
    denominator: u64,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Period {}: {} stablecoin units for {} tariff units",
            self.period, self.numerator, self.denominator
        )?;
        writeln!(f, "at {}", self.rate)
    }
}

impl OnChain {
    pub fn run(&self, context: &Context) -> Result<()> {
        match self {
            Self::Set { agreement, period, numerator, denominator, co_signer } => {
                let chain = context.chain()?;
                let others = parse::co_signers(co_signer)?;
                let signers = parse::Signers::new(&chain.signer, &others);
                let state: Agreement = fetch::fetch(&chain.rpc, "agreement", agreement)?;
                let mno: Mno = fetch::fetch(&chain.rpc, "MNO", &state.mno)?;
                let first = signers.need("MNO", &mno.authority)?;
                let second = signers.need("MVNO", &state.mvno)?;
                let sides = build::BothSides { mno_authority: mno.authority, mvno: state.mvno };
                let fraction = (*numerator, *denominator);
                let step = build::set_rate(chain.me(), sides, state.mno, *agreement, *period, fraction);
                let session = chain.session(context);
                session.send("set rate", &[step], &[first, second])?;
                context.finish(&session, shown(agreement, *period, fraction))
            }
            Self::Show { agreement, period } => {
                let address = seeds::rate(agreement, *period).0;
                let rate: PeriodRate = fetch::fetch(&context.reader(), "rate", &address)?;
                context.output.emit(&shown(agreement, *period, (rate.numerator, rate.denominator)))
            }
        }
    }
}

fn shown(agreement: &Pubkey, period: u32, (numerator, denominator): (u64, u64)) -> Shown {
    let rate = seeds::rate(agreement, period).0.to_string();
    Shown { agreement: agreement.to_string(), period, rate, numerator, denominator }
}
