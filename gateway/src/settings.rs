//! `gateway.toml`. There is no key and no certificate in it, and no place for one.

use std::{collections::BTreeMap, fs, net::SocketAddr, path::Path, time::Duration};

use serde::Deserialize;
use thiserror::Error;

use crate::{hello::ServerName, units};

#[derive(Debug, Error)]
pub enum SettingsError {
    #[error("reading {path}")]
    Read { path: String, source: std::io::Error },
    #[error("{path} is not a configuration of the gateway")]
    Parse { path: String, source: Box<toml::de::Error> },
    #[error("{key}: {problem}")]
    Value { key: String, problem: &'static str, hint: &'static str },
}

impl SettingsError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Read { .. } => "name the file with --config; gateway.example.toml is one to begin with",
            Self::Parse { .. } => "gateway.example.toml has every key, with its unit",
            Self::Value { hint, .. } => hint,
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub listen: SocketAddr,
    /// Where /live, /ready and /metrics answer; nowhere if it is missing.
    pub status: Option<SocketAddr>,
    #[serde(default)]
    pub ready: Ready,
    #[serde(default)]
    pub limits: Limits,
    /// Server name to `host:port`: who is not in it is not served.
    #[serde(default)]
    pub upstreams: BTreeMap<ServerName, String>,
}

/// When /ready says yes.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Ready {
    /// An upstream was reached lately; without it listening is enough, and nobody is probed.
    pub probe: bool,
    #[serde(deserialize_with = "units::duration")]
    pub every: Duration,
}

impl Default for Ready {
    fn default() -> Self {
        Self { probe: true, every: Duration::from_secs(10) }
    }
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// At once, over all clients.
    pub connections: usize,
    /// At once, from one IPv4 address or one IPv6 /64.
    pub connections_per_client: usize,
    /// A ClientHello with its records.
    pub hello_bytes: usize,
    /// Client to server, the ClientHello included.
    pub up_bytes: u64,
    /// Server to client.
    pub down_bytes: u64,
    /// Held for each direction of a connection.
    pub buffer_bytes: usize,
    /// From the connection to the whole ClientHello.
    #[serde(deserialize_with = "units::duration")]
    pub hello_time: Duration,
    /// To reach the upstream, name resolution included.
    #[serde(deserialize_with = "units::duration")]
    pub connect_time: Duration,
    /// Without a byte in either direction.
    #[serde(deserialize_with = "units::duration")]
    pub idle_time: Duration,
    /// Of a connection, whatever it does.
    #[serde(deserialize_with = "units::duration")]
    pub total_time: Duration,
    /// What running connections have left after a request to stop.
    #[serde(deserialize_with = "units::duration")]
    pub stop_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 400,
            connections_per_client: 32,
            hello_bytes: 16_384,
            up_bytes: 4 << 20,
            down_bytes: 16 << 20,
            buffer_bytes: 16_384,
            hello_time: Duration::from_secs(10),
            connect_time: Duration::from_secs(5),
            idle_time: Duration::from_secs(60),
            total_time: Duration::from_secs(600),
            stop_time: Duration::from_secs(30),
        }
    }
}

impl Settings {
    pub fn read(path: &Path) -> Result<Self, SettingsError> {
        let name = path.display().to_string();
        let text = fs::read_to_string(path).map_err(|source| SettingsError::Read { path: name.clone(), source })?;
        Self::parse(&text).map_err(|source| SettingsError::Parse { path: name, source: Box::new(source) })
    }

    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// What the types do not say; flags have had their turn by then.
    pub fn check(&self) -> Result<(), SettingsError> {
        let refuse = |key: &str, problem, hint| Err(SettingsError::Value { key: key.into(), problem, hint });
        let limits = &self.limits;
        let counts = [
            ("limits.connections", limits.connections),
            ("limits.connections_per_client", limits.connections_per_client),
            ("limits.up_bytes", usize::from(limits.up_bytes > 0)),
            ("limits.down_bytes", usize::from(limits.down_bytes > 0)),
        ];
        if let Some((key, _)) = counts.iter().find(|(_, count)| *count == 0) {
            return refuse(key, "nobody could be served", "a number above 0");
        }
        if limits.connections > 100_000 {
            return refuse("limits.connections", "too many", "at most 100000; each takes two file descriptors");
        }
        let times = [
            ("limits.hello_time", limits.hello_time),
            ("limits.connect_time", limits.connect_time),
            ("limits.idle_time", limits.idle_time),
            ("limits.total_time", limits.total_time),
            ("ready.every", self.ready.every),
        ];
        if let Some((key, _)) = times.iter().find(|(_, time)| time.is_zero()) {
            return refuse(key, "nothing happens in no time", "a number above 0 with ms, s, m or h");
        }
        if !(512..=65_536).contains(&limits.hello_bytes) {
            return refuse("limits.hello_bytes", "out of range", "512 to 65536; browsers send up to 2000");
        }
        if !(1_024..=1 << 20).contains(&limits.buffer_bytes) {
            return refuse("limits.buffer_bytes", "out of range", "1024 to 1048576; 16384 is one TLS record");
        }
        if limits.up_bytes < limits.hello_bytes as u64 {
            return refuse("limits.up_bytes", "less than hello_bytes", "the ClientHello counts: allow more");
        }
        if self.upstreams.is_empty() {
            return refuse(
                "upstreams",
                "nobody is on the list",
                "[upstreams]\n\"smdp.example.com\" = \"10.0.0.5:443\"",
            );
        }
        self.upstreams.iter().try_for_each(|(name, address)| {
            let refuse = |problem, hint| refuse(&format!("upstreams.\"{name}\""), problem, hint);
            if !units::is_host_port(address) {
                return refuse(
                    "not an address with a port",
                    "host:port, for instance 10.0.0.5:443 or [2001:db8::5]:443",
                );
            }
            if address.parse() == Ok(self.listen) && self.listen.port() != 0 {
                return refuse("the gateway itself", "name the SM-DP+ server, not the address in `listen`");
            }
            Ok(())
        })
    }
}
