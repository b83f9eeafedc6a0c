use std::{fmt, path::PathBuf};

use anyhow::{anyhow, Context as _, Result};
use clap::Args;
use gesim_agreement::{Document, Money, Outline, Parties};
use gesim_core::{Measure, Tadig};
use serde::Serialize;
use solana_pubkey::Pubkey;

use crate::{amount, context::Context, failure::Hint, output::write_line, parse};

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim agreement new --mno WERFD --mvno XLKJE --mvno-address <ADDRESS> --mint <STABLECOIN> --file agreement.md\n  gesim agreement new --mno WERFD --mvno XLKJE --mvno-address <ADDRESS> --mint <STABLECOIN> --measure units\n\nEdit prose and terms, then: gesim agreement check agreement.md"
)]
pub struct New {
    /// TADIG code of the operator, which bills
    #[arg(long, value_parser = parse::tadig)]
    mno: Tadig,
    /// TADIG code of the virtual operator, which is billed
    #[arg(long, value_parser = parse::tadig)]
    mvno: Tadig,
    /// The virtual operator's authority
    #[arg(long, value_name = "ADDRESS")]
    mvno_address: Pubkey,
    /// The stablecoin
    #[arg(long, value_name = "ADDRESS")]
    mint: Pubkey,
    /// Decimals of the stablecoin
    #[arg(long, default_value_t = 6)]
    mint_decimals: u8,
    /// Number of the agreement between the two
    #[arg(long, default_value_t = 1)]
    number: u32,
    /// What batches count: units of each lane, or TAP charges
    #[arg(long, value_parser = parse::measure, default_value = "charge")]
    measure: Measure,
    /// Currency of the prices
    #[arg(long, default_value = "EUR")]
    currency: String,
    /// Decimals of the currency; where charges are billed, those of the files
    #[arg(long, default_value_t = 3)]
    decimals: u8,
    /// First period, YYYYMM
    #[arg(long, value_parser = parse::period, default_value = "202601")]
    effective_from: u32,
    /// Stablecoin a proven chunk earns its prover, out of the operator's share
    #[arg(long, default_value = "0")]
    prover_reward: String,
    /// File to write [default: to stdout]
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    document: String,
    agreement: String,
    contract_hash: String,
}

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Written to {}", self.document)?;
        writeln!(f, "Agreement {}", self.agreement)
    }
}

impl New {
    pub fn run(&self, context: &Context) -> Result<()> {
        let outline = Outline {
            number: self.number,
            parties: Parties { mno: self.mno, mvno: self.mvno, mvno_address: self.mvno_address },
            money: Money { currency: self.currency.clone(), mint: self.mint, mint_decimals: self.mint_decimals },
            decimals: self.decimals,
            measure: self.measure,
            effective_from: self.effective_from,
        };
        let mut contract = outline.contract().map_err(|reason| {
            let hint = reason.hint();
            anyhow!("these terms are refused: {reason}").hint(hint)
        })?;
        contract.frame.prover_reward = amount::parse(&self.prover_reward, self.mint_decimals)?;
        let text = contract.to_document();
        let document = Document::parse(text.as_bytes()).map_err(|error| {
            let hint = error.hint();
            anyhow!("these terms are refused: {}", error.reason).hint(hint)
        })?;
        let Some(path) = &self.file else { return write_line(&text) };
        let mut file = std::fs::File::create_new(path).with_context(|| format!("writing {}", path.display()))?;
        std::io::Write::write_all(&mut file, text.as_bytes()).with_context(|| format!("writing {}", path.display()))?;
        context.output.emit(&Written {
            document: path.display().to_string(),
            agreement: document.contract.agreement().to_string(),
            contract_hash: hex::encode(document.contract_hash()),
        })
    }
}
