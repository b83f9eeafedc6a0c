//! Who a server must be: the device's own decision, before it sends anything.

use gesim_cert::Role;
use gesim_rsp::chain::{verify_server, ChainError, Rule as ChainRule, Trust};
use sha2::{Digest, Sha256};

/// What is expected of the server.
#[derive(Debug, Clone)]
pub struct ServerRules {
    /// The GSMA CIs that count: those of the chain.
    pub trust: Trust,
    /// Content octets of the SM-DP+'s registered id: the session's.
    pub registered_id: Vec<u8>,
    /// The DNS name in its certificate, and the one that the TLS handshake asks for.
    pub name: String,
    /// The clock, unix seconds.
    pub now: i64,
}

/// A server that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerIdentity {
    /// SEC1, compressed.
    pub key: [u8; 33],
    /// SHA-256 of the TBS: names the certificate's account.
    pub tbs_hash: [u8; 32],
    pub registered_id: Vec<u8>,
    pub name: String,
    /// DER.
    pub certificate: Vec<u8>,
    /// What its issuer signed and how: what `register_smdp` needs.
    pub tbs: Vec<u8>,
    pub issuer_signature: [u8; 64],
    /// What the server sent along: ES9+ of version 2 has no place for an intermediate CA's certificate.
    pub above: Vec<Vec<u8>>,
}

impl ServerRules {
    /// Takes a certificate of this role that a trusted CI, or a CA one hop below it, has issued to the expected SM-DP+ and
    /// that counts now; a DPtls certificate for the expected name only. `above` is what the server sent along: nothing in
    /// it counts by itself.
    pub fn check(&self, role: Role, certificate: &[u8], above: &[&[u8]]) -> Result<ServerIdentity, ChainError> {
        let server = verify_server(&self.trust, certificate, above, role, self.now)?;
        server.expect_registered_id(&self.registered_id)?;
        if role == Role::Tls {
            server.expect_dns(&self.name)?;
        }
        Ok(ServerIdentity {
            key: server.key33,
            tbs_hash: Sha256::digest(&server.tbs).into(),
            registered_id: server.registered_id,
            name: server.dns.unwrap_or_default(),
            certificate: certificate.to_vec(),
            tbs: server.tbs,
            issuer_signature: server.signature,
            above: above.iter().map(|der| der.to_vec()).collect(),
        })
    }
}

/// What to do about a certificate that is refused.
pub(crate) fn hint(rule: ChainRule) -> &'static str {
    match rule {
        ChainRule::NotYetValid | ChainRule::Expired => {
            "check the device's clock; if it is right, the operator must renew the certificate"
        }
        ChainRule::RegisteredId | ChainRule::DnsName => {
            "this is another server than the one that the session names: check the activation code"
        }
        ChainRule::UnknownIssuer | ChainRule::Signature(_) => {
            "somebody else may answer for the server, or its CI is not registered: compare the address and the CI"
        }
        ChainRule::UnsupportedCurve => "ask the operator for a server with a P-256 certificate",
        _ => "a server is verified by a certificate of SGP.26's profile: its operator must install the right one",
    }
}
