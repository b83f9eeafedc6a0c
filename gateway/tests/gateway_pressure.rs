//! A reader that does not read: its sender waits, and the gateway holds two buffers and no more.

mod gateway_support;

use std::{
    fs,
    sync::{
        atomic::{AtomicU64, Ordering::SeqCst},
        Arc,
    },
    time::Duration,
};

use gateway_support::{hello, server, settings, Running, NAME};
use gesim_gateway::Outcome;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::sleep,
};

const OFFERED: u64 = 256 << 20;
/// What the system's socket buffers on the way may take (four of them, some MiB each), far below what is offered.
const IN_SOCKETS: u64 = 64 << 20;

fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.split_whitespace().next().unwrap().parse::<u64>().unwrap() << 10
}

#[tokio::test]
async fn a_slow_reader_slows_its_sender_ok() {
    let sent = Arc::new(AtomicU64::new(0));
    let counted = sent.clone();
    let upstream = server(move |mut stream| {
        let sent = counted.clone();
        async move {
            let block = [7; 65_536];
            while sent.load(SeqCst) < OFFERED && stream.write_all(&block).await.is_ok() {
                sent.fetch_add(block.len() as u64, SeqCst);
            }
            drop(stream.shutdown().await);
            drop(gateway_support::rest(&mut stream).await);
        }
    });
    let mut settings = settings(upstream.await);
    settings.limits.down_bytes = OFFERED;
    let gateway = Running::start(settings).await;
    let mut client = gateway.connect().await;
    client.write_all(&hello(NAME)).await.unwrap();
    let before = resident();
    let mut last = u64::MAX;
    while sent.load(SeqCst) != last {
        last = sent.load(SeqCst);
        sleep(Duration::from_millis(500)).await;
    }
    assert!(last > 0 && last < IN_SOCKETS, "the sender got rid of {last} bytes");
    let grown = resident().saturating_sub(before);
    assert!(grown < 4 << 20, "{grown} bytes more while {last} were sent");
    // Once it reads, everything comes.
    client.shutdown().await.unwrap();
    let (mut bytes, mut came) = (vec![0; 1 << 20], 0);
    while let Ok(count @ 1..) = client.read(&mut bytes).await {
        came += count as u64;
    }
    assert_eq!(came, OFFERED);
    gateway.ended(Outcome::Finished, 1).await;
    let grown = resident().saturating_sub(before);
    assert!(grown < 8 << 20, "{grown} bytes more after {OFFERED}");
}
