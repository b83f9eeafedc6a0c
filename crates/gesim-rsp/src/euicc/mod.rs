//! An eUICC in software, behind the trait that a real one would stand behind.
//!
//! It does everything that SGP.22 asks of the card: verifies the server's certificates and signatures, agrees on keys, opens
//! the bound package, and signs what it says. What it cannot do is keep its key from whoever reads the process's memory; it
//! says so in [`SOFTWARE`] and in its manufacturer's certificate.

mod install;
mod server;
mod soft;

pub use soft::{Clock, InstalledProfile, SoftConfig, SoftEuicc};

use gesim_core::Eid;

/// What this eUICC is.
pub const SOFTWARE: &str = "GeSIM software eUICC: its keys are in the memory of a process, not in a secure element";

/// The functions of ES10b. Answers are the card's bytes, errors included: SGP.22 signs and numbers them.
pub trait Euicc: Send {
    fn eid(&self) -> Eid;

    /// EUICCInfo1.
    fn get_euicc_info1(&mut self) -> Vec<u8>;

    /// A fresh challenge; the one before it is forgotten.
    fn get_euicc_challenge(&mut self) -> [u8; 16];

    /// AuthenticateServerRequest -> AuthenticateServerResponse. Uses up the challenge.
    fn authenticate_server(&mut self, request: &[u8]) -> Vec<u8>;

    /// PrepareDownloadRequest -> PrepareDownloadResponse.
    fn prepare_download(&mut self, request: &[u8]) -> Vec<u8>;

    /// BoundProfilePackage -> ProfileInstallationResult. Uses up the session, however it ends.
    fn load_bound_profile_package(&mut self, package: &[u8]) -> Vec<u8>;

    /// CancelSessionResponse; `None` when there is no such session.
    fn cancel_session(&mut self, transaction_id: &[u8], reason: u8) -> Option<Vec<u8>>;
}
