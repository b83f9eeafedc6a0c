//! What a device checks of a registrar's answers before it believes them.

use base64::{engine::general_purpose::STANDARD, Engine};
use gesim_cert::ServerSigned1;
use gesim_core::{
    eid::{self, EID_TREE_DEPTH},
    poseidon::Field,
    Eid,
};
use zeroize::Zeroizing;

use crate::{
    api::{Begun, Credential},
    error::{RegistrarError, Result},
    service::field,
};

/// A credential in numbers.
pub struct Enrolment {
    pub salt: Zeroizing<Field>,
    pub tag: Field,
    pub expiry: i64,
    pub index: u32,
    pub siblings: [Field; EID_TREE_DEPTH],
    pub root: Field,
}

impl Begun {
    /// The challenge that the eUICC is about to sign names this secret and this wallet, and answers its own challenge:
    /// otherwise somebody else's enrolment would be signed.
    pub fn check(&self, idc: &Field, wallet: &[u8; 32], euicc_challenge: &[u8; 16]) -> Result<()> {
        let bad = |reason: &str| RegistrarError::Request(format!("the registrar's challenge {reason}"));
        let mut nonce = [0; 32];
        hex::decode_to_slice(&self.nonce, &mut nonce).map_err(|_| bad("has no nonce of 32 octets"))?;
        let signed = STANDARD.decode(&self.server_signed1).map_err(|_| bad("is not base64"))?;
        let signed = ServerSigned1::parse(&signed).map_err(|e| bad(&format!("is malformed: {e}")))?;
        match () {
            () if hex::encode(signed.transaction_id) != self.id => Err(bad("is of another enrolment")),
            () if signed.euicc_challenge != euicc_challenge => Err(bad("answers another eUICC")),
            () if *signed.server_challenge != eid::enrolment_challenge(idc, wallet, &nonce) => {
                Err(bad("names another secret, wallet or nonce"))
            }
            () => Ok(()),
        }
    }
}

impl Credential {
    /// The leaf of this EID and this secret is where the registrar says. Whether the chain has this root, the chain says.
    pub fn check(&self, eid: Eid, idc: &Field) -> Result<Enrolment> {
        let bad = |reason: &str| RegistrarError::Request(format!("the registrar's credential {reason}"));
        let salt = Zeroizing::new(field(&self.salt, "salt")?);
        let tag = field(&self.eid_tag, "eidTag")?;
        let siblings: Vec<Field> = self.path.siblings.iter().map(|it| field(it, "siblings")).collect::<Result<_>>()?;
        let siblings = siblings.try_into().map_err(|_| bad("has no path of 20 nodes"))?;
        let root = field(&self.path.root, "root")?;
        let leaf = eid::leaf(&eid::eid_commitment(eid, &salt)?, idc, &tag, self.expiry)?;
        match eid::root(&leaf, self.path.index, &siblings)? == root {
            true => Ok(Enrolment { salt, tag, expiry: self.expiry, index: self.path.index, siblings, root }),
            false => Err(bad("does not lead to its root")),
        }
    }
}
