//! The configuration, and the program that reads it.

use std::{
    fs,
    io::{Read, Write},
    process::{Command, Output},
};

use gesim_gateway::{parse_duration, Limits, Settings};

const PROGRAM: &str = env!("CARGO_BIN_EXE_gesim-gateway");
const EXAMPLE: &str = include_str!("../gateway.example.toml");
const LEAST: &str = "listen = \"127.0.0.1:8443\"\n[upstreams]\n\"a.test\" = \"127.0.0.1:9\"\n";

fn run(config: &str, flags: &[&str]) -> Output {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(config.as_bytes()).unwrap();
    Command::new(PROGRAM).arg("--config").arg(file.path()).args(flags).output().unwrap()
}

/// The example holds every key, with its default.
#[test]
fn the_example_is_the_defaults_ok() {
    let example = Settings::parse(EXAMPLE).unwrap();
    example.check().unwrap();
    assert_eq!(format!("{:?}", example.limits), format!("{:?}", Limits::default()));
    let least = Settings::parse(LEAST).unwrap();
    least.check().unwrap();
    assert_eq!(format!("{:?}{:?}", least.limits, least.ready), format!("{:?}{:?}", example.limits, example.ready));
    let keys = |text: &str| text.matches(char::is_alphanumeric).count();
    assert!(keys(EXAMPLE) > keys(LEAST));
    for key in format!("{:?}", Limits::default()).split([' ', ',']).filter_map(|part| part.strip_suffix(':')) {
        assert!(EXAMPLE.contains(&format!("\n{key} = ")), "{key} is not in the example");
    }
}

#[test]
fn values_out_of_range_fails() {
    let cases = [
        ("limits.connections = 0", "limits.connections:"),
        ("limits.connections = 100001", "limits.connections:"),
        ("limits.connections_per_client = 0", "limits.connections_per_client:"),
        ("limits.up_bytes = 16383", "limits.up_bytes:"),
        ("limits.down_bytes = 0", "limits.down_bytes:"),
        ("limits.hello_bytes = 511", "limits.hello_bytes:"),
        ("limits.buffer_bytes = 1048577", "limits.buffer_bytes:"),
        ("limits.hello_time = \"0s\"", "limits.hello_time:"),
        ("limits.idle_time = \"0ms\"", "limits.idle_time:"),
        ("ready.every = \"0h\"", "ready.every:"),
        ("upstreams.\"b.test\" = \"b.test\"", "upstreams.\"b.test\": not an address"),
        ("upstreams.\"b.test\" = \"10.0.0.1:0\"", "upstreams.\"b.test\": not an address"),
        ("upstreams.\"b.test\" = \"127.0.0.1:8443\"", "upstreams.\"b.test\": the gateway itself"),
    ];
    for (line, begins) in cases {
        let text = format!("{line}\nlisten = \"127.0.0.1:8443\"\nupstreams.\"a.test\" = \"[::1]:9\"\n");
        let error = Settings::parse(&text).unwrap().check().unwrap_err();
        assert!(error.to_string().starts_with(begins), "{line}: {error}");
        assert!(!error.hint().is_empty());
    }
    assert!(Settings::parse("listen = \"127.0.0.1:8443\"").unwrap().check().is_err());
}

#[test]
fn what_is_no_setting_fails() {
    for line in [
        "key = \"server.key\"",
        "certificate = \"server.pem\"",
        "limits.idle_time = 60",
        "limits.idle_time = \"60\"",
        "limits.idle_time = \"-1s\"",
        "limits.idle = \"60s\"",
        "upstreams.\"*.test\" = \"127.0.0.1:9\"",
        "upstreams.\"10.0.0.1\" = \"127.0.0.1:9\"",
    ] {
        assert!(Settings::parse(&format!("{line}\nlisten = \"127.0.0.1:8443\"")).is_err(), "{line}");
    }
    for text in ["", "s", "1", "1d", "1.5s", "169h", "99999999999999999999s", "1 s"] {
        assert_eq!(parse_duration(text), None, "{text:?}");
    }
    assert_eq!(parse_duration("168h").map(|time| time.as_secs()), Some(604_800));
}

