use anchor_lang::prelude::*;
use gesim_core::poseidon::Field;
use gesim_verifier::Proof;

use crate::{
    error::IdentityError,
    events::EidBound,
    possession::Claim,
    state::{pause, seeds, Binding, Config, Registrar, Session, Tree, RESERVED, VERSION},
};

/// Binds an enrolled EID, unseen, to the session's wallet and entitlement. The binding's address is the nullifier's: a
/// second one of the same EID and plan cannot exist beside it.
///
/// 0. `[signer]` wallet: the session's
/// 1. `[writable, signer]` payer
/// 2. `[]` config
/// 3. `[]` registrar
/// 4. `[]` tree: of the registrar's present epoch
/// 5. `[writable]` session: live, and not used before
/// 6. `[writable]` binding, created
/// 7. `[]` system_program
#[event_cpi]
#[derive(Accounts)]
#[instruction(plan: Pubkey, root: [u8; 32], nullifier: [u8; 32])]
pub struct BindEid<'info> {
    pub wallet: Signer<'info>,
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(
        seeds = [seeds::REGISTRAR, registrar.origin.as_ref(), &registrar.id.to_le_bytes()],
        bump = registrar.bump,
        has_one = tree @ IdentityError::WrongTree,
    )]
    pub registrar: Box<Account<'info, Registrar>>,
    pub tree: AccountLoader<'info, Tree>,
    #[account(
        mut,
        seeds = [seeds::SESSION, session.wallet.as_ref(), &session.counter.to_le_bytes()],
        bump = session.bump,
        has_one = wallet @ IdentityError::NotTheWallet,
    )]
    pub session: Box<Account<'info, Session>>,
    #[account(
        init,
        payer = payer,
        space = Binding::SPACE,
        seeds = [seeds::NULLIFIER, registrar.key().as_ref(), nullifier.as_ref()],
        bump
    )]
    pub binding: Box<Account<'info, Binding>>,
    pub system_program: Program<'info, System>,
}

impl<'info> BindEid<'info> {
    pub fn run(ctx: Context<'info, Self>, plan: Pubkey, root: Field, nullifier: Field, proof: &Proof) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        accounts.config.running(pause::BIND)?;
        let clock = Clock::get()?;
        let claim = Claim { plan: &plan, root, nullifier, proof };
        claim.verify(&accounts.config, &*accounts.tree.load()?, &accounts.session, &clock)?;

        let session = &mut accounts.session;
        session.bound = true;
        accounts.binding.set_inner(Binding {
            version: VERSION,
            bump: ctx.bumps.binding,
            nullifier,
            plan,
            registrar: accounts.registrar.key(),
            wallet: session.wallet,
            entitlement: session.entitlement,
            session: session.key(),
            bind_c: session.bind_c,
            bound_at: clock.unix_timestamp,
            expires_at: session.binding_expires,
            moves: 0,
            payer: accounts.payer.key(),
            reserved: [0; RESERVED],
        });
        let binding = &ctx.accounts.binding;
        emit_cpi!(EidBound {
            binding: binding.key(),
            plan,
            registrar: binding.registrar,
            wallet: binding.wallet,
            entitlement: binding.entitlement,
            session: binding.session,
            expires_at: binding.expires_at,
        });
        Ok(())
    }
}
