use std::{fmt, path::PathBuf};

use anyhow::{anyhow, Result};
use clap::{Args, ValueEnum};
use gesim_vault::{
    wire::OperatorKey, AuthRequest, AuthVector, Imsi, KeyVault, Network, PublicKey, Secret, VectorClient,
};
use serde::Serialize;

use super::{bytes, public_key, secret_file, vault, At};
use crate::{context::Context, failure::Hint};

/// A vault here, or one that serves.
#[derive(Args, Debug)]
struct Through {
    #[command(flatten)]
    at: At,
    /// Ask the vault that serves at this socket
    #[arg(long, value_name = "FILE", requires_all = ["vault_key", "operator_key"])]
    socket: Option<PathBuf>,
    /// That vault's public key
    #[arg(long, value_name = "HEX", value_parser = public_key)]
    vault_key: Option<PublicKey>,
    /// The operator's key file
    #[arg(long, value_name = "FILE")]
    operator_key: Option<PathBuf>,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
enum Kind {
    Umts,
    Eps,
    #[value(name = "5g")]
    FiveG,
}

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  gesim vault auth-vector --subscriber 001010000000001\n  gesim vault auth-vector --subscriber 001010000000001 --network 5g --serving-network 5G:mnc001.mcc001.3gppnetwork.org\n  gesim vault auth-vector --subscriber 001010000000001 --socket vault.sock --vault-key 02.. --operator-key operator.key"
)]
pub struct AuthVectorArgs {
    #[command(flatten)]
    through: Through,
    /// IMSI
    #[arg(long, value_name = "IMSI")]
    subscriber: Imsi,
    /// Network that will use the vector
    #[arg(long, value_enum, default_value_t = Kind::Umts)]
    network: Kind,
    /// MCC and MNC of the serving network
    #[arg(long, value_name = "DIGITS", required_if_eq("network", "eps"))]
    plmn: Option<String>,
    /// Serving network name
    #[arg(long, value_name = "NAME", required_if_eq("network", "5g"))]
    serving_network: Option<String>,
}

#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  gesim vault resync --subscriber 001010000000001 --rand 23553cbe9637a89d218ae64dae47bf35 --auts ..\n\nRAND is the challenge that the card refused, AUTS the 14 bytes of its answer."
)]
pub struct Resync {
    #[command(flatten)]
    through: Through,
    /// IMSI
    #[arg(long, value_name = "IMSI")]
    subscriber: Imsi,
    /// Challenge that the card refused
    #[arg(long, value_name = "HEX", value_parser = bytes::<16>)]
    rand: [u8; 16],
    /// The card's answer
    #[arg(long, value_name = "HEX", value_parser = bytes::<14>)]
    auts: [u8; 14],
}

#[derive(Serialize)]
struct Shown(AuthVector);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<9} {}", "rand", hex::encode(self.0.rand))?;
        writeln!(f, "{:<9} {}", "autn", hex::encode(self.0.autn))?;
        self.0.keys.named().iter().try_for_each(|(name, bytes)| writeln!(f, "{name:<9} {}", hex::encode(bytes)))
    }
}

#[derive(Serialize)]
struct Resynchronised {
    subscriber: Imsi,
}

impl fmt::Display for Resynchronised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Subscriber {}: the next vector is newer than the card's newest", self.subscriber)
    }
}

impl Through {
    fn open(&self, context: &Context) -> Result<Box<dyn KeyVault>> {
        let (Some(socket), Some(key), Some(operator)) = (&self.socket, self.vault_key, &self.operator_key) else {
            return Ok(Box::new(self.at.open(context)?));
        };
        let secret = Secret::from_hex(secret_file(operator)?.trim()).map_err(|_| {
            anyhow!("{} is no operator key", operator.display()).hint("make one with: gesim vault operator-key")
        })?;
        let operator = OperatorKey::new(&secret).map_err(vault)?;
        Ok(Box::new(VectorClient::connect(socket, key, operator).map_err(vault)?))
    }
}

impl AuthVectorArgs {
    pub fn run(&self, context: &Context) -> Result<()> {
        let network = match self.network {
            Kind::Umts => Network::Umts,
            Kind::Eps => Network::Eps { plmn: self.plmn.clone().unwrap_or_default() },
            Kind::FiveG => Network::FiveG { serving_network: self.serving_network.clone().unwrap_or_default() },
        };
        let vector = self.through.open(context)?.auth_vector(&self.subscriber, &AuthRequest { network });
        context.output.emit(&Shown(vector.map_err(vault)?))
    }
}

impl Resync {
    pub fn run(&self, context: &Context) -> Result<()> {
        let mut open = self.through.open(context)?;
        open.resynchronise(&self.subscriber, &self.rand, &self.auts).map_err(vault)?;
        context.output.emit(&Resynchronised { subscriber: self.subscriber.clone() })
    }
}
