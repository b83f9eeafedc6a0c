//! Keys on their way into a vault.

use serde::Deserialize;

use crate::{secret::digits, Milenage, Secret, VaultError};

/// A card's keys on their way in.
pub struct SubscriberKeys {
    pub ki: Secret<16>,
    pub opc: Secret<16>,
}

/// A file with keys: Ki, and OPc or the operator's OP.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    #[serde(deserialize_with = "digits")]
    ki: Option<Secret<16>>,
    #[serde(default, deserialize_with = "digits")]
    opc: Option<Secret<16>>,
    #[serde(default, deserialize_with = "digits")]
    op: Option<Secret<16>>,
}

impl SubscriberKeys {
    pub fn generate() -> Result<Self, VaultError> {
        Ok(Self { ki: Secret::generate()?, opc: Secret::generate()? })
    }

    /// `{"ki": "<32 digits>", "opc": "<32 digits>"}`, or `op` in place of `opc`.
    pub fn from_json(text: &str) -> Result<Self, VaultError> {
        let file: KeyFile = serde_json::from_str(text)
            .map_err(|_| VaultError::Key("a key file is {\"ki\": .., \"opc\": ..} or {\"ki\": .., \"op\": ..}"))?;
        match (file.ki, file.opc, file.op) {
            (Some(ki), Some(opc), None) => Ok(Self { ki, opc }),
            (Some(ki), None, Some(op)) => Ok(Self { opc: Milenage::derive_opc(&ki, &op), ki }),
            _ => Err(VaultError::Key("a key file names either opc or op")),
        }
    }
}
