//! Services that run beside a test.

use std::{
    fs::File,
    io::Read,
    net::SocketAddr,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use super::Home;

/// Gives up on a service that says nothing.
const PATIENCE: Duration = Duration::from_secs(60);

/// A service that runs until it is dropped.
pub struct Daemon {
    child: Child,
    pub address: SocketAddr,
}

impl Daemon {
    /// Starts it and reads, behind `mark` in what it logs, where it listens.
    pub fn start(home: &Home, name: &str, mut command: Command, mark: &str) -> Self {
        let log = home.path(&format!("{name}.log"));
        let to = File::create(&log).expect("log");
        let child = command.stdin(Stdio::null()).stdout(to.try_clone().expect("log")).stderr(to).spawn();
        let mut daemon = Self { child: child.expect("starts"), address: SocketAddr::from(([127, 0, 0, 1], 1)) };
        let begin = Instant::now();
        loop {
            let mut said = String::new();
            File::open(&log).and_then(|mut file| file.read_to_string(&mut said)).expect("log");
            let address = said.split_once(mark).map(|(_, rest)| rest);
            let address = address.and_then(|rest| rest.find([';', '"']).and_then(|end| rest[..end].parse().ok()));
            if let Some(address) = address {
                daemon.address = address;
                return daemon;
            }
            assert!(daemon.child.try_wait().expect("state").is_none(), "{name} has ended: {said}");
            assert!(begin.elapsed() < PATIENCE, "{name} does not say where it listens: {said}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// SIGTERM; it ends by itself and says that all was well.
    pub fn stop(&mut self) {
        assert!(Command::new("kill").arg(self.child.id().to_string()).status().expect("kill").success());
        assert!(self.child.wait().expect("ends").success());
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
