//! How bytes move and how connections end.

mod gateway_support;

use std::{io::ErrorKind, sync::Arc, time::Duration};

use gateway_support::{echo, hello, message, records, rest, server, settings, silent, Recorder, Running, NAME};
use gesim_gateway::{hello::Refusal, Gateway, GatewayError, Outcome};
use gesim_service::Report;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::{sleep, timeout, Instant},
};

#[tokio::test]
async fn a_hello_byte_by_byte_arrives_unchanged_ok() {
    let observer = Arc::new(Recorder::default());
    let gateway = Gateway::bind(settings(echo().await)).await.unwrap().observed(observer.clone());
    let gateway = Running::of(gateway);
    let mut client = gateway.connect().await;
    client.set_nodelay(true).unwrap();
    let sent = records(&message(&gateway_support::body(&[gateway_support::server_name(NAME)])), 3);
    for byte in &sent {
        client.write_all(&[*byte]).await.unwrap();
        sleep(Duration::from_millis(1)).await;
    }
    client.shutdown().await.unwrap();
    let (back, ended) = rest(&mut client).await;
    ended.unwrap();
    assert_eq!(back, sent);
    gateway.ended(Outcome::Finished, 1).await;
    assert_eq!(*observer.up.lock().unwrap(), sent);
    assert_eq!(*observer.down.lock().unwrap(), sent);
}

#[tokio::test]
async fn each_half_closes_by_itself_ok() {
    // The server speaks only once its client has said everything.
    let upstream = server(|mut stream| async move {
        let mut all = Vec::new();
        drop(stream.read_to_end(&mut all).await);
        drop(stream.write_all(format!("{} bytes", all.len()).as_bytes()).await);
    });
    let gateway = Running::start(settings(upstream.await)).await;
    let mut client = gateway.connect().await;
    client.write_all(&hello(NAME)).await.unwrap();
    client.write_all(&[9; 100_000]).await.unwrap();
    client.shutdown().await.unwrap();
    let (back, ended) = rest(&mut client).await;
    ended.unwrap();
    assert_eq!(String::from_utf8(back).unwrap(), format!("{} bytes", 100_000 + hello(NAME).len()));
    gateway.ended(Outcome::Finished, 1).await;
}

#[tokio::test]
async fn names_off_the_list_and_other_protocols_fails() {
    let gateway = Running::start(settings(echo().await)).await;
    let nameless = records(&message(&gateway_support::body(&[(10, vec![0])])), 1 << 14);
    let encrypted = records(&message(&gateway_support::body(&[(0xfe0d, vec![0])])), 1 << 14);
    let cases = [
        (hello("other.test"), Refusal::UnknownName, 112),
        (nameless, Refusal::NoName, 40),
        (encrypted, Refusal::EncryptedOnly, 112),
        (b"GET / HTTP/1.1\r\n\r\n".to_vec(), Refusal::NotTls, 40),
        (vec![0x80, 46, 1, 0, 2, 0, 21, 0, 0], Refusal::Sslv2, 40),
        (records(&message(&[1, 2, 3]), 100), Refusal::Malformed(""), 50),
    ];
    for (count, (bytes, refusal, alert)) in cases.into_iter().enumerate() {
        let mut client = gateway.connect().await;
        client.write_all(&bytes).await.unwrap();
        client.shutdown().await.unwrap();
        assert_eq!(rest(&mut client).await.0, [21, 3, 3, 0, 2, 2, alert], "{refusal:?}");
        gateway.ended(Outcome::Refused(refusal), count as u64 + 1).await;
        let line = format!("gesim_gateway_handshake_failures_total{{reason=\"{}\"}} 1\n", refusal.label());
        assert!(gateway.metrics.metrics().contains(&line), "{refusal:?}");
    }
    drop(gateway.connect().await);
    gateway.ended(Outcome::Refused(Refusal::Left), 7).await;
    assert!(gateway.metrics.metrics().contains("gesim_gateway_bytes_total{direction=\"up\"} 0\n"));
}

#[tokio::test]
async fn an_alert_survives_what_the_client_still_sends_ok() {
    let gateway = Running::start(settings(echo().await)).await;
    let mut client = gateway.connect().await;
    client.write_all(&[hello("other.test"), vec![1; 30_000]].concat()).await.unwrap();
    sleep(Duration::from_millis(200)).await;
    let mut alert = [0; 7];
    client.read_exact(&mut alert).await.unwrap();
    assert_eq!(alert, [21, 3, 3, 0, 2, 2, 112]);
}

#[tokio::test]
async fn an_upstream_that_breaks_off_resets_the_client_fails() {
    let upstream = server(|mut stream| async move {
        drop(stream.write_all(&[1; 1_000]).await);
        sleep(Duration::from_millis(200)).await;
        drop(stream.set_zero_linger());
    });
    let gateway = Running::start(settings(upstream.await)).await;
    let mut client = gateway.connect().await;
    client.write_all(&hello(NAME)).await.unwrap();
    let mut first = [0; 1_000];
    client.read_exact(&mut first).await.unwrap();
    assert_eq!(rest(&mut client).await.1.unwrap_err().kind(), ErrorKind::ConnectionReset);
    gateway.ended(Outcome::UpstreamReset, 1).await;
}

