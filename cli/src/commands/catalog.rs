use std::fmt;

use anyhow::Result;
use catalog::state::Catalog as State;
use clap::Subcommand;
use gesim_client::{addresses::catalog as at, fetch, instructions::catalog as build, token::MintInfo};
use serde::Serialize;
use solana_pubkey::Pubkey;

use crate::{context::Context, signer};

#[derive(Subcommand, Debug)]
pub enum Catalog {
    /// Open a catalog: a virtual operator's plans, all paid in one stablecoin
    #[command(after_help = "Example:\n  gesim catalog create --mint <STABLECOIN>")]
    Create {
        /// The stablecoin
        #[arg(long, value_name = "ADDRESS")]
        mint: Pubkey,
        /// Number of the catalog
        #[arg(long, default_value_t = 1)]
        id: u32,
        /// Who confirms that activated entitlements are provided [default: the signer]
        #[arg(long, value_name = "ADDRESS")]
        operator: Option<Pubkey>,
    },
    /// Show a catalog
    #[command(after_help = "Example:\n  gesim catalog show <CATALOG>")]
    Show {
        /// Catalog [default: the signer's first]
        catalog: Option<Pubkey>,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    catalog: String,
    authority: String,
    operator: String,
    mint: String,
    treasury: String,
    plans: u32,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Catalog {} with {} plans", self.catalog, self.plans)?;
        writeln!(f, "  authority {}, operator {}", self.authority, self.operator)?;
        writeln!(f, "  paid in {}, margins to {}", self.mint, self.treasury)
    }
}

impl Catalog {
    pub fn run(&self, context: &Context) -> Result<()> {
        match self {
            Self::Create { mint, id, operator } => {
                let chain = context.chain()?;
                let session = chain.session(context);
                let me = chain.me();
                let coin = MintInfo::fetch(&chain.rpc, mint)?;
                let operator = operator.unwrap_or(me);
                let steps = [
                    coin.create_account(&me, &me),
                    build::create_catalog(me, me, *id, *mint, coin.account(&me), operator),
                ];
                session.send("create catalog", &steps, &[])?;
                let shown = Shown {
                    catalog: at::catalog(&me, *id).to_string(),
                    authority: me.to_string(),
                    operator: operator.to_string(),
                    mint: mint.to_string(),
                    treasury: coin.account(&me).to_string(),
                    plans: 0,
                };
                context.finish(&session, shown)
            }
            Self::Show { catalog } => {
                let address = address(context, *catalog)?;
                let state: State = fetch::fetch(&context.reader(), "catalog", &address)?;
                context.output.emit(&Shown {
                    catalog: address.to_string(),
                    authority: state.authority.to_string(),
                    operator: state.operator.to_string(),
                    mint: state.mint.to_string(),
                    treasury: state.treasury.to_string(),
                    plans: state.plan_count,
                })
            }
        }
    }
}

/// The catalog that was named, or the signer's first one.
pub fn address(context: &Context, named: Option<Pubkey>) -> Result<Pubkey> {
    use solana_signer::Signer;
    match named {
        Some(address) => Ok(address),
        None => Ok(at::catalog(&signer::open(&context.settings.keypair.value)?.pubkey(), 1)),
    }
}
