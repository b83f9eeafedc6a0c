//! A PostgreSQL cluster of a test's own: in a scratch folder, on the loopback or an address that the test gives, gone
//! with the test. PostgreSQL refuses root, so that a test run by root starts it as another user.

use std::{
    fs,
    net::TcpListener,
    os::unix::{fs::chown, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;
use tokio_postgres::NoTls;

const PATIENCE: Duration = Duration::from_secs(60);

/// A cluster that runs.
pub struct Postgres {
    folder: TempDir,
    server: Option<Child>,
    pub port: u16,
    /// Where it listens besides its Unix socket.
    address: String,
    /// A network namespace to run in.
    namespace: Option<String>,
    /// Then its addresses are in use.
    was_up: bool,
}

impl Postgres {
    /// On the loopback.
    pub fn start() -> Self {
        Self::start_at("127.0.0.1", None)
    }

    /// On an address within a network namespace.
    pub fn start_at(address: &str, namespace: Option<&str>) -> Self {
        let folder = TempDir::new().expect("scratch folder");
        if let Some((user, group)) = user() {
            chown(folder.path(), Some(user), Some(group)).expect("scratch folder for postgres");
        }
        let namespace = namespace.map(Into::into);
        let mut cluster =
            Self { folder, server: None, port: free_port(), address: address.into(), namespace, was_up: false };
        let data = cluster.data();
        let arguments = ["--username=gesim", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C", "-D"];
        let made = as_user(&binary("initdb")).args(arguments).arg(&data).output().expect("initdb runs");
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let rules = "local all all trust\nhostnossl all tls_only 0.0.0.0/0 reject\nhost all all 0.0.0.0/0 trust\n";
        fs::write(data.join("pg_hba.conf"), rules).expect("pg_hba.conf");
        cluster.up();
        cluster
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Starts the server, again after [`Postgres::crash`], and waits until it answers.
    pub fn up(&mut self) {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            self.spawn();
            while self.server.as_mut().expect("server").try_wait().expect("server").is_none() {
                if self.answers() {
                    self.was_up = true;
                    return;
                }
                assert!(began.elapsed() < PATIENCE, "PostgreSQL does not answer: {}", self.log());
                thread::sleep(Duration::from_millis(50));
            }
            // After a crash the dying backends may still hold the shared memory; before the first start somebody may
            // have taken the port.
            if !self.was_up {
                self.port = free_port();
            }
            thread::sleep(Duration::from_millis(100));
        }
        panic!("PostgreSQL does not start: {}", self.log());
    }

    fn spawn(&mut self) {
        let path = binary("postgres");
        let mut command = match &self.namespace {
            None => as_user(&path),
            Some(namespace) => {
                let (user, group) = user().expect("only root has namespaces");
                let mut command = Command::new("ip");
                command.args(["netns", "exec", namespace, "setpriv", "--clear-groups"]);
                command.args([format!("--reuid={user}"), format!("--regid={group}")]).arg(&path);
                command
            }
        };
        let log = fs::File::options().create(true).append(true).open(self.folder.path().join("log")).expect("log");
        let settings = ["fsync=off", "shared_buffers=16MB", "max_connections=60", "unix_socket_permissions=0777"];
        command.args(settings.iter().flat_map(|setting| ["-c", setting]));
        command.arg("-c").arg(format!("listen_addresses={}", self.address)).arg("-D").arg(self.data());
        command.arg("-k").arg(self.folder.path()).args(["-p", &self.port.to_string()]);
        let outputs = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        self.server = Some(outputs.spawn().expect("postgres runs"));
    }

    /// Gives the server a key, and says where its certificate is. The role `tls_only` gets in no other way.
    pub fn enable_tls(&mut self) -> PathBuf {
        self.crash();
        let [key, certificate] = ["server.key", "server.crt"].map(|name| self.data().join(name));
        let mut openssl = as_user(Path::new("openssl"));
        openssl.args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test"]);
        openssl.args(["-addext", &format!("subjectAltName=IP:{}", self.address)]);
        openssl.args(["-addext", "basicConstraints=critical,CA:FALSE"]).arg("-keyout").arg(&key);
        let made = openssl.arg("-out").arg(&certificate).output().expect("openssl, which Debian's postgresql needs");
        assert!(made.status.success(), "openssl: {}", String::from_utf8_lossy(&made.stderr));
        let settings = self.data().join("postgresql.conf");
        let text = fs::read_to_string(&settings).expect("postgresql.conf");
        fs::write(&settings, text + "\nssl = on\n").expect("postgresql.conf");
        self.up();
        certificate
    }

    /// Ends the server at once, as a power cut does.
    pub fn crash(&mut self) {
        let Some(mut server) = self.server.take() else { return };
        // SIGQUIT reaches the backends too; SIGKILL would leave them to find out.
        let sent = Command::new("kill").args(["-QUIT", &server.id().to_string()]).status();
        if !sent.is_ok_and(|status| status.success()) {
            drop(server.kill());
        }
        drop(server.wait());
    }

    /// A new database and the address to reach it through the socket.
    pub fn database(&self, name: &str) -> String {
        self.sql("postgres", &format!("CREATE DATABASE \"{name}\""));
        self.socket(name)
    }

    /// The address through the socket.
    pub fn socket(&self, database: &str) -> String {
        format!("host={} port={} user=gesim dbname={database}", self.folder.path().display(), self.port)
    }

    /// The address over TCP, as `role`.
    pub fn url(&self, role: &str, database: &str) -> String {
        format!("postgres://{role}@{}:{}/{database}?sslmode=disable", self.address, self.port)
    }

    /// Runs statements as the owner; the first column of the last one's rows comes back.
    pub fn sql(&self, database: &str, statements: &str) -> Vec<String> {
        self.try_sql(&self.socket(database), statements).unwrap_or_else(|e| panic!("{statements}: {e}"))
    }

    /// The same at any address, and perhaps refused.
    pub fn try_sql(&self, url: &str, statements: &str) -> Result<Vec<String>, String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime");
        let work = async {
            let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
            tokio::spawn(connection);
            client.simple_query(statements).await
        };
        let limited = runtime.block_on(async { tokio::time::timeout(PATIENCE, work).await });
        let rows = limited.map_err(|e| e.to_string())?;
        let rows = rows.map_err(|e| e.as_db_error().map_or(e.to_string(), ToString::to_string))?;
        let cells = rows.iter().filter_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap_or_default().to_owned()),
            _ => None,
        });
        Ok(cells.collect())
    }

    fn answers(&self) -> bool {
        self.try_sql(&self.socket("postgres"), "SELECT 1").is_ok()
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.crash();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port()
}

/// Of Debian's package, whichever major version, or on the path.
fn binary(name: &str) -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> =
        versions.map(|version| version.path().join("bin").join(name)).filter(|path| path.exists()).collect();
    found.sort();
    let on_path = || {
        let folders = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| path.exists())
    };
    found.pop().or_else(on_path).unwrap_or_else(|| panic!("{name} is missing: apt-get install postgresql"))
}

/// For root: the user and group to run as.
fn user() -> Option<(u32, u32)> {
    let me = fs::metadata("/proc/self").ok().map(|about| std::os::unix::fs::MetadataExt::uid(&about));
    if me != Some(0) {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").expect("/etc/passwd");
    let find = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    find("postgres").or_else(|| find("nobody")).or(Some((65_534, 65_534)))
}

fn as_user(program: &Path) -> Command {
    let mut command = Command::new(program);
    // initdb wants a folder it may be in.
    command.current_dir("/");
    if let Some((user, group)) = user() {
        command.uid(user).gid(group);
    }
    command
}
