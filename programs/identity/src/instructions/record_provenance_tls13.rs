use anchor_lang::prelude::*;

use crate::{
    certificate::check_server,
    error::IdentityError,
    events::ProvenanceRecorded,
    precompile::message_signed_by,
    state::{pause, seeds, Config, Issuer, Session, SessionState, Smdp, SmdpRole, Transcript},
    tls,
};

/// Records the handshake of a TLS 1.3 server: its CertificateVerify over the handshake that was uploaded, ClientHello to
/// Certificate, whose client_random is the only one that the session has with this `dn`.
///
/// 0. `[]` config
/// 1. `[writable]` session
/// 2. `[]` smdp: the certificate of the key that signed
/// 3. `[]` issuer
/// 4. `[]` ci
/// 5. `[]` transcript
/// 6. `[]` instructions: the sysvar; the precompile's instruction stands directly before this one
#[event_cpi]
#[derive(Accounts)]
pub struct RecordProvenanceTls13<'info> {
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
    #[account(seeds = [seeds::TRANSCRIPT, session.key().as_ref()], bump = transcript.bump)]
    pub transcript: Box<Account<'info, Transcript>>,
    /// CHECK: the sysvar, by its address
    #[account(address = solana_instructions_sysvar::ID)]
    pub instructions: UncheckedAccount<'info>,
}

impl<'info> RecordProvenanceTls13<'info> {
    pub fn run(ctx: Context<'info, Self>, dn: [u8; 32]) -> Result<()> {
        let RecordProvenanceTls13 { config, session, smdp, issuer, ci, transcript, instructions, .. } =
            &mut *ctx.accounts;
        config.running(pause::SESSION)?;
        let clock = Clock::get()?;
        session.require(SessionState::Open, &clock)?;
        check_server(session, smdp, issuer, ci, SmdpRole::Tls, clock.unix_timestamp)?;
        let signed = message_signed_by(&smdp.key, instructions)?;
        let client_random = session.context(&session.key()).client_random(&dn);
        let transcript = transcript.to_account_info();
        let data = transcript.try_borrow_data()?;
        let handshake = data.get(Transcript::HEADER..).ok_or(IdentityError::Handshake)?;
        tls::certificate_verify(&signed, handshake, &client_random)?;
        session.record_handshake(&smdp.key(), smdp.dns_hash, &clock);
        let event = ProvenanceRecorded { session: session.key(), smdp: smdp.key(), rid: smdp.rid, tls: 0x0304 };
        emit_cpi!(event);
        Ok(())
    }
}
