//! The registrar as an eUICC sees it: an SM-DP+ whose challenge happens to name a secret and a wallet (SGP.22 v2,
//! 3.0.1). Any eUICC answers it.

use gesim_cert::Role;
use gesim_core::Eid;
use gesim_rsp::{
    auth::{offer, verify_authenticate_response, AuthError, Credential, Expected},
    chain::{verify_server, Trust},
    es9::InitiateAuthenticationResponse,
};

use crate::error::{RegistrarError, Result};

/// Our certificate (DPauth), its key, and the CIs whose eUICCs we take.
pub struct Server {
    address: String,
    credential: Credential,
    trust: Trust,
}

/// What a verified answer says.
pub struct Answered {
    pub eid: Eid,
    /// When the eUICC's certificate, or its manufacturer's, ends.
    pub not_after: i64,
}

impl Server {
    /// The certificate is verified as an eUICC would, at `now`.
    pub fn new(address: &str, credential: Credential, trust: Trust, now: i64) -> Result<Self> {
        if address.is_empty() || !address.is_ascii() {
            return Err(RegistrarError::Config("the address that eUICCs are told is empty, or not ASCII".into()));
        }
        verify_server(&trust, &credential.certificate, &[], Role::Auth, now)
            .map_err(|e| RegistrarError::Config(e.to_string()))?;
        Ok(Self { address: address.into(), credential, trust })
    }

    fn expected(&self, transaction: &[u8; 16], challenge: &[u8; 16]) -> Expected {
        Expected {
            transaction_id: transaction.to_vec(),
            server_address: self.address.clone(),
            server_challenge: *challenge,
        }
    }

    /// serverSigned1 and what goes with it, for an eUICC that shows this EUICCInfo1.
    pub fn offer(
        &self,
        info1: &[u8],
        euicc_challenge: [u8; 16],
        transaction: &[u8; 16],
        challenge: &[u8; 16],
        now: i64,
    ) -> Result<InitiateAuthenticationResponse> {
        let expected = self.expected(transaction, challenge);
        offer(&self.credential, &self.trust, info1, euicc_challenge, &expected, now).map_err(|error| match error {
            AuthError::NoCommonCi => RegistrarError::OtherCi,
            AuthError::Message(error) => RegistrarError::Request(format!("euiccInfo1: {error}")),
            // Our own certificate: it may have expired since the start.
            error => RegistrarError::Config(error.to_string()),
        })
    }

    /// Verifies an AuthenticateServerResponse: the chain to a CI, the signature, and that it answers this challenge in
    /// this transaction at this address.
    pub fn verify(&self, response: &[u8], transaction: &[u8; 16], challenge: &[u8; 16], now: i64) -> Result<Answered> {
        let expected = self.expected(transaction, challenge);
        let verified = verify_authenticate_response(response, &expected, &self.trust, now)
            .map_err(|e| RegistrarError::Euicc(e.to_string()))?;
        Ok(Answered { eid: verified.eid, not_after: verified.chain.not_after })
    }
}
