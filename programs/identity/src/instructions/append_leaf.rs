use anchor_lang::prelude::*;
use gesim_core::{
    eid::{committed_leaf, time},
    poseidon::{is_canonical, Field},
};

use crate::{
    error::IdentityError,
    events::LeafAppended,
    state::{pause, seeds, Config, Enrolment, Registrar, Tree, RESERVED, VERSION},
};

/// Enrols a device: the program makes the leaf, so that what is in the tree is what the enrolment says. It is told
/// a commitment to the eidTag, never the tag, from which everybody could compute the nullifiers. A commitment has one
/// live leaf; it gets another one when that has expired or is revoked.
///
/// 0. `[signer]` authority: the registrar's
/// 1. `[writable, signer]` payer
/// 2. `[]` config
/// 3. `[]` registrar
/// 4. `[writable]` tree: of the present epoch
/// 5. `[writable]` enrolment: created with the EID's first leaf
/// 6. `[]` system_program
#[event_cpi]
#[derive(Accounts)]
#[instruction(tag_commitment: [u8; 32])]
pub struct AppendLeaf<'info> {
    pub authority: Signer<'info>,
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
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
        init_if_needed,
        payer = payer,
        space = Enrolment::SPACE,
        seeds = [seeds::ENROLMENT, tree.key().as_ref(), tag_commitment.as_ref()],
        bump
    )]
    pub enrolment: Box<Account<'info, Enrolment>>,
    pub system_program: Program<'info, System>,
}

impl<'info> AppendLeaf<'info> {
    pub fn run(ctx: Context<'info, Self>, tag_commitment: Field, eidc: Field, idc: Field, expiry: i64) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        accounts.config.running(pause::ENROL)?;
        let now = Clock::get()?.unix_timestamp;
        require!(expiry > now && time(expiry).is_ok(), IdentityError::Duration);
        require!([tag_commitment, eidc, idc].iter().all(is_canonical), IdentityError::NotAFieldElement);
        require!(!accounts.enrolment.is_live(now), IdentityError::AlreadyEnrolled);

        let leaf = committed_leaf(&eidc, &idc, &tag_commitment, expiry).map_err(|_| IdentityError::NotAFieldElement)?;
        let (index, root) = {
            let mut tree = accounts.tree.load_mut()?;
            (tree.append(leaf)?, *tree.root())
        };
        accounts.enrolment.set_inner(Enrolment {
            version: VERSION,
            bump: ctx.bumps.enrolment,
            revoked: false,
            tree: accounts.tree.key(),
            tag_commitment,
            index,
            leaf,
            expiry,
            reserved: [0; RESERVED],
        });
        emit_cpi!(LeafAppended {
            registrar: ctx.accounts.registrar.key(),
            tree: ctx.accounts.tree.key(),
            index,
            tag_commitment,
            leaf,
            expiry,
            root,
        });
        Ok(())
    }
}
