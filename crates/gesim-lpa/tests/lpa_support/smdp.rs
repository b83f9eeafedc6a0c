//! An SM-DP+ to download from, and an eUICC to download to.
#![allow(dead_code)] // every test file takes what it needs

use std::{net::SocketAddr, sync::Arc, time::Duration};

use gesim_lpa::{
    es9::Started,
    tls::{connect, Versions},
    ServerRules, SessionSecrets,
};
use gesim_rsp::{
    asn1::StoreMetadataRequest,
    auth::Credential,
    chain::Trust,
    euicc::{Euicc, SoftConfig, SoftEuicc},
    pki::Pki,
    profile::Profile,
    smdp::{Authorization, Smdp, SmdpConfig, SmdpHandle, SmdpServer},
    tlv::tlv,
};

use crate::lpa_support::{options, rules, session, NOW};

/// Far more than an answer takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);
pub const MATCHING_ID: &str = "GESIM-TEST-1";

fn trust(pki: &Pki) -> Trust {
    Trust::from_certificates([&pki.ci.certificate[..]]).expect("a CI certificate")
}

pub fn above(pki: &Pki) -> Vec<Vec<u8>> {
    pki.intermediate.iter().map(|ca| ca.certificate.clone()).collect()
}

pub fn profile() -> Profile {
    let metadata = StoreMetadataRequest::new("89390100000000000012", "GeSIM", "Roam 10 GB").expect("metadata");
    // More than one segment of 1020 octets.
    let elements: Vec<_> = (0..3).map(|number| tlv(0xA1 + number, &[[number as u8; 900]])).collect();
    Profile::build(&metadata, &elements).expect("a profile")
}

pub fn soft_euicc(pki: &Pki) -> SoftEuicc {
    SoftEuicc::new(SoftConfig {
        credential: Credential::from(&pki.euicc),
        eum_certificate: pki.eum.certificate.clone(),
        trust: trust(pki),
        intermediates: above(pki),
        clock: Arc::new(|| NOW),
    })
    .expect("an eUICC")
}

/// An SM-DP+ with one order, whose operator decides so.
pub fn smdp(pki: &Pki, authorize: impl Fn(&Authorization) -> Result<(), String> + Send + Sync + 'static) -> Arc<Smdp> {
    let credential = |issued| Credential { intermediates: above(pki), ..Credential::from(issued) };
    let config = SmdpConfig {
        address: pki.config.dns.clone(),
        tls: credential(&pki.dp_tls),
        auth: credential(&pki.dp_auth),
        binding: credential(&pki.dp_pb),
        trust: trust(pki),
        clock: Arc::new(|| NOW),
        timeout: 60,
        max_transactions: 8,
        own_keys: false,
        authorize: Arc::new(authorize),
    };
    let smdp = Smdp::new(config).expect("an SM-DP+");
    smdp.order(MATCHING_ID, profile(), None).expect("an order");
    Arc::new(smdp)
}

pub async fn serve(smdp: Arc<Smdp>) -> SmdpHandle {
    SmdpServer::bind("127.0.0.1:0".parse().expect("an address"), smdp).await.expect("a port")
}

/// A session's secrets for a fresh challenge of this eUICC.
pub fn secrets(euicc: &mut SoftEuicc) -> SessionSecrets {
    SessionSecrets::draw(euicc.get_euicc_challenge())
}

/// A verified connection, ready for ES9+.
pub async fn start<'e>(pki: &Pki, address: SocketAddr, euicc: &'e mut SoftEuicc, patience: Duration) -> Started<'e> {
    let rules: ServerRules = rules(pki);
    let options = options(address, Versions::Prefer12);
    let connection = connect(&session(9), &rules, &options).await.expect("a handshake");
    Started::new(connection, &rules, patience, euicc).await.expect("HTTP").0
}
