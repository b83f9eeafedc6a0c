use anchor_lang::prelude::*;
use gesim_core::{eid::EID_TREE_DEPTH, poseidon::Field};

use crate::{
    error::IdentityError,
    events::LeafRevoked,
    state::{seeds, Enrolment, Registrar, Tree},
};

/// Ends an enrolment: zero takes its leaf's place, and no proof against an older root counts any more. Never paused.
///
/// 0. `[signer]` authority: the registrar's
/// 1. `[]` registrar
/// 2. `[writable]` tree: of the present epoch
/// 3. `[writable]` enrolment
#[event_cpi]
#[derive(Accounts)]
pub struct RevokeLeaf<'info> {
    pub authority: Signer<'info>,
    #[account(
        seeds = [seeds::REGISTRAR, registrar.origin.as_ref(), &registrar.id.to_le_bytes()],
        bump = registrar.bump,
        has_one = authority @ IdentityError::Unauthorized,
        has_one = tree @ IdentityError::WrongTree,
    )]
    pub registrar: Box<Account<'info, Registrar>>,
    #[account(mut)]
    pub tree: AccountLoader<'info, Tree>,
    #[account(
        mut,
        seeds = [seeds::ENROLMENT, tree.key().as_ref(), enrolment.tag_commitment.as_ref()],
        bump = enrolment.bump,
        has_one = tree @ IdentityError::WrongTree,
        constraint = !enrolment.revoked @ IdentityError::EnrolmentRevoked,
    )]
    pub enrolment: Box<Account<'info, Enrolment>>,
}

impl<'info> RevokeLeaf<'info> {
    pub fn run(ctx: Context<'info, Self>, siblings: [Field; EID_TREE_DEPTH]) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        let (index, leaf) = (accounts.enrolment.index, accounts.enrolment.leaf);
        let root = {
            let mut tree = accounts.tree.load_mut()?;
            tree.revoke(index, &leaf, &siblings)?;
            *tree.root()
        };
        accounts.enrolment.revoked = true;
        emit_cpi!(LeafRevoked {
            registrar: ctx.accounts.registrar.key(),
            tree: ctx.accounts.tree.key(),
            index,
            tag_commitment: ctx.accounts.enrolment.tag_commitment,
            root,
        });
        Ok(())
    }
}
