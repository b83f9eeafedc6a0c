//! What the relay costs: connections and bytes through it against a direct connection, in one process, by turns.
//!
//! `cargo run -p gesim-gateway --example gateway_load -- 2000 256` (connections, MiB)

use std::{env, net::SocketAddr, time::Instant};

use gesim_gateway::{Gateway, Settings};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

type Failure = Box<dyn std::error::Error + Send + Sync>;

const ROUNDS: usize = 3;
const AT_ONCE: usize = 16;

/// A ClientHello for the name `a.test`, with nothing else in it.
fn hello() -> Vec<u8> {
    let name = b"\0\0\0\x0b\0\x09\0\0\x06a.test";
    let body = [&[3, 3][..], &[7; 32], &[0, 0, 2, 0x13, 1, 1, 0, 0, name.len() as u8], name].concat();
    let length = body.len() as u8;
    [&[22, 3, 1, 0, length + 4, 1, 0, 0, length][..], &body].concat()
}

/// Reads the ClientHello and eight bytes that say how much is wanted, and sends it.
async fn serve(mut stream: TcpStream) -> Result<(), Failure> {
    stream.set_nodelay(true)?;
    stream.read_exact(&mut vec![0; hello().len()]).await?;
    let mut wanted = [0; 8];
    stream.read_exact(&mut wanted).await?;
    let (mut left, block) = (u64::from_be_bytes(wanted), vec![7; 65_536]);
    while left > 0 {
        let count = left.min(block.len() as u64);
        stream.write_all(&block[..count as usize]).await?;
        left -= count;
    }
    stream.shutdown().await?;
    // Closing with bytes unread would be a reset.
    stream.read_to_end(&mut Vec::new()).await?;
    Ok(())
}

async fn fetch(address: SocketAddr, bytes: u64) -> Result<(), Failure> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    stream.write_all(&[&hello()[..], &bytes.to_be_bytes()].concat()).await?;
    stream.shutdown().await?;
    let (mut buffer, mut came) = (vec![0; 65_536], 0);
    loop {
        match stream.read(&mut buffer).await? {
            0 => break,
            count => came += count as u64,
        }
    }
    (came == bytes).then_some(()).ok_or_else(|| format!("{came} bytes of {bytes}").into())
}

async fn connections(address: SocketAddr, count: usize) -> Result<f64, Failure> {
    let begun = Instant::now();
    let each = count.div_ceil(AT_ONCE);
    let clients = (0..AT_ONCE).map(|_| {
        tokio::spawn(async move {
            for _ in 0..each {
                fetch(address, 64).await?;
            }
            Ok::<_, Failure>(())
        })
    });
    for client in clients.collect::<Vec<_>>() {
        client.await??;
    }
    Ok((each * AT_ONCE) as f64 / begun.elapsed().as_secs_f64())
}

async fn megabytes(address: SocketAddr, mebibytes: u64) -> Result<f64, Failure> {
    let begun = Instant::now();
    fetch(address, mebibytes << 20).await?;
    Ok((mebibytes << 20) as f64 / 1e6 / begun.elapsed().as_secs_f64())
}

fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut numbers = env::args().skip(1).map(|text| text.parse::<u64>());
    let count = numbers.next().transpose()?.unwrap_or(2_000).min(20_000) as usize;
    let mebibytes = numbers.next().transpose()?.unwrap_or(256).min(4_096);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let direct = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    let text = format!("listen = \"127.0.0.1:0\"\nready.probe = false\n[upstreams]\n\"a.test\" = \"{direct}\"\n");
    let mut settings = Settings::parse(&text)?;
    settings.limits.connections_per_client = settings.limits.connections;
    settings.limits.down_bytes = u64::MAX;
    let gateway = Gateway::bind(settings).await?;
    let relayed = gateway.address();
    tokio::spawn(gateway.run(std::future::pending(), std::future::pending()));
    let (mut rates, mut speeds) = ([Vec::new(), Vec::new()], [Vec::new(), Vec::new()]);
    for _ in 0..ROUNDS {
        for (place, address) in [direct, relayed].into_iter().enumerate() {
            rates[place].push(connections(address, count).await?);
            speeds[place].push(megabytes(address, mebibytes).await?);
        }
    }
    let ([direct_rate, rate], [direct_speed, speed]) = (rates.map(middle), speeds.map(middle));
    println!("connections/s: direct {direct_rate:.0}, relayed {rate:.0}, ratio {:.2}", rate / direct_rate);
    println!("MB/s: direct {direct_speed:.0}, relayed {speed:.0}, ratio {:.2}", speed / direct_speed);
    Ok(())
}
