//! Binding: a profile, protected for one eUICC and one transaction.

use gesim_core::Eid;
use thiserror::Error;

use crate::{
    asn1::{
        Asn1Error, BoundProfilePackage, ConfigureIsdp, InitialiseSecureChannel, ReplaceSessionKeys, TAG_86, TAG_87,
        TAG_88,
    },
    bsp::{Bsp, SessionKeys},
    keys::{KeyError, KeyPair},
    profile::Profile,
    tlv::tlv,
};

/// Names this host in the key derivation.
const HOST_ID: &[u8] = b"gesim-smdp";

#[derive(Debug, Error)]
pub enum BindError {
    #[error(transparent)]
    Message(#[from] Asn1Error),
    #[error("the eUICC's one-time key: {0}")]
    Key(#[from] KeyError),
}

pub struct Binding<'a> {
    pub transaction_id: &'a [u8],
    pub euicc_otpk: &'a [u8],
    pub eid: Eid,
    /// DPpb's key.
    pub key: &'a KeyPair,
    /// The profile elements get keys of their own instead of the session's.
    pub own_keys: bool,
}

impl Binding<'_> {
    /// The BoundProfilePackage, DER.
    pub fn bind(&self, profile: &Profile) -> Result<Vec<u8>, BindError> {
        let one_time = KeyPair::generate();
        let shared = one_time.agree(self.euicc_otpk)?;
        let raw = InitialiseSecureChannel::unsigned(self.transaction_id, HOST_ID, &one_time.public65())?;
        let signature = self.key.sign(&InitialiseSecureChannel::to_sign(&raw, self.euicc_otpk));

        let mut bsp = Bsp::new(SessionKeys::derive(&shared, HOST_ID, self.eid));
        let configure = bsp.seal(TAG_87, &ConfigureIsdp::encode());
        let metadata = bsp.authenticate(TAG_88, &profile.metadata);
        let replace = self.own_keys.then(|| {
            let keys = SessionKeys::generate();
            let request = ReplaceSessionKeys {
                chaining_value: keys.chaining.clone(),
                enc: keys.enc.clone(),
                mac: keys.mac.clone(),
            };
            let segments = bsp.seal(TAG_87, &request.encode());
            bsp = Bsp::new(keys);
            segments
        });
        let parts = [
            InitialiseSecureChannel::assemble(&raw, &signature),
            tlv(0xA0, &configure),
            tlv(0xA1, &metadata),
            replace.map(|segments| tlv(0xA2, &segments)).unwrap_or_default(),
            tlv(0xA3, &bsp.seal(TAG_86, &profile.package)),
        ];
        let package = tlv(0xBF36, &parts);
        // what leaves this server reads as what it should be
        BoundProfilePackage::decode(&package)?;
        Ok(package)
    }
}
