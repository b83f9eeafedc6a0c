//! The service on a port, and requests to it.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use gesim_registrar::{
    api::{Begun, Credential},
    http::{serve, Serving, Settings},
};
use serde::Serialize;
use serde_json::Value;
use tokio::runtime::Runtime;

pub use super::client::request;
use super::{device::Device, World};

pub struct Service {
    runtime: Runtime,
    serving: Option<Serving>,
    pub address: SocketAddr,
    pub health: SocketAddr,
}

impl Service {
    pub fn start(world: &World, change: impl FnOnce(&mut Settings)) -> Self {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut settings = Settings { listen: any, health: Some(any), per_minute: 0, ..Settings::default() };
        change(&mut settings);
        let runtime = Runtime::new().expect("runtime");
        let registrar = Arc::new(world.open());
        let serving = runtime.block_on(serve(registrar, Box::new(world.desk.clone()), settings)).expect("serves");
        let (address, health) = (serving.address, serving.health.expect("health"));
        Self { runtime, serving: Some(serving), address, health }
    }

    pub fn post(&self, path: &str, body: &impl Serialize) -> (u16, Value) {
        self.raw("POST", path, &serde_json::to_vec(body).expect("JSON"))
    }

    pub fn get(&self, path: &str) -> (u16, Value) {
        self.raw("GET", path, b"")
    }

    pub fn raw(&self, method: &str, path: &str, body: &[u8]) -> (u16, Value) {
        let (status, text) = request(self.address, method, path, body);
        (status, serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {status} {text}")))
    }

    pub fn begin(&self, device: &Device) -> Begun {
        let (status, body) = self.post("/v1/enrolments", &device.begin());
        assert_eq!(status, 200, "{body}");
        serde_json::from_value(body).expect("begun")
    }

    /// The whole enrolment.
    pub fn enrol(&self, device: &Device) -> Credential {
        let begun = self.begin(device);
        let (status, body) = self.post(&format!("/v1/enrolments/{}", begun.id), &device.answer(&begun));
        assert_eq!(status, 200, "{body}");
        serde_json::from_value(body).expect("credential")
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Some(serving) = self.serving.take() {
            self.runtime.block_on(serving.stop(Duration::from_secs(5)));
        }
    }
}
