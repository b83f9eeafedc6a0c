//! One connection a process, made when it is needed and made again when it was lost. Calls of several threads share it.

use std::{sync::Arc, time::Duration};

use tokio::{runtime::Runtime, sync::Mutex, time::timeout};
use tokio_postgres::{
    config::{Host, SslMode},
    types::ToSql,
    Client, Config, Error, NoTls, Row,
};

use super::tls::Tls;
use crate::{FleetError, Result};

/// A statement's values.
pub type Values<'a> = &'a [&'a (dyn ToSql + Sync)];

/// No statement of this crate takes a second on a healthy database.
const CALL: Duration = Duration::from_secs(15);
const CONNECT: Duration = Duration::from_secs(5);

pub struct Connection {
    config: Config,
    tls: Option<Tls>,
    client: Mutex<Option<Arc<Client>>>,
    runtime: Runtime,
}

impl Connection {
    /// Reads the address; nothing is connected yet.
    pub fn new(url: &str) -> Result<Self> {
        let mut config: Config = url.parse().map_err(|e: Error| FleetError::Address(describe(&e)))?;
        if config.get_hosts().is_empty() {
            return Err(FleetError::Address("it names no host".into()));
        }
        // What leaves the machine is encrypted, unless sslmode=disable says that the network is safe.
        let tls = match config.get_ssl_mode() {
            SslMode::Disable => None,
            SslMode::Prefer if config.get_hosts().iter().all(is_here) => {
                config.ssl_mode(SslMode::Disable);
                None
            }
            _ => {
                config.ssl_mode(SslMode::Require);
                Some(Tls::new()?)
            }
        };
        config
            .application_name("gesim")
            .connect_timeout(CONNECT)
            .tcp_user_timeout(CALL)
            .keepalives_idle(CALL)
            .keepalives_interval(CONNECT)
            .keepalives_retries(3);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("queue")
            .enable_all()
            .build()
            .map_err(|e| FleetError::Unavailable(e.to_string()))?;
        Ok(Self { config, tls, client: Mutex::new(None), runtime })
    }

    /// Runs statements; when their time is up, or the connection is lost, the next call makes a new one.
    pub fn call<T>(&self, work: impl AsyncFnOnce(&Client) -> T) -> Result<T> {
        self.runtime.block_on(async {
            let client = timeout(CONNECT * 2, self.client()).await.map_err(|_| too_slow())??;
            match timeout(CALL, work(&client)).await {
                Ok(done) => Ok(done),
                Err(_) => {
                    let mut kept = self.client.lock().await;
                    kept.take_if(|kept| Arc::ptr_eq(kept, &client));
                    Err(too_slow())
                }
            }
        })
    }

    pub fn rows(&self, statement: &str, values: Values<'_>) -> Result<Vec<Row>> {
        self.call(async |client| client.query(statement, values).await)?.map_err(failure)
    }

    pub fn row(&self, statement: &str, values: Values<'_>) -> Result<Row> {
        self.call(async |client| client.query_one(statement, values).await)?.map_err(failure)
    }

    pub fn execute(&self, statement: &str, values: Values<'_>) -> Result<u64> {
        self.call(async |client| client.execute(statement, values).await)?.map_err(failure)
    }

    async fn client(&self) -> Result<Arc<Client>> {
        let mut kept = self.client.lock().await;
        if let Some(client) = kept.as_ref().filter(|client| !client.is_closed()) {
            return Ok(client.clone());
        }
        let client = match &self.tls {
            None => {
                let (client, connection) = self.config.connect(NoTls).await.map_err(failure)?;
                // Its error is the next call's too.
                tokio::spawn(async { drop(connection.await) });
                client
            }
            Some(tls) => {
                let (client, connection) = self.config.connect(tls.clone()).await.map_err(failure)?;
                tokio::spawn(async { drop(connection.await) });
                client
            }
        };
        Ok(kept.insert(Arc::new(client)).clone())
    }
}

fn is_here(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback()),
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

/// Not a certificate that is refused, nor an answer that makes no sense.
fn is_of_the_network(cause: &(dyn std::error::Error + 'static)) -> bool {
    cause.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() != std::io::ErrorKind::InvalidData)
}

fn too_slow() -> FleetError {
    FleetError::Unavailable("no answer in time".into())
}

/// What a database error means for the caller.
pub fn failure(error: Error) -> FleetError {
    let text = describe(&error);
    let Some(answer) = error.as_db_error() else {
        let mut causes = std::iter::successors(std::error::Error::source(&error), |cause| cause.source());
        let network = error.is_closed() || causes.any(is_of_the_network) || text.contains("timed out");
        return if network { FleetError::Unavailable(text) } else { FleetError::Database(text) };
    };
    match answer.code().code() {
        "GF001" => FleetError::UnknownWorker,
        // no such schema, table or function
        "3F000" | "42P01" | "42883" => FleetError::NoSchema,
        // connection, conflict, resources, shutdown or start of the server
        code if ["08", "40", "53", "57"].contains(&&code[..2]) => FleetError::Unavailable(text),
        _ => FleetError::Database(text),
    }
}

/// The error with its causes: its own words say only where it happened.
fn describe(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_need_a_host_and_remote_ones_tls_ok() {
        let tls = |url: &str| Connection::new(url).map(|connection| connection.tls.is_some());
        assert!(!tls("postgres://me@127.0.0.1/db").unwrap());
        assert!(!tls("postgres://me@localhost/db").unwrap());
        assert!(!tls("host=/run/postgresql dbname=db").unwrap());
        assert!(!tls("postgres://me@10.0.0.1/db?sslmode=disable").unwrap());
        assert!(tls("postgres://me@10.0.0.1/db").unwrap());
        assert!(tls("postgres://me@127.0.0.1/db?sslmode=require").unwrap());
        assert!(tls("postgres://me@10.0.0.1/db?sslmode=prefer").unwrap());
        assert!(tls("postgres://me@localhost,db.example/db").unwrap());
        for bad in ["", "redis://host", "postgres://me@host/db?sslmode=maybe", "dbname=db"] {
            assert!(matches!(tls(bad), Err(FleetError::Address(_))), "{bad}");
        }
    }
}
