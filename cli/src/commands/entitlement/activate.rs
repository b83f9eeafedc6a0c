use anyhow::{anyhow, Result};
use catalog::state::{access, Entitlement as State};
use clap::Args;
use gesim_client::{
    addresses::catalog as at,
    fetch, identity as find,
    instructions::catalog::{self as build, Evidence},
    plans, Transport,
};
use solana_pubkey::Pubkey;

use super::show::Shown;
use crate::{
    commands::{eid::session_file, view::Address},
    context::Context,
    failure::Hint,
    identity::session::State as Kept,
};

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim entitlement activate <PLAN>\n  gesim entitlement activate <PLAN> --session <SESSION>     where the plan asks for an EID"
)]
pub struct Activate {
    /// Plan of which one unit is activated
    plan: Pubkey,
    /// Number of the entitlement; one that is taken is refused [default: at random]
    #[arg(long)]
    nonce: Option<u64>,
    /// Session whose EID is bound to the entitlement, where the plan asks for one
    #[arg(long, value_name = "ADDRESS", conflicts_with = "nonce")]
    session: Option<Pubkey>,
}

impl Activate {
    pub fn run(&self, context: &Context) -> Result<()> {
        let chain = context.chain()?;
        let session = chain.session(context);
        let me = chain.me();
        let (state, coin) = plans::plan(&chain.rpc, &self.plan)?;
        let plan = plans::plan_ref(self.plan, &state, coin);
        let (position, _) = plans::open_position(&chain.rpc, &state.pool, &me, None)?
            .ok_or_else(|| anyhow!("no unit of the plan is open").hint("gesim plan buy <PLAN>"))?;
        let (nonce, evidence) = self.evidence(context, &chain.rpc, &me, state.access)?;
        session.send("activate", &[build::activate(&plan, me, me, position, nonce, evidence)], &[])?;
        let address = at::entitlement(&self.plan, &me, nonce);
        if session.is_dry_run() {
            return context.finish(&session, Address { address });
        }
        let entitlement: State = fetch::fetch(&chain.rpc, "entitlement", &address)?;
        context.finish(&session, Shown::new(&address, &entitlement))
    }

    /// The entitlement's number, and what the plan's access rule asks for.
    fn evidence(&self, context: &Context, rpc: &dyn Transport, me: &Pubkey, rule: u8) -> Result<(u64, Evidence)> {
        let Some(address) = self.session else {
            return match rule {
                access::ANYONE => {
                    Ok((self.nonce.unwrap_or_else(|| u64::from(rand::random::<u32>())), Evidence::default()))
                }
                _ => Err(anyhow!("the plan asks for an EID").hint("open a session, bind, and name it with --session")),
            };
        };
        let kept = Kept::read(&session_file(context, &address))?;
        let bindings = find::bindings(rpc, me)?;
        let bound = bindings.iter().find(|(_, binding)| binding.session == address);
        let (binding, _) = bound
            .ok_or_else(|| anyhow!("no EID is bound with this session").hint("gesim eid prove, then gesim eid bind"))?;
        let session = (rule == access::EID_AND_PROVENANCE).then_some(address);
        Ok((kept.nonce, Evidence { binding: Some(*binding), session }))
    }
}
