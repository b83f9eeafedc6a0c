//! A PKI, an eUICC, an SM-DP+ and the least client that can talk to it.
#![allow(dead_code)] // every test file uses a part

use std::{net::SocketAddr, sync::Arc};

use gesim_cert::Role;
use gesim_rsp::{
    asn1::{
        parse_key_id, parse_signature, AuthenticateServerRequest, CtxParams1, PrepareDownloadRequest,
        StoreMetadataRequest,
    },
    auth::Credential,
    chain::{verify_server, Trust},
    es9::*,
    euicc::{Euicc, SoftConfig, SoftEuicc},
    pki::{Issued, Pki, PkiConfig},
    profile::Profile,
    smdp::{Authorize, Smdp, SmdpConfig, SmdpHandle, SmdpServer},
    tlv::tlv,
};
use http_body_util::{BodyExt, Full};
use hyper::{body::Bytes, client::conn::http1, Request, StatusCode};
use hyper_util::rt::TokioIo;
use rustls::{
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{ring, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
    DigitallySignedStruct, SignatureScheme,
};
use serde::{de::DeserializeOwned, Serialize};
use tokio::net::TcpStream;

pub const NOW: i64 = 1_764_000_000;
pub const MATCHING_ID: &str = "GESIM-1";
pub const ICCID: &str = "8988303000000000001";

pub fn pki() -> Pki {
    Pki::new(PkiConfig { seed: Some([7; 32]), ..PkiConfig::default() })
}

pub fn trust(pki: &Pki) -> Trust {
    Trust::from_certificates([pki.ci.certificate.as_slice()]).expect("CI")
}

pub fn euicc_with(pki: &Pki, trust: Trust, issued: &Issued) -> SoftEuicc {
    let config = SoftConfig {
        credential: Credential::from(issued),
        eum_certificate: pki.eum.certificate.clone(),
        trust,
        intermediates: Vec::new(),
        clock: Arc::new(|| NOW),
    };
    SoftEuicc::new(config).expect("eUICC")
}

pub fn euicc(pki: &Pki) -> SoftEuicc {
    euicc_with(pki, trust(pki), &pki.euicc)
}

pub fn metadata() -> StoreMetadataRequest {
    StoreMetadataRequest::new(ICCID, "GeSIM", "Test plan").expect("metadata")
}

/// Longer than one segment.
pub fn profile() -> Profile {
    let inside = (0..6u8).map(|at| tlv(0xA1 + u16::from(at), &[tlv(0x80, &[vec![at; 700]])])).collect::<Vec<_>>();
    Profile::build(&metadata(), &inside).expect("profile")
}

pub fn config(pki: &Pki, authorize: Authorize) -> SmdpConfig {
    SmdpConfig {
        address: pki.config.dns.clone(),
        tls: Credential::from(&pki.dp_tls),
        auth: Credential::from(&pki.dp_auth),
        binding: Credential::from(&pki.dp_pb),
        trust: trust(pki),
        clock: Arc::new(|| NOW),
        timeout: 60,
        max_transactions: 8,
        own_keys: false,
        authorize,
    }
}

pub fn smdp(pki: &Pki) -> Smdp {
    let smdp = Smdp::new(config(pki, Arc::new(|_| Ok(())))).expect("SM-DP+");
    smdp.order(MATCHING_ID, profile(), None).expect("order");
    smdp
}

pub async fn listen(smdp: Arc<Smdp>) -> SmdpHandle {
    SmdpServer::bind(SocketAddr::from(([127, 0, 0, 1], 0)), smdp).await.expect("listens")
}

pub fn initiate(euicc: &mut dyn Euicc, address: &str) -> InitiateAuthenticationRequest {
    InitiateAuthenticationRequest {
        euicc_challenge: Base64(euicc.get_euicc_challenge().to_vec()),
        euicc_info1: Base64(euicc.get_euicc_info1()),
        smdp_address: address.to_owned(),
    }
}

/// What the device hands to its eUICC after initiateAuthentication.
pub fn server_request(answer: &InitiateAuthenticationResponse, matching_id: &str) -> Vec<u8> {
    AuthenticateServerRequest::assemble(
        &answer.server_signed1.0,
        parse_signature(&answer.server_signature1.0).expect("signature"),
        parse_key_id(&answer.euicc_ci_pk_id_to_be_used.0).expect("key id"),
        &answer.server_certificate.0,
        &CtxParams1::new(Some(matching_id), [0x35, 0x23, 0x01, 0x45]),
    )
    .expect("assembles")
}

pub fn client_request(
    euicc: &mut dyn Euicc,
    answer: &InitiateAuthenticationResponse,
    matching_id: &str,
) -> AuthenticateClientRequest {
    AuthenticateClientRequest {
        transaction_id: answer.transaction_id.clone(),
        authenticate_server_response: Base64(euicc.authenticate_server(&server_request(answer, matching_id))),
        gesim: None,
    }
}

pub fn download_request(answer: &AuthenticateClientResponse) -> Vec<u8> {
    let signature = parse_signature(&answer.smdp_signature2.0).expect("signature");
    PrepareDownloadRequest::assemble(&answer.smdp_signed2.0, signature, None, &answer.smdp_certificate.0)
        .expect("assembles")
}

pub fn package_request(euicc: &mut dyn Euicc, answer: &AuthenticateClientResponse) -> GetBoundProfilePackageRequest {
    GetBoundProfilePackageRequest {
        transaction_id: answer.transaction_id.clone(),
        prepare_download_response: Base64(euicc.prepare_download(&download_request(answer))),
    }
}

/// One HTTPS connection that checks the server's certificate as a device does.
pub struct Client {
    sender: http1::SendRequest<Full<Bytes>>,
}

impl Client {
    pub async fn connect(pki: &Pki, trust: Trust, addr: SocketAddr) -> Result<Self, String> {
        let verifier = Verifier { trust, dns: pki.config.dns.clone() };
        let config = rustls::ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        let name = ServerName::try_from(pki.config.dns.clone()).expect("name");
        let stream = TcpStream::connect(addr).await.map_err(|error| error.to_string())?;
        let stream = tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, stream).await;
        let stream = TokioIo::new(stream.map_err(|error| error.to_string())?);
        let (sender, connection) = http1::handshake(stream).await.map_err(|error| error.to_string())?;
        tokio::spawn(connection);
        Ok(Self { sender })
    }

    pub async fn raw(&mut self, path: &str, protocol: Option<&str>, body: Vec<u8>) -> (StatusCode, Bytes) {
        let mut request = Request::post(path).header("host", "smdp.gesim.test").header("user-agent", USER_AGENT);
        if let Some(protocol) = protocol {
            request = request.header(HEADER_PROTOCOL, protocol);
        }
        let request = request.body(Full::new(Bytes::from(body))).expect("request");
        self.sender.ready().await.expect("connection");
        let response = self.sender.send_request(request).await.expect("answer");
        let status = response.status();
        (status, response.into_body().collect().await.expect("body").to_bytes())
    }

    pub async fn call<A: DeserializeOwned>(
        &mut self,
        path: &str,
        request: &impl Serialize,
    ) -> Result<A, StatusCodeData> {
        let body = serde_json::to_vec(request).expect("JSON");
        let (status, body) = self.raw(path, Some(PROTOCOL), body).await;
        assert_eq!(status, StatusCode::OK);
        serde_json::from_slice::<Answer<A>>(&body).expect("answer").into_result()
    }
}

#[derive(Debug)]
struct Verifier {
    trust: Trust,
    dns: String,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end: &CertificateDer<'_>,
        above: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let above: Vec<&[u8]> = above.iter().map(|der| der.as_ref()).collect();
        verify_server(&self.trust, end, &above, Role::Tls, NOW)
            .and_then(|found| found.expect_dns(&self.dns))
            .map(|()| ServerCertVerified::assertion())
            .map_err(|error| rustls::Error::General(error.to_string()))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &ring::default_provider().signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &ring::default_provider().signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ECDSA_NISTP256_SHA256]
    }
}
