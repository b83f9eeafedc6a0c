//! The three answers over a real socket, and the text they carry.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        atomic::{AtomicBool, Ordering::SeqCst},
        Arc,
    },
    time::{Duration, Instant},
};

use gesim_service::{finish, logs, serve, Exposition, Kind, Report, ServiceError};

#[derive(Default)]
struct Daemon(AtomicBool);

impl Report for Daemon {
    fn ready(&self) -> Result<(), String> {
        self.0.load(SeqCst).then_some(()).ok_or_else(|| "warming up".into())
    }

    fn metrics(&self) -> String {
        let mut page = Exposition::new();
        page.family("jobs_total", Kind::Counter, "Jobs by state.");
        page.sample("jobs_total", &[("state", "a\"b\\c\nd"), ("kind", "x")], 3).sample("jobs_total", &[], 4);
        page.single("up", Kind::Gauge, "One\nor none.", 1);
        page.finish()
    }
}

fn ask(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn live_ready_and_metrics_answer_ok() {
    let daemon = Arc::new(Daemon::default());
    let address = serve("127.0.0.1:0".parse().unwrap(), daemon.clone()).unwrap();
    let get = |path: &str| ask(address, &format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n"));
    assert!(get("/live").starts_with("HTTP/1.1 200 OK\r\n"));
    let not_yet = get("/ready");
    assert!(not_yet.starts_with("HTTP/1.1 503 ") && not_yet.ends_with("\r\n\r\nwarming up\n"), "{not_yet}");
    daemon.0.store(true, SeqCst);
    assert!(get("/ready").starts_with("HTTP/1.1 200 OK\r\n"));
    let page = get("/metrics");
    let body = "# HELP jobs_total Jobs by state.\n# TYPE jobs_total counter\n\
        jobs_total{state=\"a\\\"b\\\\c\\nd\",kind=\"x\"} 3\njobs_total 4\n\
        # HELP up One\\nor none.\n# TYPE up gauge\nup 1\n";
    assert!(page.ends_with(&format!("Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())), "{page}");
}

#[test]
fn other_requests_fails() {
    let address = serve("127.0.0.1:0".parse().unwrap(), Arc::new(Daemon::default())).unwrap();
    assert!(ask(address, "GET /secrets HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 404 "));
    assert!(ask(address, "POST /live HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 400 "));
    assert!(ask(address, "\u{1}\u{2}\r\n\r\n").starts_with("HTTP/1.1 400 "));
}

#[test]
fn a_silent_client_does_not_hold_the_others_up_for_ever_ok() {
    let address = serve("127.0.0.1:0".parse().unwrap(), Arc::new(Daemon::default())).unwrap();
    let _silent = TcpStream::connect(address).unwrap();
    let begun = Instant::now();
    assert!(ask(address, "GET /live HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 200 "));
    assert!(begun.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_taken_port_fails() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let error = serve(taken.local_addr().unwrap(), Arc::new(Daemon::default())).unwrap_err();
    assert!(matches!(error, ServiceError::Listen { .. }) && error.hint().is_some(), "{error}");
}

#[test]
fn the_projects_filter_comes_before_the_general_one_ok() {
    let both = |name: &str| Some(if name == "GESIM_LOG" { "debug" } else { "trace" }.to_owned());
    assert_eq!(logs::filter("info", both).unwrap().to_string(), "debug");
    let general = |name: &str| (name == "RUST_LOG").then(|| "warn".to_owned());
    assert_eq!(logs::filter("info", general).unwrap().to_string(), "warn");
    assert_eq!(logs::filter("info", |_| None).unwrap().to_string(), "info");
}

#[test]
fn a_filter_with_a_typo_fails() {
    let error = logs::filter("info", |_| Some("gesim=loud".into())).unwrap_err();
    assert!(error.to_string().starts_with("GESIM_LOG is not a filter"), "{error}");
    assert!(error.hint().is_some());
}

#[tokio::test]
async fn the_rest_ends_by_itself_or_by_its_deadline_ok() {
    use std::future::{pending, ready};
    assert_eq!(finish(ready(5), Duration::from_secs(1), pending()).await, Some(5));
    assert_eq!(finish(pending::<u8>(), Duration::from_millis(20), pending()).await, None);
    assert_eq!(finish(pending::<u8>(), Duration::from_secs(3_600), ready(())).await, None);
}
