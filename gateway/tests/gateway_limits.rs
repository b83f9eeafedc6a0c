//! Every limit, each reached alone.

mod gateway_support;

use std::{io::ErrorKind, time::Duration};

use gateway_support::{echo, hello, records, rest, server, settings, silent, Running, NAME};
use gesim_gateway::{hello::Refusal, Outcome};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{sleep, Instant},
};

const INTERNAL_ERROR: [u8; 7] = [21, 3, 3, 0, 2, 2, 80];

async fn exchange(stream: &mut TcpStream, bytes: &[u8]) -> Vec<u8> {
    stream.write_all(bytes).await.unwrap();
    let mut back = vec![0; bytes.len()];
    stream.read_exact(&mut back).await.unwrap();
    back
}

#[tokio::test]
async fn connections_in_all_fails() {
    let mut settings = settings(echo().await);
    settings.limits.connections = 2;
    let gateway = Running::start(settings).await;
    let (mut one, mut two) = (gateway.connect().await, gateway.connect().await);
    exchange(&mut one, &hello(NAME)).await;
    exchange(&mut two, &hello(NAME)).await;
    assert_eq!(gateway.metrics.active(), 2);
    assert_eq!(rest(&mut gateway.connect().await).await.0, INTERNAL_ERROR);
    gateway.ended(Outcome::TooManyConnections, 1).await;
    // A place that is given back is taken again.
    drop(one);
    gateway.ended(Outcome::Finished, 1).await;
    let mut three = gateway.connect().await;
    assert_eq!(exchange(&mut three, &hello(NAME)).await, hello(NAME));
}

#[tokio::test]
async fn connections_of_one_client_fails() {
    let mut settings = settings(echo().await);
    settings.limits.connections_per_client = 1;
    let gateway = Running::start(settings).await;
    let mut one = gateway.connect().await;
    exchange(&mut one, &hello(NAME)).await;
    assert_eq!(rest(&mut gateway.connect().await).await.0, INTERNAL_ERROR);
    gateway.ended(Outcome::TooManyOfClient, 1).await;
    // Another address is another client.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.2:0".parse().unwrap()).unwrap();
    let mut other = socket.connect(gateway.address).await.unwrap();
    assert_eq!(exchange(&mut other, &hello(NAME)).await, hello(NAME));
}

#[test]
fn an_ipv6_network_is_one_client_fails() {
    let clients = gesim_gateway::Clients::new(1);
    let place = |text: &str| clients.place(text.parse().unwrap());
    let _held = place("2001:db8:1:2::1").unwrap();
    assert!(place("2001:db8:1:2:ffff::9").is_none());
    let _other = place("2001:db8:1:3::1").unwrap();
    let four = place("10.0.0.1").unwrap();
    assert!(place("::ffff:10.0.0.1").is_none());
    drop(four);
    assert!(place("::ffff:10.0.0.1").is_some());
}

#[tokio::test]
async fn bytes_up_fails() {
    let mut settings = settings(silent().await);
    settings.limits.up_bytes = 20_000;
    let gateway = Running::start(settings).await;
    let mut client = gateway.connect().await;
    client.write_all(&hello(NAME)).await.unwrap();
    // Exactly as much as allowed is fine, one more is not.
    client.write_all(&vec![1; 20_000 - hello(NAME).len()]).await.unwrap();
    sleep(Duration::from_millis(200)).await;
    assert_eq!(gateway.metrics.count(Outcome::UpBytes), 0);
    client.write_all(&[1]).await.unwrap();
    assert_eq!(rest(&mut client).await.1.unwrap_err().kind(), ErrorKind::ConnectionReset);
    gateway.ended(Outcome::UpBytes, 1).await;
}

#[tokio::test]
async fn bytes_down_fails() {
    let upstream = server(|mut stream| async move {
        drop(stream.write_all(&[5; 50_000]).await);
        sleep(Duration::from_secs(20)).await;
    });
    let mut settings = settings(upstream.await);
    settings.limits.down_bytes = 30_000;
    let gateway = Running::start(settings).await;
    let mut client = gateway.connect().await;
    client.write_all(&hello(NAME)).await.unwrap();
    let (bytes, ended) = rest(&mut client).await;
    assert!(ended.is_err() && bytes.len() <= 30_000, "{} {ended:?}", bytes.len());
    gateway.ended(Outcome::DownBytes, 1).await;
}

