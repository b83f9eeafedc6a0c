//! The two steps of an enrolment.

use std::str::FromStr;

use base64::{engine::general_purpose::STANDARD, Engine};
use gesim_core::{
    eid::{eid_commitment, enrolment_challenge, leaf, TIME_BITS},
    poseidon::{is_canonical, Field},
};
use sha2::{Digest, Sha256};
use solana_pubkey::Pubkey;
use zeroize::Zeroizing;

use super::{lock, random, Registrar};
use crate::{
    api::{Answer, Begin, Begun, Credential},
    chain::LeafChain,
    error::{RegistrarError, Result},
    key,
    service::Step,
    store::{Enrolment, NewLeaf},
};

impl Registrar {
    /// Gives out a nonce, signed as an SM-DP+ signs its challenge.
    pub fn begin(&self, request: &Begin) -> Result<Begun> {
        let idc: Field = field(&request.idc, "idc")?;
        let wallet = Pubkey::from_str(&request.wallet).map_err(|_| refused("wallet is not an address"))?.to_bytes();
        let challenge = octets(&request.euicc_challenge, "euiccChallenge")?;
        let euicc_challenge = challenge.try_into().map_err(|_| refused("euiccChallenge has not 16 octets"))?;
        let info1 = octets(&request.euicc_info1, "euiccInfo1")?;
        let (id, nonce) = (random::<16>()?, random::<32>()?);
        let now = self.now();
        let expires_at = now.saturating_add(self.policy.nonce_seconds.into());
        let enrolment =
            Enrolment { id, idc, wallet, nonce, euicc_challenge, expires_at, attempts: 0, response: None, leaf: None };
        let server_challenge = enrolment_challenge(&idc, &wallet, &nonce);
        let offered = self.server.offer(&info1, euicc_challenge, &id, &server_challenge, now)?;
        self.store().open_enrolment(&enrolment, self.policy.most_open, now)?;
        Ok(Begun {
            id: hex::encode(id),
            nonce: hex::encode(nonce),
            server_signed1: STANDARD.encode(offered.server_signed1.0),
            server_signature1: STANDARD.encode(offered.server_signature1.0),
            euicc_ci_pk_id_to_be_used: STANDARD.encode(offered.euicc_ci_pk_id_to_be_used.0),
            server_certificate: STANDARD.encode(offered.server_certificate.0),
            expires_at,
        })
    }

    /// Takes the eUICC's answer: it is verified, and the leaf is on its way to the chain. The leaf's number comes back.
    pub fn answer(&self, id: &str, request: &Answer) -> Result<i64> {
        let id = enrolment_id(id)?;
        let response = octets(&request.authenticate_server_response, "authenticateServerResponse")?;
        let digest: [u8; 32] = Sha256::digest(&response).into();
        let enrolment = self.store().enrolment(&id)?;
        if let Some(taken) = enrolment.taken(&digest, self.now())? {
            return Ok(taken);
        }
        let leaf = match self.verify(&enrolment, &response) {
            Ok(leaf) => leaf,
            Err(error @ RegistrarError::Euicc(_)) => {
                self.store().count_attempt(&id)?;
                return Err(error);
            }
            Err(error) => return Err(error),
        };
        self.store().answer(&id, &digest, &leaf, self.now())
    }

    fn verify(&self, enrolment: &Enrolment, response: &[u8]) -> Result<NewLeaf> {
        let Enrolment { id, idc, wallet, nonce, .. } = enrolment;
        let challenge = enrolment_challenge(idc, wallet, nonce);
        let now = self.now();
        self.check_key()?;
        let euicc = self.server.verify(response, id, &challenge, now)?;
        let tag = key::tag(lock(&self.key).as_ref(), euicc.eid)?;
        // 31 random octets are a field element, whatever they are.
        let mut salt = Zeroizing::new([0; 32]);
        let drawn = Zeroizing::new(random::<31>()?);
        salt.iter_mut().skip(1).zip(drawn.iter()).for_each(|(to, from)| *to = *from);
        let latest = euicc.not_after.min((1_i64 << TIME_BITS).saturating_sub(1));
        let expiry = now.saturating_add(self.policy.leaf_seconds.into()).min(latest);
        let eidc = eid_commitment(euicc.eid, &salt)?;
        let hash = leaf(&eidc, idc, &tag, expiry)?;
        let epoch = self.store().epoch()?.epoch;
        Ok(NewLeaf { epoch, tag, salt, eidc, hash, expiry })
    }

    /// [`Registrar::answer`], the chain's confirmation, and the credential, in one call: for whoever has the chain at hand.
    pub fn enrol(&self, chain: &dyn LeafChain, id: &str, request: &Answer) -> Result<Credential> {
        let leaf = self.answer(id, request)?;
        while self.step(chain)? != Step::Idle {}
        self.credential(leaf)
    }
}

pub(super) fn refused(reason: impl Into<String>) -> RegistrarError {
    RegistrarError::Request(reason.into())
}

fn enrolment_id(text: &str) -> Result<[u8; 16]> {
    let mut id = [0; 16];
    hex::decode_to_slice(text, &mut id).map_err(|_| RegistrarError::UnknownEnrolment)?;
    Ok(id)
}

/// 64 hexadecimal digits that are below the field's modulus.
pub fn field(text: &str, what: &str) -> Result<Field> {
    let mut out = [0; 32];
    hex::decode_to_slice(text, &mut out).map_err(|_| refused(format!("{what} has not 64 hexadecimal digits")))?;
    match is_canonical(&out) {
        true => Ok(out),
        false => Err(refused(format!("{what} is not a field element"))),
    }
}

fn octets(text: &str, what: &str) -> Result<Vec<u8>> {
    STANDARD.decode(text).map_err(|_| refused(format!("{what} is not base64")))
}
