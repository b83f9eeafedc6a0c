//! What the demonstration shows of the way to an activated unit.

use std::fmt;

use serde::Serialize;

use crate::{output::as_text, pipeline::identity::Told};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    server: String,
    certificates: Vec<Certificate>,
    registrar: String,
    leaf: u32,
    session: String,
    tls: &'static str,
    /// Bytes that the gateway relayed and could not read.
    #[serde(serialize_with = "as_text")]
    relayed_up: u64,
    #[serde(serialize_with = "as_text")]
    relayed_down: u64,
    profile: String,
    iccid: String,
    /// Witness and proof.
    proof_milliseconds: u64,
    binding: String,
}

#[derive(Serialize)]
struct Certificate {
    role: &'static str,
    address: String,
}

impl Identity {
    pub fn new(told: Told) -> Self {
        let certificate =
            |(role, address): (&'static str, solana_pubkey::Pubkey)| Certificate { role, address: address.to_string() };
        let took = told.proof.witness + told.proof.prove;
        Self {
            server: told.server,
            certificates: told.certificates.into_iter().map(certificate).collect(),
            registrar: told.registrar.to_string(),
            leaf: told.leaf,
            session: told.session.to_string(),
            tls: told.tls,
            relayed_up: told.relayed.0,
            relayed_down: told.relayed.1,
            profile: told.profile,
            iccid: told.iccid,
            proof_milliseconds: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            binding: told.binding.to_string(),
        }
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "SM-DP+ {} registered by its certificates:", self.server)?;
        for Certificate { role, address } in &self.certificates {
            writeln!(f, "  {role} at {address}")?;
        }
        writeln!(f, "Device enrolled as leaf {} of registrar {}", self.leaf, self.registrar)?;
        writeln!(f, "Session {}: the server answered the chain's challenge (TLS {})", self.session, self.tls)?;
        writeln!(
            f,
            "  the gateway relayed {} bytes up and {} down, all of it ciphertext",
            self.relayed_up, self.relayed_down
        )?;
        writeln!(f, "  profile {:?} with ICCID {} installed", self.profile, self.iccid)?;
        writeln!(f, "EID proven in {} ms and bound at {}", self.proof_milliseconds, self.binding)
    }
}
