//! What the device draws for one provisioning session, what it shows of it, and what it opens later.

use std::fmt;

use gesim_core::{
    eid::{binding_commitment, Eid},
    poseidon::Field,
    provenance::{euicc_commitment, SessionContext},
    CoreError,
};
use rand::{rngs::OsRng, RngCore};
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

/// A session's secrets. Whoever has `bind_r` can find the EID by trying: it goes to the SM-DP+ and into the proof, nowhere
/// else. Serialised for a device that works in several steps; the file is as secret as the value.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionSecrets {
    /// r in `bind_c = P(5, eid, r)`, a field element.
    #[serde(with = "crate::hexed")]
    bind_r: Field,
    /// What the eUICC asks the server to sign.
    #[serde(with = "crate::hexed")]
    euicc_challenge: [u8; 16],
    /// Hides it until then.
    #[serde(with = "crate::hexed")]
    euicc_r: [u8; 32],
}

/// What a session is opened with on-chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionOpening {
    pub bind_c: Field,
    pub euicc_commit: [u8; 32],
}

impl SessionSecrets {
    /// For the challenge that the eUICC has just drawn.
    pub fn draw(euicc_challenge: [u8; 16]) -> Self {
        let (mut bind_r, mut euicc_r) = ([0; 32], [0; 32]);
        // 31 octets behind a zero one: below the modulus.
        if let Some(low) = bind_r.get_mut(1..) {
            OsRng.fill_bytes(low);
        }
        OsRng.fill_bytes(&mut euicc_r);
        Self { bind_r, euicc_challenge, euicc_r }
    }

    pub fn opening(&self, eid: Eid) -> Result<SessionOpening, CoreError> {
        Ok(SessionOpening {
            bind_c: binding_commitment(eid, &self.bind_r)?,
            euicc_commit: euicc_commitment(&self.euicc_challenge, &self.euicc_r),
        })
    }

    /// What the TLS handshake answers: the opening, and what the chain said to it.
    pub fn context(
        &self,
        eid: Eid,
        session: [u8; 32],
        challenge: [u8; 32],
        wallet: [u8; 32],
    ) -> Result<SessionContext, CoreError> {
        let SessionOpening { bind_c, euicc_commit } = self.opening(eid)?;
        Ok(SessionContext { session, challenge, wallet, bind_c, euicc_commit })
    }

    /// For the possession proof, and for the SM-DP+ to check `bind_c` with.
    pub fn bind_r(&self) -> &Field {
        &self.bind_r
    }

    pub fn euicc_challenge(&self) -> &[u8; 16] {
        &self.euicc_challenge
    }

    /// Opens `euicc_commit`: `record_server_auth` takes it once the server has signed.
    pub fn euicc_r(&self) -> &[u8; 32] {
        &self.euicc_r
    }
}

impl Drop for SessionSecrets {
    fn drop(&mut self) {
        self.bind_r.zeroize();
        self.euicc_challenge.zeroize();
        self.euicc_r.zeroize();
    }
}

impl fmt::Debug for SessionSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionSecrets(..)")
    }
}
