//! Servers to shake hands with: Debian's openssl, and small ones that misbehave.
#![allow(dead_code)] // every test file takes what it needs

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    sync::{mpsc, Arc, Mutex},
    thread,
    time::Duration,
};

use gesim_core::provenance::SessionContext;
use gesim_lpa::{
    tls::{connect, Group, Options, Versions},
    LpaError, ServerRules,
};
use gesim_rsp::{
    chain::Trust,
    pki::{Issued, Pki, PkiConfig},
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// Far more than a start takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// Within the validity of the generator's certificates.
pub const NOW: i64 = 1_790_000_000;

pub fn pki() -> Pki {
    Pki::new(PkiConfig { seed: Some([7; 32]), ..PkiConfig::default() })
}

/// The rules that the PKI's server keeps.
pub fn rules(pki: &Pki) -> ServerRules {
    ServerRules {
        trust: Trust::from_certificates([&pki.ci.certificate[..]]).expect("a CI certificate"),
        registered_id: pki.config.registered_id.clone(),
        name: pki.config.dns.clone(),
        now: NOW,
    }
}

pub fn session(challenge: u8) -> SessionContext {
    SessionContext {
        session: [1; 32],
        challenge: [challenge; 32],
        wallet: [2; 32],
        bind_c: [3; 32],
        euicc_commit: [4; 32],
    }
}

pub fn options(address: impl ToString, versions: Versions) -> Options {
    Options { versions, timeout: PATIENCE, ..Options::new(address.to_string()) }
}

pub fn with_groups(options: Options, groups: &[Group]) -> Options {
    Options { groups: groups.to_vec(), ..options }
}

/// `openssl s_server`, which answers any request with a page about the connection. Ends when it is dropped.
pub struct SServer {
    child: Child,
    pub address: SocketAddr,
    _folder: TempDir,
}

impl SServer {
    /// With a certificate of ours, and what `above` it is sent along.
    pub fn start(own: &Issued, above: &[&Issued], arguments: &[&str]) -> Self {
        let key = own.key.pkcs8_pem().expect("a key");
        let chain: String = above.iter().map(|issued| issued.certificate_pem()).collect();
        Self::with_pem(&own.certificate_pem(), &key, &chain, arguments)
    }

    pub fn with_pem(certificate: &str, key: &str, chain: &str, arguments: &[&str]) -> Self {
        let folder = TempDir::new().expect("scratch folder");
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).expect("a file");
            path
        };
        let mut command = Command::new("openssl");
        command.args(["s_server", "-accept", "127.0.0.1:0", "-www", "-cert"]).arg(file("cert.pem", certificate));
        command.arg("-key").arg(file("key.pem", key)).args(arguments);
        if !chain.is_empty() {
            command.arg("-cert_chain").arg(file("chain.pem", chain));
        }
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Debian's openssl on the path");
        // The system chooses the port, openssl says which. The thread reads on, so that the pipe never fills up.
        let (say, hear) = mpsc::channel();
        let output = child.stdout.take().expect("standard output");
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if let Some(address) = line.strip_prefix("ACCEPT ") {
                    let _ = say.send(address.parse());
                }
            }
        });
        let heard = hear.recv_timeout(PATIENCE);
        let Ok(Ok(address)) = heard else {
            let _ = child.kill();
            panic!("openssl s_server {arguments:?} did not start: {:?}", child.wait());
        };
        Self { child, address, _folder: folder }
    }
}

impl Drop for SServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The bytes of one connection, each way.
#[derive(Default, Clone)]
pub struct Wire {
    pub to_server: Arc<Mutex<Vec<u8>>>,
    pub to_device: Arc<Mutex<Vec<u8>>>,
}

impl Wire {
    pub fn server_bytes(&self) -> Vec<u8> {
        self.to_device.lock().expect("no panic elsewhere").clone()
    }

    /// The TLS records that the device sent: type and length of the body.
    pub fn device_records(&self) -> Vec<(u8, usize)> {
        let bytes = self.to_server.lock().expect("no panic elsewhere").clone();
        let (mut rest, mut out) = (&bytes[..], Vec::new());
        while let [kind, _, _, high, low, tail @ ..] = rest {
            let length = usize::from(u16::from_be_bytes([*high, *low]));
            out.push((*kind, length));
            rest = tail.get(length..).unwrap_or_default();
        }
        out
    }
}

/// Relays every connection to `upstream` and keeps the bytes.
pub async fn tap(upstream: SocketAddr) -> (SocketAddr, Wire) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let (address, wire) = (listener.local_addr().expect("an address"), Wire::default());
    let kept = wire.clone();
    tokio::spawn(async move {
        while let Ok((device, _)) = listener.accept().await {
            let server = TcpStream::connect(upstream).await.expect("the server");
            let ((from_device, to_device), (from_server, to_server)) = (device.into_split(), server.into_split());
            tokio::spawn(copy(from_device, to_server, kept.to_server.clone()));
            tokio::spawn(copy(from_server, to_device, kept.to_device.clone()));
        }
    });
    (address, wire)
}

async fn copy(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    kept: Arc<Mutex<Vec<u8>>>,
) {
    let mut buffer = [0; 4096];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        kept.lock().expect("no panic elsewhere").extend_from_slice(&buffer[..length]);
        if to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
    let _ = to.shutdown().await;
}

/// Sends the same bytes to whoever says something, then waits for the other side to leave.
pub async fn parrot(bytes: Vec<u8>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut device, _)) = listener.accept().await {
            let mut buffer = [0; 4096];
            if matches!(device.read(&mut buffer).await, Ok(1..)) {
                let _ = device.write_all(&bytes).await;
                while matches!(device.read(&mut buffer).await, Ok(1..)) {}
            }
        }
    });
    address
}

/// How a server is refused.
pub async fn refusal(rules: &ServerRules, options: &Options) -> LpaError {
    match connect(&session(9), rules, options).await {
        Ok(_) => panic!("the server was accepted"),
        Err(error) => error,
    }
}
