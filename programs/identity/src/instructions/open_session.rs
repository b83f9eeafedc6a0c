use anchor_lang::prelude::*;
use gesim_core::{
    poseidon::is_canonical,
    provenance::{challenge, SESSION_SLOTS},
};

use crate::{
    error::IdentityError,
    events::SessionOpened,
    state::{pause, seeds, Config, Session, SessionState, RESERVED, RID_LEN, VERSION},
};

#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug)]
pub struct OpenSessionArgs {
    /// The wallet's own number for the session.
    pub counter: u64,
    /// The SM-DP+ that the device means to talk to, as certificates hold it.
    pub rid: [u8; RID_LEN],
    /// The entitlement that it is for: the address that activation will create.
    pub entitlement: Pubkey,
    /// `P(5, eid, r)`
    pub bind_c: [u8; 32],
    /// `gesim_core::provenance::euicc_commitment`
    pub euicc_commit: [u8; 32],
    /// Seconds that a binding made with it lasts, counted from now.
    pub binding_term: u32,
}

/// Opens a provisioning session: from now on there is a challenge, which nobody knew before the last slot.
///
/// 0. `[signer]` wallet
/// 1. `[writable, signer]` payer
/// 2. `[]` config
/// 3. `[writable]` session, created
/// 4. `[]` slot_hashes: the sysvar
/// 5. `[]` system_program
#[event_cpi]
#[derive(Accounts)]
#[instruction(args: OpenSessionArgs)]
pub struct OpenSession<'info> {
    pub wallet: Signer<'info>,
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(init, payer = payer, space = Session::SPACE,
        seeds = [seeds::SESSION, wallet.key().as_ref(), &args.counter.to_le_bytes()], bump)]
    pub session: Box<Account<'info, Session>>,
    /// CHECK: the sysvar, by its address; too large to be deserialized
    #[account(address = seeds::SLOT_HASHES)]
    pub slot_hashes: UncheckedAccount<'info>,
    pub system_program: Program<'info, System>,
}

impl<'info> OpenSession<'info> {
    pub fn run(ctx: Context<'info, Self>, args: OpenSessionArgs) -> Result<()> {
        let OpenSession { wallet, payer, config, session, slot_hashes, .. } = &mut *ctx.accounts;
        config.running(pause::SESSION)?;
        require!(args.binding_term > 0, IdentityError::Duration);
        require!(is_canonical(&args.bind_c), IdentityError::NotAFieldElement);
        let clock = Clock::get()?;
        let (address, owner) = (session.key(), wallet.key());
        let newest = newest_slot_hash(slot_hashes)?;
        let challenge = challenge(&newest, &address.to_bytes(), &owner.to_bytes(), args.counter);
        let term = i64::from(args.binding_term);
        session.set_inner(Session {
            version: VERSION,
            bump: ctx.bumps.session,
            state: SessionState::Open,
            bound: false,
            wallet: owner,
            counter: args.counter,
            payer: payer.key(),
            entitlement: args.entitlement,
            rid: args.rid,
            bind_c: args.bind_c,
            euicc_commit: args.euicc_commit,
            challenge,
            expires_slot: clock.slot.checked_add(SESSION_SLOTS).ok_or(IdentityError::Duration)?,
            opened_at: clock.unix_timestamp,
            binding_expires: clock.unix_timestamp.checked_add(term).ok_or(IdentityError::Duration)?,
            handshake_at: 0,
            authenticated_at: 0,
            tls_smdp: Pubkey::default(),
            auth_smdp: Pubkey::default(),
            dns_hash: [0; 32],
            reserved: [0; RESERVED],
        });
        let expires_slot = session.expires_slot;
        emit_cpi!(SessionOpened { session: address, wallet: owner, challenge, expires_slot });
        Ok(())
    }
}

/// The first entry: a count (u64), then slots (u64) and hashes, the newest in front.
fn newest_slot_hash(slot_hashes: &AccountInfo) -> Result<[u8; 32]> {
    let data = slot_hashes.try_borrow_data()?;
    let hash = data.get(16..48).and_then(|hash| hash.try_into().ok());
    hash.ok_or_else(|| ProgramError::UnsupportedSysvar.into())
}
