use std::fmt;

use anyhow::Result;
use clap::Subcommand;
use gesim_client::{addresses::settlement as seeds, fetch, instructions::settlement as build};
use gesim_core::Tadig;
use serde::Serialize;
use solana_pubkey::Pubkey;

use crate::{context::Context, parse};

#[derive(Subcommand, Debug)]
pub enum Mno {
    /// Give a TADIG code to the operator it belongs to (the settlement program's authority does)
    #[command(after_help = "Example:\n  gesim mno register WERFD --authority <ADDRESS>")]
    Register {
        /// TADIG code
        #[arg(value_parser = parse::tadig)]
        tadig: Tadig,
        /// Who acts for the operator [default: the signer]
        #[arg(long, value_name = "ADDRESS")]
        authority: Option<Pubkey>,
    },
    /// Show an operator
    #[command(after_help = "Example:\n  gesim mno show WERFD")]
    Show {
        /// TADIG code
        #[arg(value_parser = parse::tadig)]
        tadig: Tadig,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    tadig: String,
    mno: String,
    authority: String,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "MNO {} at {}, authority {}", self.tadig, self.mno, self.authority)
    }
}

impl Mno {
    pub fn run(&self, context: &Context) -> Result<()> {
        match self {
            Self::Register { tadig, authority } => {
                let chain = context.chain()?;
                let session = chain.session(context);
                let authority = authority.unwrap_or(chain.me());
                let step = build::register_mno(chain.me(), chain.me(), *tadig.as_bytes(), authority);
                session.send("register MNO", &[step], &[])?;
                context.finish(&session, shown(tadig, authority))
            }
            Self::Show { tadig } => {
                let address = seeds::mno(tadig.as_bytes()).0;
                let state: settlement::state::Mno = fetch::fetch(&context.reader(), "MNO", &address)?;
                context.output.emit(&shown(tadig, state.authority))
            }
        }
    }
}

fn shown(tadig: &Tadig, authority: Pubkey) -> Shown {
    Shown {
        tadig: tadig.to_string(),
        mno: seeds::mno(tadig.as_bytes()).0.to_string(),
        authority: authority.to_string(),
    }
}
