//! A node that misbehaves: it stands before a real one and loses, repeats or ages what passes.

use std::{
    io::{BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use serde_json::{json, Value};
use solana_signature::Signature;

use super::node::{post, read_message};

#[derive(Clone, Debug)]
pub enum Fault {
    /// Takes this many transactions, says so, and forgets them.
    Drop(u32),
    /// Hands every transaction on twice.
    Duplicate,
    /// Says that it is a node of Solana's mainnet.
    Mainnet,
    /// Gives out this blockhash this many times.
    Stale(String, u32),
}

pub struct Proxy {
    pub url: String,
    state: Arc<Mutex<State>>,
}

struct State {
    fault: Fault,
    sent: u32,
}

impl Proxy {
    pub fn start(upstream: u16, fault: Fault) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("free port");
        let url = format!("http://{}", listener.local_addr().expect("address"));
        let state = Arc::new(Mutex::new(State { fault, sent: 0 }));
        let shared = state.clone();
        // Ends with the test's process.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = shared.clone();
                thread::spawn(move || serve(stream, upstream, &state));
            }
        });
        Self { url, state }
    }

    /// Transactions that came by.
    pub fn sent(&self) -> u32 {
        self.state.lock().expect("lock").sent
    }
}

fn serve(stream: TcpStream, upstream: u16, state: &Mutex<State>) {
    let mut reader = BufReader::new(stream.try_clone().expect("clone"));
    let mut writer = stream;
    while let Some((_, body)) = read_message(&mut reader) {
        let answer = answer(&body, upstream, state);
        let head =
            format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", answer.len());
        if writer.write_all(head.as_bytes()).and_then(|()| writer.write_all(&answer)).is_err() {
            return;
        }
    }
}

fn answer(body: &[u8], upstream: u16, state: &Mutex<State>) -> Vec<u8> {
    let request: Value = serde_json::from_slice(body).expect("JSON");
    let mut state = state.lock().expect("lock");
    match request["method"].as_str().unwrap_or_default() {
        "sendTransaction" => {
            state.sent += 1;
            match &mut state.fault {
                Fault::Drop(left) if *left > 0 => {
                    *left -= 1;
                    let signature = signature(request["params"][0].as_str().expect("transaction"));
                    json!({ "jsonrpc": "2.0", "id": request["id"], "result": signature }).to_string().into_bytes()
                }
                Fault::Duplicate => {
                    let first = post(upstream, body);
                    post(upstream, body);
                    first
                }
                _ => post(upstream, body),
            }
        }
        "getGenesisHash" if matches!(state.fault, Fault::Mainnet) => {
            let hash = "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d";
            json!({ "jsonrpc": "2.0", "id": request["id"], "result": hash }).to_string().into_bytes()
        }
        "getLatestBlockhash" => {
            let fresh = post(upstream, body);
            match &mut state.fault {
                Fault::Stale(hash, left) if *left > 0 => {
                    *left -= 1;
                    let mut aged: Value = serde_json::from_slice(&fresh).expect("JSON");
                    aged["result"]["value"]["blockhash"] = json!(hash);
                    aged.to_string().into_bytes()
                }
                _ => fresh,
            }
        }
        _ => post(upstream, body),
    }
}

/// The first signature of a transaction in base64: the bytes 1 to 64.
fn signature(transaction: &str) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digit = |byte: &u8| ALPHABET.iter().position(|known| known == byte).unwrap_or(0) as u32;
    let mut bytes = Vec::new();
    for group in transaction.as_bytes()[..88].chunks(4) {
        let word = group.iter().fold(0u32, |word, byte| word << 6 | digit(byte));
        bytes.extend_from_slice(&word.to_be_bytes()[1..]);
    }
    Signature::try_from(&bytes[1..65]).expect("64 bytes").to_string()
}
