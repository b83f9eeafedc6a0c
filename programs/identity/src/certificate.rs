//! Certificates: what was signed becomes an account, and an account must still count when it is used.

use anchor_lang::prelude::*;
use gesim_cert::{CertError, Role, Tbs};

use crate::{
    error::IdentityError,
    state::{Issuer, IssuerState, Session, Smdp, SmdpRole, RID_LEN},
};

/// Reads a TBS and checks its validity now. The log says what is wrong with it.
pub fn parse(tbs: &[u8], now: i64) -> Result<Tbs<'_>> {
    let parsed = Tbs::parse(tbs).and_then(|tbs| tbs.check_validity(now).map(|()| tbs));
    parsed.map_err(|error| {
        msg!("{}", error);
        match error {
            CertError::UnsupportedCurve => IdentityError::UnsupportedCurve,
            CertError::NotYetValid => IdentityError::NotYetValid,
            CertError::Expired => IdentityError::Expired,
            _ => IdentityError::Certificate,
        }
        .into()
    })
}

/// The role of an SM-DP+'s certificate.
pub fn smdp_role(role: Role) -> Result<SmdpRole> {
    match role {
        Role::Tls => Ok(SmdpRole::Tls),
        Role::Auth => Ok(SmdpRole::Auth),
        Role::ProfileBinding => Ok(SmdpRole::ProfileBinding),
        Role::Ca => err!(IdentityError::WrongRole),
    }
}

/// A registered id as accounts hold it: its length, its octets, zeros.
pub fn rid(octets: &[u8]) -> Result<[u8; RID_LEN]> {
    let mut out = [0; RID_LEN];
    let [length, rest @ ..] = &mut out;
    *length = u8::try_from(octets.len()).map_err(|_| IdentityError::Certificate)?;
    rest.get_mut(..octets.len()).ok_or(IdentityError::Certificate)?.copy_from_slice(octets);
    Ok(out)
}

/// What a session's signature may be checked with: a certificate of its SM-DP+ in this role, valid now, not revoked, under
/// issuers that still count.
pub fn check_server<'a>(
    session: &Session,
    smdp: &Smdp,
    issuer: &Account<'a, Issuer>,
    ci: &Account<'a, Issuer>,
    role: SmdpRole,
    now: i64,
) -> Result<()> {
    require!(smdp.role == role, IdentityError::WrongRole);
    require!(smdp.rid == session.rid, IdentityError::WrongSmdp);
    require!(!smdp.revoked, IdentityError::Revoked);
    check_validity(smdp.not_before, smdp.not_after, now)?;
    require_keys_eq!(issuer.key(), smdp.issuer, IdentityError::WrongIssuer);
    require_keys_eq!(ci.key(), smdp.ci, IdentityError::WrongCi);
    for above in [issuer, ci] {
        let counts = matches!(above.state, IssuerState::Active | IssuerState::Retiring);
        require!(counts, IdentityError::IssuerState);
        check_validity(above.not_before, above.not_after, now)?;
    }
    Ok(())
}

/// Whether an issuer may certify something new: it is active, and so is the CI above it.
pub fn check_issuer<'a>(issuer: &Account<'a, Issuer>, ci: &Account<'a, Issuer>, now: i64) -> Result<()> {
    require_keys_eq!(ci.key(), issuer.ci, IdentityError::WrongCi);
    for above in [issuer, ci] {
        require!(above.state == IssuerState::Active, IdentityError::IssuerState);
        check_validity(above.not_before, above.not_after, now)?;
    }
    Ok(())
}

fn check_validity(not_before: i64, not_after: i64, now: i64) -> Result<()> {
    require!(now >= not_before, IdentityError::NotYetValid);
    require!(now <= not_after, IdentityError::Expired);
    Ok(())
}
