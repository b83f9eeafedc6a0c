//! The settings file and the Solana CLI's configuration.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::failure::Hint;

#[derive(Deserialize, Default, Debug)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FileSettings {
    pub url: Option<String>,
    pub keypair: Option<String>,
    pub commitment: Option<String>,
    #[serde(default, deserialize_with = "text_or_number")]
    pub priority_fee: Option<String>,
    pub output: Option<String>,
    pub data: Option<String>,
}

fn text_or_number<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Text(String),
        Number(u64),
    }
    Ok(Some(match Either::deserialize(from)? {
        Either::Text(text) => text,
        Either::Number(number) => number.to_string(),
    }))
}

impl FileSettings {
    pub fn read(path: &Path) -> Result<Self> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(error).with_context(|| format!("reading {}", path.display())),
        };
        toml::from_str(&text)
            .with_context(|| format!("the settings file {} is not valid", path.display()))
            .hint("keys are url, keypair, commitment, priority-fee, output and data")
    }
}

/// What `solana config set` wrote.
#[derive(Default, Debug)]
pub struct SolanaSettings {
    pub path: PathBuf,
    pub url: Option<String>,
    pub keypair: Option<String>,
}

impl SolanaSettings {
    /// The file is YAML with one plain scalar a line; anything else in it does not concern us.
    pub fn read() -> Self {
        let path = home().join(".config/solana/cli/config.yml");
        let text = fs::read_to_string(&path).unwrap_or_default();
        let get = |key: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?;
            let value = line.trim().trim_matches(['"', '\'']);
            (!value.is_empty()).then(|| value.to_string())
        };
        Self { url: get("json_rpc_url"), keypair: get("keypair_path"), path: path.clone() }
    }
}

pub fn home() -> PathBuf {
    env::var_os("HOME").map_or_else(|| PathBuf::from("."), PathBuf::from)
}

pub fn default_path() -> PathBuf {
    let base = directories::BaseDirs::new();
    base.map_or_else(|| home().join(".config"), |dirs| dirs.config_dir().to_path_buf()).join("gesim/config.toml")
}

pub fn data_dir() -> PathBuf {
    let base = directories::BaseDirs::new();
    base.map_or_else(|| home().join(".local/share"), |dirs| dirs.data_dir().to_path_buf()).join("gesim")
}
