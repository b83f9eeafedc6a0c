use anchor_lang::prelude::*;
use gesim_core::poseidon::Field;
use gesim_verifier::Proof;

use crate::{
    error::IdentityError,
    events::EidRebound,
    possession::Claim,
    state::{pause, seeds, Binding, Config, Registrar, Session, Tree},
};

/// Moves a binding to the wallet and entitlement of a fresh session. Who has the EID decides, not who had the binding:
/// a wallet that is lost must not keep the device.
///
/// 0. `[signer]` wallet: the session's, which gets the binding
/// 1. `[]` config
/// 2. `[]` registrar: the binding's
/// 3. `[]` tree: of the registrar's present epoch
/// 4. `[writable]` session: live, and not used before
/// 5. `[writable]` binding: live
#[event_cpi]
#[derive(Accounts)]
pub struct Rebind<'info> {
    pub wallet: Signer<'info>,
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
        mut,
        seeds = [seeds::NULLIFIER, binding.registrar.as_ref(), binding.nullifier.as_ref()],
        bump = binding.bump,
        has_one = registrar @ IdentityError::WrongBinding,
    )]
    pub binding: Box<Account<'info, Binding>>,
}

impl<'info> Rebind<'info> {
    pub fn run(ctx: Context<'info, Self>, root: Field, proof: &Proof) -> Result<()> {
        let accounts = &mut *ctx.accounts;
        accounts.config.running(pause::BIND)?;
        let clock = Clock::get()?;
        require!(accounts.binding.is_live(clock.unix_timestamp), IdentityError::BindingExpired);
        let claim = Claim { plan: &accounts.binding.plan, root, nullifier: accounts.binding.nullifier, proof };
        claim.verify(&accounts.config, &*accounts.tree.load()?, &accounts.session, &clock)?;

        let (session, binding) = (&mut accounts.session, &mut accounts.binding);
        session.bound = true;
        let (previous_wallet, previous_entitlement) = (binding.wallet, binding.entitlement);
        binding.wallet = session.wallet;
        binding.entitlement = session.entitlement;
        binding.session = session.key();
        binding.bind_c = session.bind_c;
        binding.bound_at = clock.unix_timestamp;
        binding.expires_at = session.binding_expires;
        binding.moves = binding.moves.checked_add(1).ok_or(IdentityError::Overflow)?;
        let binding = &ctx.accounts.binding;
        emit_cpi!(EidRebound {
            binding: binding.key(),
            previous_wallet,
            previous_entitlement,
            wallet: binding.wallet,
            entitlement: binding.entitlement,
            session: binding.session,
            expires_at: binding.expires_at,
            moves: binding.moves,
        });
        Ok(())
    }
}
