use std::{fmt, path::PathBuf};

use anyhow::{Context as _, Result};
use clap::{Args, ValueEnum};
use gesim_cdr::rating::LaneRates;
use gesim_client::{
    addresses::settlement as seeds,
    fetch,
    instructions::settlement::{self as build, Parties},
    token::MintInfo,
};
use gesim_core::{money::Rounding, tariff::LaneTariff, Measure, Tadig};
use serde::Serialize;
use settlement::{
    state::{Mno, Tariff},
    Terms,
};
use solana_pubkey::Pubkey;

use crate::{amount, context::Context, failure::Hint, keys, parse};

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim agreement create --mno WERFD --mint <STABLECOIN>\n  gesim agreement create --mno WERFD --mint <STABLECOIN> --measure units --tariff tariff.toml --contract contract.md\n\nA tariff file has one table a lane (data, voice-mo, voice-mt, sms-mo, sms-mt, service, content, other):\n  [data]\n  rateBelow = 2     # for the units up to threshold\n  rateAbove = 1     # for those past it\n  threshold = 1000000000\n  per = 1000000     # units that one rate buys\n  fixed = 0         # once, when there was any usage\nWithout a file every unit of every lane costs one tariff unit."
)]
pub struct Create {
    /// TADIG code of the operator
    #[arg(long, value_parser = parse::tadig)]
    mno: Tadig,
    /// The virtual operator's authority [default: the signer]
    #[arg(long, value_name = "ADDRESS")]
    mvno: Option<Pubkey>,
    /// The stablecoin
    #[arg(long, value_name = "ADDRESS")]
    mint: Pubkey,
    /// Where the operator is paid [default: its associated token account, made if needed]
    #[arg(long, value_name = "ADDRESS")]
    payout: Option<Pubkey>,
    /// Number of the agreement between the two
    #[arg(long, default_value_t = 1)]
    id: u32,
    /// What batches count: units of each lane, or TAP charges
    #[arg(long, value_parser = parse::measure, default_value = "charge")]
    measure: Measure,
    /// Prices by lane
    #[arg(long, value_name = "FILE")]
    tariff: Option<PathBuf>,
    /// Decimals of the currency the tariff is written in
    #[arg(long, default_value_t = 3)]
    currency_decimals: u8,
    /// Rounding of every division on the way to the invoice
    #[arg(long, value_enum, default_value_t = RoundingArg::HalfEven)]
    rounding: RoundingArg,
    /// From commitment to opened totals
    #[arg(long, value_parser = parse::seconds, default_value = "30d")]
    prove_window: u32,
    /// From opened totals, for the virtual operator to dispute
    #[arg(long, value_parser = parse::seconds, default_value = "7d")]
    dispute_window: u32,
    /// From a dispute, for both to agree on an amount
    #[arg(long, value_parser = parse::seconds, default_value = "30d")]
    resolve_window: u32,
    /// Stablecoin a proven chunk earns its prover, out of the operator's share
    #[arg(long, default_value = "0")]
    prover_reward: String,
    /// The contract: its SHA-256 goes on-chain
    #[arg(long, value_name = "FILE")]
    contract: Option<PathBuf>,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
enum RoundingArg {
    Floor,
    HalfEven,
    Ceil,
}

impl From<RoundingArg> for Rounding {
    fn from(arg: RoundingArg) -> Self {
        match arg {
            RoundingArg::Floor => Self::Floor,
            RoundingArg::HalfEven => Self::HalfEven,
            RoundingArg::Ceil => Self::Ceil,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    agreement: String,
    mno: String,
    mvno: String,
    payout: String,
    key_file: String,
}

impl fmt::Display for Created {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Agreement {} proposed", self.agreement)?;
        writeln!(f, "  MNO {}, MVNO {}, paid to {}", self.mno, self.mvno, self.payout)?;
        writeln!(f, "  key of record ids: {} (share it with the other side only)", self.key_file)
    }
}

impl Create {
    pub fn run(&self, context: &Context) -> Result<()> {
        let chain = context.chain()?;
        let session = chain.session(context);
        let mno = seeds::mno(self.mno.as_bytes()).0;
        let operator: Mno = fetch::fetch(&chain.rpc, "MNO", &mno)
            .map_err(anyhow::Error::from)
            .hint(format!("gesim mno register {} --authority <ADDRESS>", self.mno))?;
        let mint = MintInfo::fetch(&chain.rpc, &self.mint)?;
        let mvno = self.mvno.unwrap_or(chain.me());
        let payout = self.payout.unwrap_or_else(|| mint.account(&operator.authority));
        let parties = Parties { mno, mvno, mint: self.mint, payout };
        let mut steps = Vec::new();
        if self.payout.is_none() {
            steps.push(mint.create_account(&chain.me(), &operator.authority));
        }
        let terms = self.terms(mint.decimals)?;
        steps.push(build::propose_agreement(chain.me(), chain.me(), &parties, self.id, terms));
        session.send("propose agreement", &steps, &[])?;

        let agreement = seeds::agreement(&mno, &mvno, self.id).0;
        let key = context.data("keys").join(format!("{agreement}.key"));
        if !session.is_dry_run() {
            keys::read_or_create(&key)?;
        }
        let created = Created {
            agreement: agreement.to_string(),
            mno: mno.to_string(),
            mvno: mvno.to_string(),
            payout: payout.to_string(),
            key_file: key.display().to_string(),
        };
        context.finish(&session, created)
    }

    fn terms(&self, decimals: u8) -> Result<Terms> {
        let tariffs = match &self.tariff {
            None => [LaneTariff::flat(1, 1); 8],
            Some(path) => {
                let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
                let rates: LaneRates =
                    toml::from_str(&text).with_context(|| format!("the tariff {} is not valid", path.display()))?;
                rates.tariffs()
            }
        };
        let contract_hash = self.contract.as_deref().map(parse::file_hash).transpose()?;
        Ok(Terms {
            measure: self.measure as u8,
            currency_decimals: self.currency_decimals,
            rounding: Rounding::from(self.rounding) as u8,
            tariff: tariffs.map(Tariff::from),
            prove_window: self.prove_window,
            dispute_window: self.dispute_window,
            resolve_window: self.resolve_window,
            prover_reward: amount::parse(&self.prover_reward, decimals)?,
            contract_hash: contract_hash.unwrap_or_default(),
        })
    }
}
