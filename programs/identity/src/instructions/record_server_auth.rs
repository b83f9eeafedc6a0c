use anchor_lang::prelude::*;
use gesim_cert::ServerSigned1;
use gesim_core::provenance::{euicc_commitment, name_hash};

use crate::{
    certificate::check_server,
    error::IdentityError,
    events::ServerAuthenticated,
    precompile::message_signed_by,
    state::{pause, seeds, Config, Issuer, Session, SessionState, Smdp, SmdpRole},
};

/// Records what the SM-DP+ signed on top of the handshake: serverSigned1 by a registered DPauth key of the same SM-DP+, over
/// the challenge that the session's commitment holds (`r` opens it) and under the name of the handshake's certificate.
///
/// 0. `[]` config
/// 1. `[writable]` session
/// 2. `[]` smdp: the certificate of the key that signed
/// 3. `[]` issuer
/// 4. `[]` ci
/// 5. `[]` instructions: the sysvar; the precompile's instruction stands directly before this one
#[event_cpi]
#[derive(Accounts)]
pub struct RecordServerAuth<'info> {
    #[account(seeds = [seeds::CONFIG], bump = config.bump)]
    pub config: Box<Account<'info, Config>>,
    #[account(mut, seeds = [seeds::SESSION, session.wallet.as_ref(), &session.counter.to_le_bytes()],
        bump = session.bump)]
    pub session: Box<Account<'info, Session>>,
    #[account(seeds = [seeds::SMDP, &smdp.tbs], bump = smdp.bump)]
    pub smdp: Box<Account<'info, Smdp>>,
    #[account(seeds = [seeds::ISSUER, &issuer.key[..1], &issuer.key[1..]], bump = issuer.bump)]
    pub issuer: Box<Account<'info, Issuer>>,
    #[account(seeds = [seeds::ISSUER, &ci.key[..1], &ci.key[1..]], bump = ci.bump)]
    pub ci: Box<Account<'info, Issuer>>,
    /// CHECK: the sysvar, by its address
    #[account(address = solana_instructions_sysvar::ID)]
    pub instructions: UncheckedAccount<'info>,
}

impl<'info> RecordServerAuth<'info> {
    pub fn run(ctx: Context<'info, Self>, r: [u8; 32]) -> Result<()> {
        let RecordServerAuth { config, session, smdp, issuer, ci, instructions, .. } = &mut *ctx.accounts;
        config.running(pause::SESSION)?;
        let clock = Clock::get()?;
        session.require(SessionState::Handshake, &clock)?;
        check_server(session, smdp, issuer, ci, SmdpRole::Auth, clock.unix_timestamp)?;
        let signed = message_signed_by(&smdp.key, instructions)?;
        let server = ServerSigned1::parse(&signed).map_err(|_| IdentityError::WrongMessage)?;
        let opened = euicc_commitment(server.euicc_challenge, &r) == session.euicc_commit;
        require!(opened, IdentityError::WrongEuiccChallenge);
        let name = name_hash(server.server_address.as_bytes());
        require!(name == Some(session.dns_hash), IdentityError::WrongServerAddress);
        session.state = SessionState::Authenticated;
        session.auth_smdp = smdp.key();
        session.authenticated_at = clock.unix_timestamp;
        let event = ServerAuthenticated { session: session.key(), smdp: smdp.key() };
        emit_cpi!(event);
        Ok(())
    }
}
