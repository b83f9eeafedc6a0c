//! Keys of the development deployment. Anyone can derive them, so anyone can deploy at these addresses on a
//! cluster where nobody has yet: another deployment brings its own ids and rebuilds.

use sha2::{Digest, Sha256};
use solana_keypair::Keypair;

/// The keypair a program is deployed with in development; its public key is the program's address.
pub fn keypair(name: &str) -> Keypair {
    let seed: [u8; 32] = Sha256::digest(format!("gesim development program key: {name}")).into();
    Keypair::new_from_array(seed)
}
