//! Issuers, certificates and sessions, found by what they belong to.

use identity::state::{seeds, Binding, Issuer, IssuerState, Session, Smdp, SmdpRole, RID_LEN};
use solana_pubkey::Pubkey;

use crate::{
    error::{ClientError, Result},
    fetch,
    instructions::identity::Chain,
    transport::{Filter, Transport},
};

/// Where keys stand: behind discriminator, version, bump, and further bytes of each kind.
const ISSUER_SKI: usize = 11 + 33;
const SMDP_RID: usize = 12 + 32 + 33;
const SESSION_WALLET: usize = 12;
const BINDING_WALLET: usize = 10 + 32 + 32 + 32;

/// All issuers.
pub fn issuers(transport: &dyn Transport) -> Result<Vec<(Pubkey, Issuer)>> {
    fetch::list(transport, "issuer", Vec::new())
}

/// The issuer that a certificate names by its authority key identifier; an active one first.
pub fn issuer_of(transport: &dyn Transport, ski: &[u8; 20]) -> Result<Option<(Pubkey, Issuer)>> {
    let filter = Filter { offset: ISSUER_SKI, bytes: ski.to_vec() };
    let mut found: Vec<(Pubkey, Issuer)> = fetch::list(transport, "issuer", vec![filter])?;
    found.sort_by_key(|(_, issuer)| issuer.state != IssuerState::Active);
    Ok(found.into_iter().next())
}

/// All SM-DP+ certificates, or those of one registered id.
pub fn certificates(transport: &dyn Transport, rid: Option<&[u8; RID_LEN]>) -> Result<Vec<(Pubkey, Smdp)>> {
    let filters = rid.map(|rid| Filter { offset: SMDP_RID, bytes: rid.to_vec() });
    fetch::list(transport, "SM-DP+ certificate", filters.into_iter().collect())
}

/// A registered certificate by the SHA-256 of its TBS, with those above it.
pub fn chain(transport: &dyn Transport, tbs: &[u8; 32]) -> Result<(Smdp, Chain)> {
    let address = seeds::smdp(tbs).0;
    let smdp: Smdp = fetch::fetch(transport, "registered SM-DP+ certificate", &address)?;
    let chain = Chain { smdp: address, issuer: smdp.issuer, ci: smdp.ci };
    Ok((smdp, chain))
}

/// Sessions of a wallet.
pub fn sessions(transport: &dyn Transport, wallet: &Pubkey) -> Result<Vec<(Pubkey, Session)>> {
    fetch::list(transport, "session", vec![Filter { offset: SESSION_WALLET, bytes: wallet.to_bytes().to_vec() }])
}

/// Bindings of a wallet.
pub fn bindings(transport: &dyn Transport, wallet: &Pubkey) -> Result<Vec<(Pubkey, Binding)>> {
    fetch::list(transport, "binding", vec![Filter { offset: BINDING_WALLET, bytes: wallet.to_bytes().to_vec() }])
}

/// A registered id as accounts hold it: its length, the OID's content octets, zeros.
pub fn rid(octets: &[u8]) -> Result<[u8; RID_LEN]> {
    let mut out = [0; RID_LEN];
    let length = u8::try_from(octets.len()).ok().filter(|length| usize::from(*length) < RID_LEN && *length > 0);
    out[0] = length.ok_or_else(|| ClientError::invalid("a registered id has 1 to 23 octets"))?;
    out[1..=octets.len()].copy_from_slice(octets);
    Ok(out)
}

/// The content octets of a registered id.
pub fn rid_octets(rid: &[u8; RID_LEN]) -> &[u8] {
    rid.get(1..=usize::from(rid[0])).unwrap_or_default()
}

/// A registered id as people write it: `2.999.10`.
pub fn rid_text(rid: &[u8; RID_LEN]) -> String {
    let mut arcs: Vec<u128> = Vec::new();
    let mut arc: u128 = 0;
    for octet in rid_octets(rid) {
        arc = (arc << 7) | u128::from(octet & 0x7f);
        if octet & 0x80 == 0 {
            if arcs.is_empty() {
                let first = (arc / 40).min(2);
                arcs.push(first);
                arc -= first * 40;
            }
            arcs.push(arc);
            arc = 0;
        }
    }
    arcs.iter().map(u128::to_string).collect::<Vec<_>>().join(".")
}

/// What a certificate is for, as GSMA names it.
pub fn role_name(role: SmdpRole) -> &'static str {
    match role {
        SmdpRole::Tls => "DPtls",
        SmdpRole::Auth => "DPauth",
        SmdpRole::ProfileBinding => "DPpb",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registered_ids_read_as_people_write_them_ok() {
        for (octets, text) in [(&[0x88, 0x37, 10][..], "2.999.10"), (&[0x2a, 0x03], "1.2.3"), (&[0x01], "0.1")] {
            let rid = rid(octets).expect("fits");
            assert_eq!((rid_octets(&rid), rid_text(&rid).as_str()), (octets, text));
        }
    }

    #[test]
    fn registered_ids_that_do_not_fit_fails() {
        assert!(rid(&[]).is_err() && rid(&[1; RID_LEN]).is_err());
    }
}