#[tokio::test]
async fn a_client_that_breaks_off_resets_the_upstream_fails() {
    let (told, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let upstream = server(move |mut stream| {
        let told = told.clone();
        async move {
            let (_, ended) = rest(&mut stream).await;
            told.send(ended.map_err(|error| error.kind())).unwrap();
        }
    });
    let gateway = Running::start(settings(upstream.await)).await;
    let mut client = gateway.connect().await;
    client.write_all(&hello(NAME)).await.unwrap();
    sleep(Duration::from_millis(100)).await;
    client.set_zero_linger().unwrap();
    drop(client);
    gateway.ended(Outcome::ClientReset, 1).await;
    assert_eq!(heard.recv().await, Some(Err(ErrorKind::ConnectionReset)));
}

/// 500 at once, of which 100 may be served; when they are through, so are all the others that come.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_at_once_stay_within_the_limit_ok() {
    let mut settings = settings(echo().await);
    settings.limits.connections = 100;
    settings.limits.connections_per_client = 1_000;
    let gateway = Running::start(settings).await;
    let hold = Arc::new(Semaphore::new(0));
    let (address, sent) = (gateway.address, hello(NAME));
    let clients: Vec<_> = (0..500)
        .map(|_| {
            let (hold, sent) = (hold.clone(), sent.clone());
            tokio::spawn(async move {
                let mut client = TcpStream::connect(address).await.unwrap();
                drop(client.write_all(&sent).await);
                let mut back = vec![0; sent.len()];
                let served = client.read_exact(&mut back).await.is_ok() && back == sent;
                drop(hold.acquire().await);
                served
            })
        })
        .collect();
    gateway.ended(Outcome::TooManyConnections, 400).await;
    assert_eq!(gateway.metrics.active(), 100);
    hold.close();
    let mut served = 0;
    for client in clients {
        served += u32::from(client.await.unwrap());
    }
    assert_eq!(served, 100);
    gateway.ended(Outcome::Finished, 100).await;
    gateway.stop();
    gateway.task.await.unwrap();
    assert_eq!(gateway.metrics.active(), 0);
}

#[tokio::test]
async fn a_stop_lets_a_running_transfer_end_ok() {
    let upstream = server(|mut stream| async move {
        for _ in 0..20 {
            drop(stream.write_all(&[7; 10_000]).await);
            sleep(Duration::from_millis(30)).await;
        }
        // Closing with bytes unread would be a reset.
        drop(stream.shutdown().await);
        drop(rest(&mut stream).await);
    });
    let gateway = Running::start(settings(upstream.await)).await;
    let mut client = gateway.connect().await;
    client.write_all(&hello(NAME)).await.unwrap();
    let mut first = [0; 1_000];
    client.read_exact(&mut first).await.unwrap();
    gateway.stop();
    sleep(Duration::from_millis(100)).await;
    assert_eq!(gateway.metrics.ready(), Err("stopping".into()));
    let refused = TcpStream::connect(gateway.address).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    client.shutdown().await.unwrap();
    let (bytes, ended) = rest(&mut client).await;
    ended.unwrap();
    assert_eq!(bytes.len(), 199_000);
    timeout(Duration::from_secs(5), gateway.task).await.expect("it stops").unwrap();
    assert_eq!(gateway.metrics.count(Outcome::Finished), 1);
}

#[tokio::test]
async fn a_stop_cuts_what_outlives_its_deadline_fails() {
    let mut settings = settings(silent().await);
    settings.limits.stop_time = Duration::from_millis(300);
    let gateway = Running::start(settings).await;
    let mut client = gateway.connect().await;
    client.write_all(&hello(NAME)).await.unwrap();
    sleep(Duration::from_millis(100)).await;
    let begun = Instant::now();
    gateway.stop();
    assert_eq!(rest(&mut client).await.1.unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert!(begun.elapsed() >= Duration::from_millis(300));
    timeout(Duration::from_secs(5), gateway.task).await.expect("it stops").unwrap();
    assert_eq!(gateway.metrics.count(Outcome::Stopped), 1);
}

#[tokio::test]
async fn a_second_request_to_stop_cuts_at_once_ok() {
    let gateway = Running::start(settings(silent().await)).await;
    let mut client = gateway.connect().await;
    client.write_all(&hello(NAME)).await.unwrap();
    sleep(Duration::from_millis(100)).await;
    gateway.stop();
    gateway.hurry();
    timeout(Duration::from_secs(5), gateway.task).await.expect("it stops").unwrap();
    assert!(rest(&mut client).await.1.is_err());
}

#[tokio::test]
async fn ready_follows_the_upstream_ok() {
    let upstream = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut settings = settings(upstream.local_addr().unwrap());
    settings.ready.probe = true;
    settings.ready.every = Duration::from_millis(50);
    settings.limits.connect_time = Duration::from_millis(50);
    let gateway = Running::start(settings).await;
    let until = |ready: bool| {
        let metrics = gateway.metrics.clone();
        timeout(Duration::from_secs(10), async move {
            while metrics.ready().is_ok() != ready {
                sleep(Duration::from_millis(10)).await;
            }
        })
    };
    until(true).await.unwrap();
    assert!(gateway.metrics.metrics().contains("gesim_gateway_upstream_up{upstream=\"smdp.test\"} 1\n"));
    drop(upstream);
    until(false).await.unwrap();
    assert!(gateway.metrics.metrics().contains("gesim_gateway_upstream_up{upstream=\"smdp.test\"} 0\n"));
}

#[tokio::test]
async fn a_taken_port_fails() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut settings = settings("127.0.0.1:9".parse().unwrap());
    settings.listen = taken.local_addr().unwrap();
    let error = Gateway::bind(settings).await.err().unwrap();
    assert!(matches!(error, GatewayError::Listen { .. }) && !error.hint().is_empty());
}
