use std::{env, os::unix::process::CommandExt, process::Command};

use anyhow::{anyhow, Context as _, Result};
use clap::Args;
use solana_pubkey::Pubkey;

use crate::{context::Context, failure::Hint, signer};

/// Options are those of `gesim-localnet`, which does the work.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim localnet\n  gesim localnet --rpc-port 9899 --ws-port 9900 --fund <ADDRESS>\n\nThen, in another terminal: gesim migrate --url l"
)]
pub struct Localnet {
    /// Port of JSON-RPC
    #[arg(long, default_value_t = 8899)]
    rpc_port: u16,
    /// Port of the WebSocket
    #[arg(long, default_value_t = 8900)]
    ws_port: u16,
    /// Milliseconds of one slot
    #[arg(long, default_value_t = 400)]
    slot_time: u64,
    /// Load no programs: to try gesim migrate's deployment
    #[arg(long)]
    bare: bool,
    /// Further addresses that get SOL and stablecoin
    #[arg(long, value_name = "ADDRESS")]
    fund: Vec<Pubkey>,
}

impl Localnet {
    pub fn run(&self, context: &Context) -> Result<()> {
        let keypair = &context.settings.keypair.value;
        // Says now, not from the node, what is wrong with the keypair.
        signer::open(keypair)?;
        let me = env::current_exe().context("finding this program's own file")?;
        let node = me.with_file_name("gesim-localnet");
        if !node.exists() {
            return Err(anyhow!("{} is not there", node.display())
                .hint("build it beside this command: cargo build -p gesim-localnet"));
        }
        let mut command = Command::new(&node);
        command
            .args(["--rpc-port", &self.rpc_port.to_string(), "--ws-port", &self.ws_port.to_string()])
            .args(["--slot-time", &self.slot_time.to_string()])
            .args(["--keypair", keypair]);
        for address in &self.fund {
            command.args(["--fund", &address.to_string()]);
        }
        if self.bare {
            command.arg("--bare");
        }
        if context.output.mode.is_json() {
            command.args(["--output", "json"]);
        }
        Err(command.exec()).with_context(|| format!("starting {}", node.display()))
    }
}
