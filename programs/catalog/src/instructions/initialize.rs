use anchor_lang::{prelude::*, solana_program::bpf_loader_upgradeable};

use crate::{
    events::Initialized,
    state::{seeds, Config, RESERVED, VERSION},
};

/// Creates the configuration, once.
///
/// 0. `[signer]` authority: the program's upgrade authority
/// 1. `[writable, signer]` payer
/// 2. `[writable]` config
/// 3. `[]` program_data: where the loader keeps the upgrade authority
/// 4. `[]` system_program
#[event_cpi]
#[derive(Accounts)]
pub struct Initialize<'info> {
    pub authority: Signer<'info>,
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(init, payer = payer, space = 8 + Config::INIT_SPACE, seeds = [seeds::CONFIG], bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(seeds = [crate::ID.as_ref()], bump, seeds::program = bpf_loader_upgradeable::ID)]
    pub program_data: Box<Account<'info, ProgramData>>,
    pub system_program: Program<'info, System>,
}

impl<'info> Initialize<'info> {
    pub fn run(ctx: Context<'info, Self>) -> Result<()> {
        let authority = ctx.accounts.authority.key();
        escrow::access::require_deployer(&ctx.accounts.program_data, &authority)?;
        ctx.accounts.config.set_inner(Config {
            version: VERSION,
            bump: ctx.bumps.config,
            authority,
            pending_authority: Pubkey::default(),
            paused: 0,
            reserved: [0; RESERVED],
        });
        emit_cpi!(Initialized { authority });
        Ok(())
    }
}