#[tokio::test]
async fn a_long_hello_fails() {
    let mut settings = settings(echo().await);
    settings.limits.hello_bytes = 512;
    let gateway = Running::start(settings).await;
    let mut client = gateway.connect().await;
    client.write_all(&records(&gateway_support::message(&[3; 600]), 1 << 14)).await.unwrap();
    assert_eq!(rest(&mut client).await.0, [21, 3, 3, 0, 2, 2, 40]);
    gateway.ended(Outcome::Refused(Refusal::TooLong), 1).await;
}

#[tokio::test]
async fn a_slow_hello_fails() {
    let mut settings = settings(echo().await);
    settings.limits.hello_time = Duration::from_millis(300);
    let gateway = Running::start(settings).await;
    let mut client = gateway.connect().await;
    let begun = Instant::now();
    let trickle = async {
        for byte in hello(NAME) {
            if client.write_all(&[byte]).await.is_err() {
                break;
            }
            sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::select! {
        () = trickle => {}
        () = gateway.ended(Outcome::Refused(Refusal::TooSlow), 1) => {}
    }
    assert!(begun.elapsed() < Duration::from_secs(4));
    assert!(gesim_service::Report::metrics(&*gateway.metrics).contains("failures_total{reason=\"too_slow\"} 1\n"));
}

#[tokio::test]
async fn an_idle_connection_fails() {
    let mut settings = settings(echo().await);
    settings.limits.idle_time = Duration::from_millis(300);
    let gateway = Running::start(settings).await;
    let mut client = gateway.connect().await;
    exchange(&mut client, &hello(NAME)).await;
    // Busy for longer than the idle time.
    for _ in 0..6 {
        sleep(Duration::from_millis(100)).await;
        exchange(&mut client, b"busy").await;
    }
    assert_eq!(gateway.metrics.count(Outcome::Idle), 0);
    assert_eq!(rest(&mut client).await.1.unwrap_err().kind(), ErrorKind::ConnectionReset);
    gateway.ended(Outcome::Idle, 1).await;
}

#[tokio::test]
async fn a_connection_that_never_ends_fails() {
    let mut settings = settings(echo().await);
    settings.limits.total_time = Duration::from_millis(400);
    let gateway = Running::start(settings).await;
    let mut client = gateway.connect().await;
    client.write_all(&hello(NAME)).await.unwrap();
    let busy = async {
        let mut bytes = [0; 64];
        while client.write_all(b"x").await.is_ok() && client.read(&mut bytes).await.is_ok_and(|count| count > 0) {
            sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), busy).await.unwrap();
    gateway.ended(Outcome::TotalTime, 1).await;
}

#[tokio::test]
async fn an_upstream_out_of_reach_fails() {
    // A port that was free a moment ago: refused at once.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let gateway = Running::start(settings(free)).await;
    let mut client = gateway.connect().await;
    client.write_all(&hello(NAME)).await.unwrap();
    assert_eq!(rest(&mut client).await.0, INTERNAL_ERROR);
    gateway.ended(Outcome::Unreachable, 1).await;
}

#[tokio::test]
async fn an_upstream_that_does_not_accept_fails() {
    // A full backlog: the system neither accepts nor refuses.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let full = socket.listen(0).unwrap();
    let address = full.local_addr().unwrap();
    let mut held = Vec::new();
    while let Ok(stream) = tokio::time::timeout(Duration::from_millis(200), TcpStream::connect(address)).await {
        held.push(stream.unwrap());
        assert!(held.len() < 64, "the backlog never fills");
    }
    let mut settings = settings(address);
    settings.limits.connect_time = Duration::from_millis(300);
    let gateway = Running::start(settings).await;
    let mut client = gateway.connect().await;
    client.write_all(&hello(NAME)).await.unwrap();
    assert_eq!(rest(&mut client).await.0, INTERNAL_ERROR);
    gateway.ended(Outcome::Unreachable, 1).await;
}