#[test]
fn the_program_checks_its_configuration_ok() {
    let checked = run(EXAMPLE, &["--check"]);
    assert!(checked.status.success(), "{checked:?}");
    assert!(String::from_utf8_lossy(&checked.stdout).ends_with("is in order: 2 upstreams\n"));
    let more = run(LEAST, &["--check", "--upstream", "b.test=127.0.0.1:10", "--upstream", "A.TEST=127.0.0.1:11"]);
    assert!(String::from_utf8_lossy(&more.stdout).ends_with("is in order: 2 upstreams\n"), "{more:?}");
}

#[test]
fn the_program_says_what_is_wrong_and_what_to_do_fails() {
    let cases: [(&str, &[&str], &str); 5] = [
        (LEAST, &["--check", "--connections", "0"], "Error: limits.connections: nobody could be served\nHint: "),
        ("listen = 5", &["--check"], "is not a configuration of the gateway\nCaused by: TOML parse error at line 1"),
        ("listen = 5", &["--check"], "\nHint: gateway.example.toml has every key"),
        ("listen = \"[::1]:9\"", &["--check"], "Error: upstreams: nobody is on the list\nHint: [upstreams]"),
        (LEAST, &["--check", "--listen", "127.0.0.1:9"], "the gateway itself\nHint: "),
    ];
    for (config, flags, wanted) in cases {
        let output = run(config, flags);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(1) && told.contains(wanted), "{told}");
    }
    let missing = Command::new(PROGRAM).args(["--config", "/nowhere/gateway.toml"]).output().unwrap();
    let told = String::from_utf8_lossy(&missing.stderr).into_owned();
    assert!(told.starts_with("Error: reading /nowhere/gateway.toml\nCaused by: No such file"), "{told}");
    assert!(told.contains("\nHint: name the file with --config"), "{told}");
}

#[test]
fn help_says_that_it_has_no_keys_ok() {
    let help = Command::new(PROGRAM).arg("--help").output().unwrap();
    let text = String::from_utf8_lossy(&help.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
    for wanted in [
        "cannot terminate TLS",
        "Keys and certificates stay with the servers",
        "gesim-gateway --config gateway.toml --check",
    ] {
        assert!(text.contains(wanted), "{text}");
    }
    assert!(fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md"))
        .is_ok_and(|readme| readme.contains("cannot terminate TLS")));
}

/// A program that does not outlive its test.
struct Child(std::process::Child);

impl Drop for Child {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn ask(address: &str, bytes: &[u8]) -> Vec<u8> {
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    stream.write_all(bytes).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    answer
}

/// The whole program: it serves, tells how it is, logs JSON without payload, and ends on SIGTERM.
#[test]
fn the_program_serves_and_stops_ok() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(LEAST.as_bytes()).unwrap();
    let program = Command::new(PROGRAM)
        .arg("--config")
        .arg(file.path())
        .args(["--listen", "127.0.0.1:0", "--status", "127.0.0.1:0"])
        .env_remove("GESIM_LOG")
        .env_remove("RUST_LOG")
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut program = Child(program);
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(program.0.stderr.take().unwrap()));
    let first: String = lines.next().unwrap().unwrap();
    let field = |line: &str, name: &str| {
        let (_, rest) = line.split_once(&format!("\"{name}\":\"")).unwrap_or_else(|| panic!("no {name}: {line}"));
        rest.split('"').next().unwrap().to_owned()
    };
    let status = field(&first, "status");
    let marker = b"GET /payload-marker HTTP/1.1\r\n\r\n";
    assert_eq!(ask(&field(&first, "address"), marker), [21, 3, 3, 0, 2, 2, 40]);
    let get = |path: &str| String::from_utf8(ask(&status, format!("GET {path} HTTP/1.1\r\n\r\n").as_bytes())).unwrap();
    assert!(get("/live").starts_with("HTTP/1.1 200 "));
    assert!(get("/ready").starts_with("HTTP/1.1 503 "));
    assert!(get("/metrics").contains("gesim_gateway_handshake_failures_total{reason=\"not_tls\"} 1\n"));
    let pid = program.0.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert!(program.0.wait().unwrap().success());
    let log: Vec<String> = lines.map(Result::unwrap).collect();
    let log = log.join("\n");
    assert!(log.contains("\"result\":\"refused\"") && log.contains("\"signal\":\"SIGTERM\""), "{log}");
    assert!(!log.contains("payload-marker"), "{log}");
}
