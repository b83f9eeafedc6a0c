use anchor_lang::{prelude::*, solana_program::bpf_loader_upgradeable};

use crate::{
    error::SettlementError,
    events::Initialized,
    setup::TRUSTED_SETUP,
    state::{seeds, Config, VERSION},
};

/// Once, by whoever may upgrade the program, so that nobody can run ahead of the deployer. A program that nobody can
/// upgrade has no deployer to ask.
///
/// 0. `[signer, writable]` authority, pays
/// 1. the program's data account
/// 2. `[writable]` config, created
/// 3. system program
#[event_cpi]
#[derive(Accounts)]
pub struct Initialize<'info> {
    #[account(mut)]
    pub authority: Signer<'info>,
    #[account(seeds = [crate::ID.as_ref()], bump, seeds::program = bpf_loader_upgradeable::ID)]
    pub program_data: Account<'info, ProgramData>,
    #[account(init, payer = authority, space = Config::SPACE, seeds = [seeds::CONFIG], bump)]
    pub config: Box<Account<'info, Config>>,
    pub system_program: Program<'info, System>,
}

impl Initialize<'_> {
    pub fn run(ctx: Context<Self>, cluster: [u8; 32]) -> Result<()> {
        let authority = ctx.accounts.authority.key();
        let deployer = ctx.accounts.program_data.upgrade_authority_address.unwrap_or_default();
        let allowed = deployer == Pubkey::default() || deployer == authority;
        require!(allowed, SettlementError::NotTheAuthority);
        ctx.accounts.config.set_inner(Config {
            version: VERSION,
            bump: ctx.bumps.config,
            authority_bump: seeds::authority().1,
            paused: 0,
            authority,
            pending_authority: Pubkey::default(),
            cluster,
            reserved: [0; 64],
        });
        ctx.accounts.config.invariant()?;
        msg!("{}", TRUSTED_SETUP);
        emit_cpi!(Initialized { authority, cluster, setup: TRUSTED_SETUP.to_string() });
        Ok(())
    }
}
