use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount};

use crate::{
    error::CatalogError,
    events::CatalogCreated,
    state::{seeds, Catalog, Config, Operation, RESERVED, VERSION},
};

/// Opens an MVNO's catalog. Anyone may have one.
///
/// 0. `[signer]` authority: the MVNO
/// 1. `[writable, signer]` payer
/// 2. `[]` config
/// 3. `[writable]` catalog
/// 4. `[]` mint: the stablecoin; escrow judges it when the first plan opens its pool
/// 5. `[]` treasury: the authority's token account of that mint
/// 6. `[]` system_program
#[event_cpi]
#[derive(Accounts)]
#[instruction(id: u32)]
pub struct CreateCatalog<'info> {
    pub authority: Signer<'info>,
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(
        init,
        payer = payer,
        space = 8 + Catalog::INIT_SPACE,
        seeds = [seeds::CATALOG, authority.key().as_ref(), &id.to_le_bytes()],
        bump
    )]
    pub catalog: Box<Account<'info, Catalog>>,
    pub mint: Box<InterfaceAccount<'info, Mint>>,
    #[account(
        constraint = treasury.mint == mint.key() @ CatalogError::WrongMint,
        constraint = treasury.owner == authority.key() @ CatalogError::TreasuryOwner,
    )]
    pub treasury: Box<InterfaceAccount<'info, TokenAccount>>,
    pub system_program: Program<'info, System>,
}

impl<'info> CreateCatalog<'info> {
    pub fn run(ctx: Context<'info, Self>, id: u32, operator: Pubkey) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        accounts.config.require_running(Operation::Create)?;
        accounts.catalog.set_inner(Catalog {
            version: VERSION,
            bump: ctx.bumps.catalog,
            origin: accounts.authority.key(),
            id,
            authority: accounts.authority.key(),
            pending_authority: Pubkey::default(),
            operator,
            treasury: accounts.treasury.key(),
            mint: accounts.mint.key(),
            plan_count: 0,
            reserved: [0; RESERVED],
        });
        emit_cpi!(CatalogCreated {
            catalog: ctx.accounts.catalog.key(),
            authority: ctx.accounts.authority.key(),
            operator,
            treasury: ctx.accounts.treasury.key(),
            mint: ctx.accounts.mint.key(),
        });
        Ok(())
    }
}
