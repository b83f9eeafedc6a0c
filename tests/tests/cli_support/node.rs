//! A local node on free ports, stopped when it is dropped.

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
};

use serde_json::{json, Value};

use super::{binary, text, Home, Person};

pub struct Node {
    child: Child,
    pub url: String,
    pub coin: String,
    port: u16,
    ws_port: u16,
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("free port").port()
}

impl Node {
    /// Starts a node; the first person owns the programs, all of them get SOL and stablecoin.
    pub fn start(home: &mut Home, people: &[&Person], options: &[&str]) -> Self {
        let (rpc, ws) = (free_port(), free_port());
        let mut command = Command::new(binary("gesim-localnet"));
        command.args(["--rpc-port", &rpc.to_string(), "--ws-port", &ws.to_string(), "--output", "json"]);
        command.args(["--slot-time", "40", "--keypair"]).arg(&people[0].file).args(options);
        for person in &people[1..] {
            command.args(["--fund", &person.address]);
        }
        let mut child = command.stdout(Stdio::piped()).spawn().expect("gesim-localnet starts");
        let mut line = String::new();
        let out = child.stdout.take().expect("stdout");
        BufReader::new(out).read_line(&mut line).expect("ready line");
        let ready: Value = serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line}"));
        let url = text(&ready, "rpcUrl");
        home.url = url.clone();
        Self { child, url, coin: text(&ready, "stablecoin"), port: rpc, ws_port: ws }
    }

    /// One JSON-RPC call; an error of the node is a panic.
    pub fn call(&self, method: &str, parameters: Value) -> Value {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": parameters }).to_string();
        let answer: Value = serde_json::from_slice(&post(self.port, body.as_bytes())).expect("JSON");
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// Balance of a token account.
    pub fn balance(&self, account: &str) -> u64 {
        let found = self.call("getTokenAccountBalance", json!([account]));
        text(&found["value"], "amount").parse().expect("amount")
    }

    /// The token account of an owner for the stablecoin.
    pub fn account(&self, owner: &str) -> String {
        let found =
            self.call("getTokenAccountsByOwner", json!([owner, { "mint": self.coin }, { "encoding": "base64" }]));
        text(&found["value"][0], "pubkey")
    }

    /// The cluster's clock, milliseconds.
    fn now(&self) -> u64 {
        let slot = self.call("getSlot", json!([]));
        self.call("getBlockTime", json!([slot])).as_u64().expect("time") * 1_000
    }

    /// Lets time pass.
    pub fn travel(&self, seconds: u64) {
        self.call("surfnet_timeTravel", json!([{ "absoluteTimestamp": self.now() + seconds * 1_000 }]));
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The first line with which the WebSocket greets.
    pub fn greet(&self) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.ws_port)).expect("WebSocket answers");
        let request = format!(
            "GET / HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
            self.ws_port
        );
        stream.write_all(request.as_bytes()).expect("request");
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).expect("answer");
        line
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // SIGTERM, as a service manager sends it; the node must end by itself.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

/// Sends a body to a local port and returns the answer's.
pub fn post(port: u16, body: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("node answers");
    let head = format!(
        "POST / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body)).expect("request");
    read_message(&mut BufReader::new(stream)).expect("answer").1
}

/// Reads one HTTP message with a length: its head and its body.
pub fn read_message(from: &mut impl BufRead) -> Option<(String, Vec<u8>)> {
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if from.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line == "\r\n" {
            break;
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body).ok()?;
    Some((head, body))
}
