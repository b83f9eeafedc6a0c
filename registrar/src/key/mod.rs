//! The key that turns an EID into its eidTag. Whoever has it can find EIDs of tags: it stays in a file that nobody else
//! can read, or in a module that never gives it out.

mod file;
mod pkcs11;

use gesim_core::{
    eid::{tag_of_mac, Eid, EID_TAG_TAG},
    poseidon::Field,
};
use zeroize::Zeroizing;

pub use file::FileKey;
pub use pkcs11::{Pin, Pkcs11Key};

use crate::error::Result;

/// Authenticates what tells two keys apart; no EID's message begins like it.
const CHECK_TAG: &[u8] = b"gesim:eid-key-check:v1";
/// Octets of a check value: enough to notice a mistake, and nothing to attack the key with.
pub const CHECK_LEN: usize = 8;

/// Holds the key and computes HMAC-SHA-256 under it.
pub trait TagKey: Send {
    fn mac(&self, message: &[u8]) -> Result<Zeroizing<[u8; 32]>>;
    /// Where it is, for logs and `status`.
    fn place(&self) -> String;
}

/// The eidTag: the MAC of the EID's digits, cut to a field element.
pub fn tag(key: &dyn TagKey, eid: Eid) -> Result<Field> {
    let digits = Zeroizing::new(eid.digits());
    let message = Zeroizing::new([EID_TAG_TAG, &digits[..]].concat());
    Ok(tag_of_mac(&*key.mac(&message)?))
}

/// Tells whether it is the key that an epoch began with.
pub fn check_value(key: &dyn TagKey) -> Result<[u8; CHECK_LEN]> {
    let mac = key.mac(CHECK_TAG)?;
    let mut out = [0; CHECK_LEN];
    out.iter_mut().zip(mac.iter()).for_each(|(to, from)| *to = *from);
    Ok(out)
}
