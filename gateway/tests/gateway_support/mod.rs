//! A gateway in this process, ClientHellos made by hand, and servers to relay to.
#![allow(dead_code)] // each test file uses its share

use std::{
    future::Future,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use gesim_gateway::{Direction, Gateway, Metrics, Observer, Outcome, Settings};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Notify,
    task::JoinHandle,
    time::{sleep, timeout},
};

pub const NAME: &str = "smdp.test";

/// Settings for one upstream, on free ports, without probes.
pub fn settings(upstream: SocketAddr) -> Settings {
    let text = format!("listen = \"127.0.0.1:0\"\nready.probe = false\n[upstreams]\n\"{NAME}\" = \"{upstream}\"\n");
    Settings::parse(&text).unwrap()
}

pub struct Running {
    pub address: SocketAddr,
    pub metrics: Arc<Metrics>,
    stop: Arc<Notify>,
    hurry: Arc<Notify>,
    pub task: JoinHandle<()>,
}

impl Running {
    pub async fn start(settings: Settings) -> Self {
        Self::of(Gateway::bind(settings).await.unwrap())
    }

    pub fn of(gateway: Gateway) -> Self {
        let (address, metrics) = (gateway.address(), gateway.metrics());
        let (stop, hurry) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (stopped, hurried) = (stop.clone(), hurry.clone());
        let task = tokio::spawn(async move { gateway.run(stopped.notified(), hurried.notified()).await });
        Self { address, metrics, stop, hurry, task }
    }

    pub fn stop(&self) {
        self.stop.notify_one();
    }

    pub fn hurry(&self) {
        self.hurry.notify_one();
    }

    pub async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Waits until `count` connections ended so.
    pub async fn ended(&self, outcome: Outcome, count: u64) {
        let wait = async {
            while self.metrics.count(outcome) < count {
                sleep(Duration::from_millis(5)).await;
            }
        };
        if timeout(Duration::from_secs(20), wait).await.is_err() {
            panic!("{outcome:?} never came: {}", gesim_service::Report::metrics(&*self.metrics));
        }
    }
}

/// A server that does `serve` with each connection.
pub async fn server<F: Future<Output = ()> + Send + 'static>(
    serve: impl Fn(TcpStream) -> F + Send + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    address
}

/// Sends everything back, and ends when its client does.
pub async fn echo() -> SocketAddr {
    server(|mut stream| async move {
        let (mut read, mut write) = stream.split();
        drop(tokio::io::copy(&mut read, &mut write).await);
        drop(write.shutdown().await);
    })
    .await
}

/// Takes connections and says nothing.
pub async fn silent() -> SocketAddr {
    server(|mut stream| async move {
        let mut bytes = [0; 4_096];
        while stream.read(&mut bytes).await.is_ok_and(|count| count > 0) {}
    })
    .await
}

/// The body of a ClientHello with these extensions.
pub fn body(extensions: &[(u16, Vec<u8>)]) -> Vec<u8> {
    let mut list = Vec::new();
    for (kind, value) in extensions {
        list.extend([&kind.to_be_bytes()[..], &(value.len() as u16).to_be_bytes(), value].concat());
    }
    let head = [&[3, 3][..], &[7; 32], &[0], &[0, 2, 0x13, 1], &[1, 0]].concat();
    [head, (list.len() as u16).to_be_bytes().to_vec(), list].concat()
}

pub fn server_name(name: &str) -> (u16, Vec<u8>) {
    let length = name.len() as u16;
    let entry = [&[0][..], &length.to_be_bytes(), name.as_bytes()].concat();
    (0, [&(length + 3).to_be_bytes()[..], &entry].concat())
}

/// A handshake message of type 1.
pub fn message(body: &[u8]) -> Vec<u8> {
    [&[1][..], &(body.len() as u32).to_be_bytes()[1..], body].concat()
}

/// A handshake message in records of `size` bytes.
pub fn records(message: &[u8], size: usize) -> Vec<u8> {
    let record = |part: &[u8]| [&[22, 3, 1][..], &(part.len() as u16).to_be_bytes(), part].concat();
    message.chunks(size).flat_map(record).collect()
}

pub fn hello(name: &str) -> Vec<u8> {
    records(&message(&body(&[server_name(name)])), 1 << 14)
}

/// Everything that comes until the end, or the error that ended it.
pub async fn rest(stream: &mut TcpStream) -> (Vec<u8>, std::io::Result<()>) {
    let mut bytes = Vec::new();
    let read = timeout(Duration::from_secs(20), stream.read_to_end(&mut bytes)).await.expect("an end");
    (bytes, read.map(drop))
}

/// Keeps all that the gateway relays.
#[derive(Default)]
pub struct Recorder {
    pub up: Mutex<Vec<u8>>,
    pub down: Mutex<Vec<u8>>,
}

impl Observer for Recorder {
    fn relayed(&self, direction: Direction, bytes: &[u8]) {
        let kept = if direction == Direction::Up { &self.up } else { &self.down };
        kept.lock().unwrap().extend_from_slice(bytes);
    }
}
