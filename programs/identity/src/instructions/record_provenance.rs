use anchor_lang::prelude::*;

use crate::{
    certificate::check_server,
    events::ProvenanceRecorded,
    precompile::message_signed_by,
    state::{pause, seeds, Config, Issuer, Session, SessionState, Smdp, SmdpRole},
    tls,
};

/// Records the handshake of a TLS 1.2 server: its signature over the ServerKeyExchange, made with a registered DPtls key over
/// the only client_random that the session has with this `dn`. Public evidence: nobody signs.
///
/// 0. `[]` config
/// 1. `[writable]` session
/// 2. `[]` smdp: the certificate of the key that signed
/// 3. `[]` issuer
/// 4. `[]` ci
/// 5. `[]` instructions: the sysvar; the precompile's instruction stands directly before this one
#[event_cpi]
#[derive(Accounts)]
pub struct RecordProvenance<'info> {
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

impl<'info> RecordProvenance<'info> {
    pub fn run(ctx: Context<'info, Self>, dn: [u8; 32]) -> Result<()> {
        let RecordProvenance { config, session, smdp, issuer, ci, instructions, .. } = &mut *ctx.accounts;
        config.running(pause::SESSION)?;
        let clock = Clock::get()?;
        session.require(SessionState::Open, &clock)?;
        check_server(session, smdp, issuer, ci, SmdpRole::Tls, clock.unix_timestamp)?;
        let signed = message_signed_by(&smdp.key, instructions)?;
        tls::server_key_exchange(&signed, &session.context(&session.key()).client_random(&dn))?;
        session.record_handshake(&smdp.key(), smdp.dns_hash, &clock);
        let event = ProvenanceRecorded { session: session.key(), smdp: smdp.key(), rid: smdp.rid, tls: 0x0303 };
        emit_cpi!(event);
        Ok(())
    }
}
