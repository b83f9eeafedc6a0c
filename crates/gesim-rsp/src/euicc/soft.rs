use std::sync::Arc;

use gesim_cert::Role;
use gesim_core::Eid;
use rasn::types::{OctetString, Utf8String};

use super::{install, Euicc, SOFTWARE};
use crate::{
    asn1::{
        AuthenticateServerResponse, CancelSession, EuiccInfo1, EuiccInfo2, PrepareDownloadResponse,
        ProfileInstallationResult,
    },
    auth::Credential,
    chain::{verify_euicc, verify_server, ChainError, ServerCertificate, Trust},
    keys::{random, KeyPair},
};

/// Unix seconds.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// Versions that this eUICC speaks: SGP.22 2.2.0, profile packages 2.3.1.
const SVN: [u8; 3] = [2, 2, 0];
const PROFILE_VERSION: [u8; 3] = [2, 3, 1];

/// What an eUICC is made with.
#[derive(Clone)]
pub struct SoftConfig {
    pub credential: Credential,
    /// The manufacturer's certificate, DER.
    pub eum_certificate: Vec<u8>,
    pub trust: Trust,
    /// Intermediate CAs it knows; version 2 of ES9+ has no field for them.
    pub intermediates: Vec<Vec<u8>>,
    /// A card has no clock; a process has, so it checks validity as well.
    pub clock: Clock,
}

/// A profile in this eUICC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstalledProfile {
    pub aid: Vec<u8>,
    pub iccid: Vec<u8>,
    /// StoreMetadataRequest as it came.
    pub metadata: Vec<u8>,
    /// The profile elements as they came.
    pub elements: Vec<u8>,
    /// Content octets of the SM-DP+'s registered id.
    pub smdp_oid: Vec<u8>,
}

/// What is known of the server after it proved itself.
pub(super) struct Session {
    pub transaction_id: Vec<u8>,
    pub server: ServerCertificate,
    pub server_address: String,
    pub signature1: [u8; 64],
    pub prepared: Option<Prepared>,
}

/// The one-time key that the package is bound to, and the certificate that binds it.
pub(super) struct Prepared {
    pub one_time: KeyPair,
    pub binding: ServerCertificate,
}

pub struct SoftEuicc {
    pub(super) config: SoftConfig,
    eid: Eid,
    pub(super) ci_key_ids: Vec<[u8; 20]>,
    pub(super) challenge: Option<[u8; 16]>,
    pub(super) session: Option<Session>,
    pub(super) profiles: Vec<InstalledProfile>,
    pub(super) sequence: u32,
}

impl SoftEuicc {
    /// Fails when the certificates do not chain to one of the CIs it trusts.
    pub fn new(config: SoftConfig) -> Result<Self, ChainError> {
        let now = (config.clock)();
        let chain = verify_euicc(&config.trust, &config.credential.certificate, &config.eum_certificate, now)?;
        let ci_key_ids = config.trust.anchors().iter().map(|anchor| anchor.key_id).collect();
        Ok(Self {
            eid: chain.eid,
            ci_key_ids,
            challenge: None,
            session: None,
            profiles: Vec::new(),
            sequence: 0,
            config,
        })
    }

    pub fn profiles(&self) -> &[InstalledProfile] {
        &self.profiles
    }

    /// Takes up a challenge that it drew in an earlier process: a card in a file remembers nothing by itself.
    pub fn restore_challenge(&mut self, challenge: [u8; 16]) {
        self.challenge = Some(challenge);
    }

    pub fn describe(&self) -> &'static str {
        SOFTWARE
    }

    pub(super) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.config.credential.key.sign(message)
    }

    pub(super) fn verify(&self, certificate: &[u8], role: Role) -> Result<ServerCertificate, ChainError> {
        let above: Vec<&[u8]> = self.config.intermediates.iter().map(Vec::as_slice).collect();
        verify_server(&self.config.trust, certificate, &above, role, (self.config.clock)())
    }

    pub(super) fn info2(&self) -> EuiccInfo2 {
        let ids: Vec<_> = self.ci_key_ids.iter().map(|id| OctetString::from_slice(id)).collect();
        let bits = |set: &[usize], length: usize| (0..length).map(|bit| set.contains(&bit)).collect();
        EuiccInfo2 {
            profile_version: PROFILE_VERSION.into(),
            svn: SVN.into(),
            firmware: [0, 1, 0].into(),
            // no applications; a megabyte of either memory
            card_resource: OctetString::from_slice(&[0x81, 1, 0, 0x82, 3, 0x10, 0, 0, 0x83, 3, 0x10, 0, 0]),
            // USIM with Milenage
            uicc_capability: bits(&[1, 4], 5),
            javacard: None,
            globalplatform: None,
            // further profiles
            rsp_capability: bits(&[0], 1),
            ci_verification: ids.clone(),
            ci_signing: ids,
            category: Some(0),
            forbidden_rules: None,
            protection_profile: [0, 0, 0].into(),
            sas_accreditation: Utf8String::from("GESIM-SOFTWARE"),
        }
    }
}

impl Euicc for SoftEuicc {
    fn eid(&self) -> Eid {
        self.eid
    }

    fn get_euicc_info1(&mut self) -> Vec<u8> {
        EuiccInfo1::new(SVN, &self.ci_key_ids).encode().unwrap_or_default()
    }

    fn get_euicc_challenge(&mut self) -> [u8; 16] {
        let challenge = random();
        self.challenge = Some(challenge);
        challenge
    }

    fn authenticate_server(&mut self, request: &[u8]) -> Vec<u8> {
        // an answer names a transaction even when the request did not
        let mut id = vec![0];
        let answer = match self.accept_server(request, &mut id) {
            Ok(ok) => AuthenticateServerResponse::Ok(Box::new(ok)),
            Err(code) => AuthenticateServerResponse::Error { transaction_id: id, code },
        };
        answer.encode()
    }

    fn prepare_download(&mut self, request: &[u8]) -> Vec<u8> {
        let mut id = vec![0];
        let answer = match self.prepare(request, &mut id) {
            Ok(signed) => PrepareDownloadResponse::Ok(signed),
            Err(code) => PrepareDownloadResponse::Error { transaction_id: id, code },
        };
        answer.encode()
    }

    fn load_bound_profile_package(&mut self, package: &[u8]) -> Vec<u8> {
        let data = install::install(self, package);
        let raw = data.encode();
        let signature = self.sign(&raw);
        ProfileInstallationResult { data, raw, signature }.encode()
    }

    fn cancel_session(&mut self, transaction_id: &[u8], reason: u8) -> Option<Vec<u8>> {
        let session = self.session.take_if(|session| session.transaction_id == transaction_id)?;
        let smdp_oid = session.server.registered_id;
        let raw = CancelSession::signed_part(transaction_id, &smdp_oid, reason);
        let signature = self.sign(&raw);
        let transaction_id = transaction_id.to_vec();
        Some(CancelSession { transaction_id, smdp_oid, reason, raw, signature }.encode())
    }
}
