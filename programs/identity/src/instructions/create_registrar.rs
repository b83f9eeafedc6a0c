use anchor_lang::prelude::*;

use crate::{
    events::RegistrarCreated,
    state::{pause, seeds, Config, Registrar, Tree, RESERVED, VERSION},
};

/// Opens a registrar with an empty tree, for anyone: a plan says whose enrolments count.
///
/// 0. `[signer]` authority: the registrar's
/// 1. `[writable, signer]` payer
/// 2. `[]` config
/// 3. `[writable]` registrar, created
/// 4. `[writable]` tree of epoch 0, created
/// 5. `[]` system_program
#[event_cpi]
#[derive(Accounts)]
#[instruction(id: u32)]
pub struct CreateRegistrar<'info> {
    pub authority: Signer<'info>,
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(
        init,
        payer = payer,
        space = Registrar::SPACE,
        seeds = [seeds::REGISTRAR, authority.key().as_ref(), &id.to_le_bytes()],
        bump
    )]
    pub registrar: Box<Account<'info, Registrar>>,
    #[account(
        init,
        payer = payer,
        space = Tree::SPACE,
        seeds = [seeds::TREE, registrar.key().as_ref(), &0u32.to_le_bytes()],
        bump
    )]
    pub tree: AccountLoader<'info, Tree>,
    pub system_program: Program<'info, System>,
}

impl<'info> CreateRegistrar<'info> {
    pub fn run(ctx: Context<'info, Self>, id: u32) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        accounts.config.running(pause::ENROL)?;
        let (registrar, authority) = (accounts.registrar.key(), accounts.authority.key());
        accounts.registrar.set_inner(Registrar {
            version: VERSION,
            bump: ctx.bumps.registrar,
            origin: authority,
            id,
            authority,
            pending_authority: Pubkey::default(),
            epoch: 0,
            tree: accounts.tree.key(),
            reserved: [0; RESERVED],
        });
        accounts.tree.load_init()?.begin(registrar, 0, ctx.bumps.tree);
        emit_cpi!(RegistrarCreated { registrar, authority, id, tree: ctx.accounts.tree.key() });
        Ok(())
    }
}
