//! OpenSSL on both sides of the gateway: it changes nothing, and sees ciphertext only.

mod gateway_support;

use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Output, Stdio},
    sync::Arc,
};

use gateway_support::{settings, Recorder, Running, NAME};
use gesim_gateway::{Gateway, Outcome};
use tempfile::TempDir;

/// Goes one way each, inside TLS.
const ASKED: &str = "marker-of-the-client-7f3a";
const ANSWERED: &str = "marker-of-the-server-91c4";
const EXPORTED: &str = "EXPORTER-gesim-test";

fn openssl(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new("openssl");
    command.args(args).current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn done(output: Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let all = text(&output.stdout) + &text(&output.stderr);
    assert!(output.status.success(), "{all}");
    all
}

/// A CA of its own and a P-256 server certificate under it, as `prefix`.
fn certificate(folder: &Path, prefix: &str) {
    let (ca, key, request, leaf) =
        (format!("{prefix}-ca"), format!("{prefix}.key"), format!("{prefix}.csr"), format!("{prefix}.pem"));
    let (ca_key, ca_pem) = (format!("{ca}.key"), format!("{ca}.pem"));
    let new = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    let authority = [&new[..], &["-x509", "-subj", "/CN=Test CI", "-keyout", &ca_key, "-out", &ca_pem]].concat();
    done(openssl(folder, &authority).output().unwrap());
    let subject = format!("/CN={NAME}");
    let asked = [&new[..], &["-subj", &subject, "-keyout", &key, "-out", &request]].concat();
    done(openssl(folder, &asked).output().unwrap());
    let extensions = format!("{prefix}.ext");
    fs::write(folder.join(&extensions), format!("subjectAltName=DNS:{NAME}\n")).unwrap();
    let signed = ["x509", "-req", "-in", &request, "-CA", &ca_pem, "-CAkey", &ca_key, "-CAcreateserial", "-out", &leaf];
    done(openssl(folder, &[&signed[..], &["-extfile", &extensions]].concat()).output().unwrap());
}

/// `openssl s_server`, which prints what comes and sends what it is given.
struct Server {
    child: Child,
    address: SocketAddr,
    told: Vec<u8>,
}

impl Server {
    fn start(folder: &Path, prefix: &str, version: &str) -> Self {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let (accept, key, leaf) = (address.to_string(), format!("{prefix}.key"), format!("{prefix}.pem"));
        let args = ["s_server", "-accept", &accept, "-key", &key, "-cert", &leaf, version];
        let export = ["-keymatexport", EXPORTED, "-keymatexportlen", "32"];
        let child = openssl(folder, &[&args[..], &export].concat()).spawn().unwrap();
        let mut server = Self { child, address, told: Vec::new() };
        read_until(server.child.stdout.as_mut().unwrap(), &mut server.told, "ACCEPT\n");
        server
    }

    /// Answers what is asked; what it said until then comes back.
    fn serve(&mut self) -> String {
        read_until(self.child.stdout.as_mut().unwrap(), &mut self.told, ASKED);
        self.child.stdin.as_mut().unwrap().write_all(format!("{ANSWERED}\n").as_bytes()).unwrap();
        String::from_utf8_lossy(&self.told).into_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// `openssl s_client` that trusts the CA of `prefix` only, sends [`ASKED`] and reads to the end.
fn client(folder: &Path, address: SocketAddr, ca: &str, version: &str) -> Output {
    let (address, ca) = (address.to_string(), format!("{ca}-ca.pem"));
    let args = ["s_client", "-connect", &address, "-servername", NAME, "-CAfile", &ca, version];
    let checks = ["-verify_return_error", "-verify_hostname", NAME, "-showcerts"];
    let export = ["-keymatexport", EXPORTED, "-keymatexportlen", "32"];
    let mut child = openssl(folder, &[&args[..], &checks, &export].concat()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    drop(input.write_all(format!("{ASKED}\n").as_bytes()));
    let mut told = Vec::new();
    read_until(child.stdout.as_mut().unwrap(), &mut told, ANSWERED);
    // The end of its input ends the session, with close_notify.
    drop(input);
    let mut output = child.wait_with_output().unwrap();
    output.stdout.splice(..0, told);
    output
}

/// Reads up to a text, or to the end.
fn read_until(from: &mut impl Read, told: &mut Vec<u8>, text: &str) {
    let mut bytes = [0; 4_096];
    while !holds(told, text) {
        match from.read(&mut bytes).unwrap() {
            0 => break,
            count => told.extend_from_slice(&bytes[..count]),
        }
    }
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// Both directions between client and gateway, by a relay of the test's own.
async fn tap(gateway: SocketAddr) -> (SocketAddr, Arc<Recorder>) {
    let recorder = Arc::new(Recorder::default());
    let kept = recorder.clone();
    let address = gateway_support::server(move |mut client| {
        let kept = kept.clone();
        async move {
            use tokio::io::{AsyncReadExt, AsyncWriteExt};
            let mut upstream = tokio::net::TcpStream::connect(gateway).await.unwrap();
            let (mut from_client, mut to_client) = client.split();
            let (mut from_gateway, mut to_gateway) = upstream.split();
            let up = async {
                let mut bytes = [0; 4_096];
                while let Ok(count @ 1..) = from_client.read(&mut bytes).await {
                    kept.up.lock().unwrap().extend_from_slice(&bytes[..count]);
                    drop(to_gateway.write_all(&bytes[..count]).await);
                }
                drop(to_gateway.shutdown().await);
            };
            let down = async {
                let mut bytes = [0; 4_096];
                while let Ok(count @ 1..) = from_gateway.read(&mut bytes).await {
                    kept.down.lock().unwrap().extend_from_slice(&bytes[..count]);
                    drop(to_client.write_all(&bytes[..count]).await);
                }
                drop(to_client.shutdown().await);
            };
            tokio::join!(up, down);
        }
    });
    (address.await, recorder)
}

async fn sees_ciphertext_only(version: &str) {
    let folder = TempDir::new().unwrap();
    certificate(folder.path(), "real");
    let mut server = Server::start(folder.path(), "real", version);
    let inside = Arc::new(Recorder::default());
    let gateway = Gateway::bind(settings(server.address)).await.unwrap().observed(inside.clone());
    let gateway = Running::of(gateway);
    let (address, wire) = tap(gateway.address).await;
    let (path, version) = (folder.path().to_owned(), version.to_owned());
    let asking = tokio::task::spawn_blocking(move || client(&path, address, "real", &version));
    let (at_server, _server) = tokio::task::spawn_blocking(move || (server.serve(), server)).await.unwrap();
    let said = done(asking.await.unwrap());
    gateway.ended(Outcome::Finished, 1).await;

    assert!(at_server.contains(ASKED) && said.contains(ANSWERED), "{said}\n{at_server}");
    assert!(said.contains("Verify return code: 0 (ok)"), "{said}");
    // The certificate that the client saw is the server's.
    let own = fs::read_to_string(folder.path().join("real.pem")).unwrap();
    assert!(said.contains(own.trim()), "{said}");
    // Both ends have the same secret: nobody sits between them.
    let exported = |text: &str| text.split("Keying material: ").nth(1).map(|rest| rest[..64].to_owned());
    assert!(exported(&said).is_some() && exported(&said) == exported(&at_server), "{said}\n{at_server}");

    // What went in is what came out, and the marker is in none of it.
    for (outer, inner) in [(&wire.up, &inside.up), (&wire.down, &inside.down)] {
        let (outer, inner) = (outer.lock().unwrap(), inner.lock().unwrap());
        assert!(outer.len() > 200 && *outer == *inner);
        assert!(!holds(&inner, ASKED) && !holds(&inner, ANSWERED));
    }
    // The search does find what is there in the clear.
    assert!(holds(&inside.up.lock().unwrap(), NAME));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tls_12_is_ciphertext_to_the_gateway_ok() {
    sees_ciphertext_only("-tls1_2").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tls_13_is_ciphertext_to_the_gateway_ok() {
    sees_ciphertext_only("-tls1_3").await;
}

/// Whoever terminates needs a certificate, and has another one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_terminating_proxy_in_its_place_fails() {
    let folder = TempDir::new().unwrap();
    certificate(folder.path(), "real");
    certificate(folder.path(), "false");
    for version in ["-tls1_2", "-tls1_3"] {
        let proxy = Server::start(folder.path(), "false", version);
        let gateway = Running::start(settings(proxy.address)).await;
        let (path, address) = (folder.path().to_owned(), gateway.address);
        let output = tokio::task::spawn_blocking(move || client(&path, address, "real", version)).await.unwrap();
        assert!(!output.status.success());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("certificate verify failed"), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn openssl_understands_the_refusal_fails() {
    let folder = TempDir::new().unwrap();
    certificate(folder.path(), "real");
    let mut other = settings("127.0.0.1:9".parse().unwrap());
    other.upstreams = [("other.test".parse().unwrap(), "127.0.0.1:9".to_owned())].into();
    let gateway = Running::start(other).await;
    let (path, address) = (folder.path().to_owned(), gateway.address);
    let output = tokio::task::spawn_blocking(move || client(&path, address, "real", "-tls1_3")).await.unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("unrecognized name"), "{said}");
}
