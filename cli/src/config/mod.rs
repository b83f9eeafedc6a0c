//! Settings, and where each of them comes from: flag, environment, settings file, Solana CLI, default.

mod cluster;
mod files;

use std::{env, path::PathBuf, str::FromStr};

use anyhow::{anyhow, Context as _, Result};
use gesim_client::PriorityFee;
use solana_commitment_config::CommitmentConfig;

use crate::{cli::Global, failure::Hint, output::Mode};
pub use cluster::{moniker_url, MAINNET_GENESIS};
pub use files::home;
use files::{FileSettings, SolanaSettings};

/// Where a value was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    Flag(&'static str),
    Environment(&'static str),
    File(PathBuf),
    SolanaCli(PathBuf),
    Default,
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Flag(name) => write!(f, "--{name}"),
            Self::Environment(name) => f.write_str(name),
            Self::File(path) | Self::SolanaCli(path) => write!(f, "{}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

#[derive(Debug, Clone)]
pub struct Value<T> {
    pub value: T,
    pub origin: Origin,
}

#[derive(Debug, Clone)]
pub struct Settings {
    pub url: Value<String>,
    pub keypair: Value<String>,
    pub commitment: Value<CommitmentConfig>,
    pub priority_fee: Value<PriorityFee>,
    pub output: Value<Mode>,
    pub data: Value<PathBuf>,
    /// The settings file that was looked for.
    pub file: PathBuf,
}

impl Settings {
    pub fn load(global: &Global) -> Result<Self> {
        let named = global.config.clone().or_else(|| env::var_os("GESIM_CONFIG").map(PathBuf::from));
        let path = named.clone().unwrap_or_else(files::default_path);
        if named.is_some() && !path.exists() {
            return Err(anyhow!("the settings file {} does not exist", path.display())
                .hint("leave --config and GESIM_CONFIG out to use the default place"));
        }
        let file = FileSettings::read(&path)?;
        let solana = SolanaSettings::read();
        let found = Search { file: &path, solana: &solana };

        let url = found
            .first("url", global.url.clone(), "GESIM_URL", file.url, solana.url.clone())
            .map(|text| moniker_url(&text))
            .or_default(|| moniker_url("l"));
        let keypair = found
            .first("keypair", global.keypair.clone(), "GESIM_KEYPAIR", file.keypair, solana.keypair.clone())
            .or_default(|| files::home().join(".config/solana/id.json").display().to_string());
        let commitment = found
            .first("commitment", global.commitment.clone(), "GESIM_COMMITMENT", file.commitment, None)
            .parse(|text| {
                CommitmentConfig::from_str(text)
                    .map_err(|_| anyhow!("`{text}` is none of processed, confirmed, finalized"))
            })?
            .or_default(CommitmentConfig::confirmed);
        let asked = global.priority_fee.map(|fee| fee.to_string());
        let priority_fee = found
            .first("priority-fee", asked, "GESIM_PRIORITY_FEE", file.priority_fee, None)
            .parse(|text| text.parse().map_err(|reason: String| anyhow!(reason)))?
            .or_default(|| PriorityFee::None);
        let asked = global.output.map(|mode| mode.to_string());
        let output = found
            .first("output", asked, "GESIM_OUTPUT", file.output, None)
            .parse(Mode::parse)?
            .or_default(|| Mode::Display);
        let asked = global.data.as_ref().map(|path| path.display().to_string());
        let data =
            found.first("data", asked, "GESIM_DATA", file.data, None).map(PathBuf::from).or_default(files::data_dir);
        Ok(Self { url, keypair, commitment, priority_fee, output, data, file: path })
    }
}

struct Search<'a> {
    file: &'a PathBuf,
    solana: &'a SolanaSettings,
}

impl Search<'_> {
    fn first(
        &self,
        name: &'static str,
        flag: Option<String>,
        variable: &'static str,
        file: Option<String>,
        solana: Option<String>,
    ) -> Found<String> {
        let at = |value: Option<String>, origin: Origin| value.map(|value| Value { value, origin });
        let environment = env::var(variable).ok().filter(|value| !value.is_empty());
        Found(
            at(flag, Origin::Flag(name))
                .or_else(|| at(environment, Origin::Environment(variable)))
                .or_else(|| at(file, Origin::File(self.file.clone())))
                .or_else(|| at(solana, Origin::SolanaCli(self.solana.path.clone()))),
        )
    }
}

struct Found<T>(Option<Value<T>>);

impl<T> Found<T> {
    fn map<U>(self, change: impl FnOnce(T) -> U) -> Found<U> {
        Found(self.0.map(|v| Value { value: change(v.value), origin: v.origin }))
    }

    fn or_default(self, default: impl FnOnce() -> T) -> Value<T> {
        self.0.unwrap_or_else(|| Value { value: default(), origin: Origin::Default })
    }
}

impl Found<String> {
    fn parse<U>(self, parse: impl FnOnce(&str) -> Result<U>) -> Result<Found<U>> {
        let Some(found) = self.0 else { return Ok(Found(None)) };
        let value = parse(&found.value).with_context(|| format!("the value from {} is not valid", found.origin))?;
        Ok(Found(Some(Value { value, origin: found.origin })))
    }
}
