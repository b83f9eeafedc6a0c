use anchor_lang::{prelude::*, solana_program::bpf_loader_upgradeable};

use crate::{
    error::IdentityError,
    events::Initialized,
    state::{seeds, Config, MAX_CI_DELAY, RESERVED, VERSION},
};

/// Once, by whoever may upgrade the program, so that nobody can run ahead of the deployer. A program that nobody can
/// upgrade has no deployer to ask.
///
/// 0. `[signer]` authority
/// 1. `[writable, signer]` payer
/// 2. `[]` program_data: where the loader keeps the upgrade authority
/// 3. `[writable]` config, created
/// 4. `[]` system_program
#[event_cpi]
#[derive(Accounts)]
pub struct Initialize<'info> {
    pub authority: Signer<'info>,
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(seeds = [crate::ID.as_ref()], bump, seeds::program = bpf_loader_upgradeable::ID)]
    pub program_data: Box<Account<'info, ProgramData>>,
    #[account(init, payer = payer, space = Config::SPACE, seeds = [seeds::CONFIG], bump)]
    pub config: Box<Account<'info, Config>>,
    pub system_program: Program<'info, System>,
}

impl<'info> Initialize<'info> {
    pub fn run(ctx: Context<'info, Self>, cluster: [u8; 32], ci_delay: u32) -> Result<()> {
        let authority = ctx.accounts.authority.key();
        let deployer = ctx.accounts.program_data.upgrade_authority_address.unwrap_or_default();
        require!(deployer == Pubkey::default() || deployer == authority, IdentityError::Unauthorized);
        require!(ci_delay <= MAX_CI_DELAY, IdentityError::Duration);
        ctx.accounts.config.set_inner(Config {
            version: VERSION,
            bump: ctx.bumps.config,
            paused: 0,
            authority,
            pending_authority: Pubkey::default(),
            cluster,
            ci_delay,
            reserved: [0; RESERVED],
        });
        emit_cpi!(Initialized { authority, cluster, ci_delay });
        Ok(())
    }
}
