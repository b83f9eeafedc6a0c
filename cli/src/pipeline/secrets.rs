//! Every secret of a run, from one seed: a run that starts again then meets the same parties at the same addresses.

use gesim_cdr::AgreementKey;
use sha2::{Digest, Sha256};
use solana_keypair::Keypair;
use zeroize::{Zeroize, ZeroizeOnDrop};

#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Secrets([u8; 32]);

impl Secrets {
    pub fn new(seed: [u8; 32]) -> Self {
        Self(seed)
    }

    /// From the operating system.
    pub fn random() -> Self {
        Self(gesim_prover::random_nonce())
    }

    /// The keypair of a party.
    pub fn keypair(&self, who: &str) -> Keypair {
        Keypair::new_from_array(self.derive(&format!("keypair:{who}")))
    }

    /// The key of the agreement's record ids.
    pub fn agreement_key(&self) -> AgreementKey {
        AgreementKey::new(self.derive("agreement key"))
    }

    /// The nonce of the batch's context. It is published, so it tells nothing about the seed.
    pub fn nonce(&self) -> [u8; 32] {
        self.derive("nonce")
    }

    /// A seed for what belongs to identity.
    pub fn identity(&self, what: &str) -> [u8; 32] {
        self.derive(&format!("identity:{what}"))
    }

    fn derive(&self, what: &str) -> [u8; 32] {
        let mut sha = Sha256::new();
        sha.update(b"gesim:pipeline:v1");
        sha.update(self.0);
        sha.update(what);
        sha.finalize().into()
    }
}
