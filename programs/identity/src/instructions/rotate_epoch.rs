use anchor_lang::prelude::*;

use crate::{
    error::IdentityError,
    events::EpochRotated,
    state::{seeds, Registrar, Tree},
};

/// Begins a tree for a new key of the registrar, empty; nothing can be proven or enrolled in the old one any more.
/// Bindings run on. Never paused: a key that leaked must be replaced.
///
/// 0. `[signer]` authority: the registrar's
/// 1. `[writable, signer]` payer
/// 2. `[writable]` registrar
/// 3. `[]` old_tree: of the epoch that ends
/// 4. `[writable]` new_tree: of the next one, created
/// 5. `[]` system_program
#[event_cpi]
#[derive(Accounts)]
pub struct RotateEpoch<'info> {
    pub authority: Signer<'info>,
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(
        mut,
        seeds = [seeds::REGISTRAR, registrar.origin.as_ref(), &registrar.id.to_le_bytes()],
        bump = registrar.bump,
        has_one = authority @ IdentityError::Unauthorized,
        constraint = registrar.tree == old_tree.key() @ IdentityError::WrongTree,
    )]
    pub registrar: Box<Account<'info, Registrar>>,
    pub old_tree: AccountLoader<'info, Tree>,
    #[account(
        init,
        payer = payer,
        space = Tree::SPACE,
        seeds = [seeds::TREE, registrar.key().as_ref(), &registrar.epoch.saturating_add(1).to_le_bytes()],
        bump
    )]
    pub new_tree: AccountLoader<'info, Tree>,
    pub system_program: Program<'info, System>,
}

impl<'info> RotateEpoch<'info> {
    pub fn run(ctx: Context<'info, Self>) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        let (registrar, tree) = (accounts.registrar.key(), accounts.new_tree.key());
        let epoch = accounts.registrar.epoch.checked_add(1).ok_or(IdentityError::Overflow)?;
        let leaves = accounts.old_tree.load()?.count;
        accounts.new_tree.load_init()?.begin(registrar, epoch, ctx.bumps.new_tree);
        (accounts.registrar.epoch, accounts.registrar.tree) = (epoch, tree);
        emit_cpi!(EpochRotated { registrar, epoch, old_tree: ctx.accounts.old_tree.key(), tree, leaves });
        Ok(())
    }
}
