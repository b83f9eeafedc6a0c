//! ES9+, the device's side: one session over the connection whose handshake is the evidence.
//!
//! Each step is a value that the one before it gives, so that none can be left out: [`Started`], [`Authenticated`],
//! [`Offered`], [`Installed`]. Whatever does not hold ends the session with its connection.

use std::time::Duration;

use gesim_cert::Role;
use gesim_rsp::{
    asn1::{
        parse_key_id, parse_signature, signature_tlv, AuthenticateServerRequest, AuthenticateServerResponse,
        BoundProfilePackage, CtxParams1, InstallationOutcome, PrepareDownloadRequest, PrepareDownloadResponse,
        ProfileInstallationResult, ServerSigned1, SmdpSigned2, StoreMetadataRequest,
    },
    es9::{
        Answer, AuthenticateClientRequest, AuthenticateClientResponse, Base64, CancelSessionRequest,
        CancelSessionResponse, GetBoundProfilePackageRequest, GetBoundProfilePackageResponse,
        HandleNotificationRequest, InitiateAuthenticationRequest, InitiateAuthenticationResponse, SessionOpening,
        TransactionId, PATH_AUTHENTICATE_CLIENT, PATH_CANCEL_SESSION, PATH_GET_BOUND_PROFILE_PACKAGE,
        PATH_HANDLE_NOTIFICATION, PATH_INITIATE_AUTHENTICATION,
    },
    euicc::Euicc,
    keys,
};
use serde::{de::DeserializeOwned, Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::{
    error::{At, Result, Rule, Step},
    evidence::{HandshakeEvidence, SignedMessage},
    http::Client,
    server::{ServerIdentity, ServerRules},
    session::SessionSecrets,
    tls::Connection,
};

/// What the device wants.
#[derive(Debug, Clone, Default)]
pub struct Order {
    /// From the activation code; the operator finds the profile by it, or by the EID.
    pub matching_id: Option<String>,
    /// Type allocation code of the device.
    pub tac: [u8; 4],
    /// The on-chain session's address, when the operator is to compare `bind_c` with the EID that it sees.
    pub session: Option<[u8; 32]>,
}

/// What `record_server_auth` takes: serverSigned1 by a DPauth key of the SM-DP+, and what opens the eUICC's challenge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerAuthEvidence {
    pub signed: SignedMessage,
    /// SHA-256 of the DPauth certificate's TBS.
    #[serde(with = "crate::hexed")]
    pub tbs_hash: [u8; 32],
    #[serde(with = "crate::hexed")]
    pub euicc_r: [u8; 32],
}

/// A verified server and an eUICC; no byte of ES9+ has been sent yet.
pub struct Started<'e> {
    client: Client,
    rules: ServerRules,
    server: ServerIdentity,
    euicc: &'e mut dyn Euicc,
}

/// The server has proved itself to the device.
pub struct Authenticated<'e> {
    session: Started<'e>,
    transaction: TransactionId,
    answer: InitiateAuthenticationResponse,
    pub evidence: ServerAuthEvidence,
    /// Its DPauth certificate.
    pub server: ServerIdentity,
}

/// The server has accepted the eUICC and offers a profile.
pub struct Offered<'e> {
    session: Started<'e>,
    transaction: TransactionId,
    /// PrepareDownloadRequest, verified.
    request: Vec<u8>,
    pub metadata: StoreMetadataRequest,
}

/// The profile is in the eUICC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    pub metadata: StoreMetadataRequest,
    pub result: ProfileInstallationResult,
}

impl<'e> Started<'e> {
    /// Takes the connection over. `rules` are those that its server was verified by.
    pub async fn new<S>(
        connection: Connection<S>,
        rules: &ServerRules,
        patience: Duration,
        euicc: &'e mut dyn Euicc,
    ) -> Result<(Self, HandshakeEvidence)>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let Connection { stream, evidence, server } = connection;
        let client = Client::new(stream, server.name.clone(), patience).await.at(Step::InitiateAuthentication)?;
        Ok((Self { client, rules: rules.clone(), server, euicc }, evidence))
    }

    /// A certificate that the server shows in ES9+: of the same SM-DP+, below the same CIs.
    fn check(&self, role: Role, certificate: &[u8]) -> std::result::Result<ServerIdentity, Rule> {
        let above: Vec<&[u8]> = self.server.above.iter().map(Vec::as_slice).collect();
        self.rules.check(role, certificate, &above).map_err(Rule::Server)
    }

    async fn call<T: DeserializeOwned>(
        &mut self,
        path: &str,
        request: &impl Serialize,
    ) -> std::result::Result<T, Rule> {
        let answer: Option<Answer<T>> = self.client.post(path, request).await?;
        let answer = answer.ok_or_else(|| Rule::Message("it is empty".into()))?;
        answer.into_result().map_err(Rule::Refused)
    }

    /// initiateAuthentication, with the challenge that the session has committed to.
    pub async fn authenticate_server(mut self, secrets: &SessionSecrets) -> Result<Authenticated<'e>> {
        let request = InitiateAuthenticationRequest {
            euicc_challenge: Base64(secrets.euicc_challenge().to_vec()),
            euicc_info1: Base64(self.euicc.get_euicc_info1()),
            smdp_address: self.server.name.clone(),
        };
        let answer = self.call(PATH_INITIATE_AUTHENTICATION, &request).await.at(Step::InitiateAuthentication)?;
        let (server, evidence) = self.server_signed(&answer, secrets).at(Step::InitiateAuthentication)?;
        Ok(Authenticated { transaction: answer.transaction_id.clone(), answer, session: self, evidence, server })
    }

    /// serverSigned1 is by this SM-DP+'s DPauth key, for this eUICC's challenge, under the name of the TLS certificate.
    fn server_signed(
        &self,
        answer: &InitiateAuthenticationResponse,
        secrets: &SessionSecrets,
    ) -> std::result::Result<(ServerIdentity, ServerAuthEvidence), Rule> {
        let auth = self.check(Role::Auth, &answer.server_certificate.0)?;
        let raw = &answer.server_signed1.0;
        let signature = parse_signature(&answer.server_signature1.0).map_err(message)?;
        keys::verify(&auth.key, raw, &signature).map_err(|_| Rule::SignatureOn("serverSigned1"))?;
        let signed = ServerSigned1::decode(raw).map_err(message)?;
        if signed.transaction_id[..] != answer.transaction_id.0[..] {
            return Err(Rule::Transaction);
        }
        if signed.euicc_challenge[..] != secrets.euicc_challenge()[..] {
            return Err(Rule::Challenge);
        }
        if !signed.server_address.eq_ignore_ascii_case(&self.server.name) {
            return Err(Rule::Address(signed.server_address));
        }
        let signature = keys::low_s(&signature).map_err(|_| Rule::SignatureOn("serverSigned1"))?;
        let signed = SignedMessage { message: raw.clone(), signature, key: auth.key };
        let evidence = ServerAuthEvidence { signed, tbs_hash: auth.tbs_hash, euicc_r: *secrets.euicc_r() };
        Ok((auth, evidence))
    }
}

impl<'e> Authenticated<'e> {
    /// authenticateClient: the eUICC verifies the server itself and signs; the server offers a profile.
    pub async fn authenticate_client(self, order: &Order, secrets: &SessionSecrets) -> Result<Offered<'e>> {
        let Self { mut session, transaction, answer, .. } = self;
        let (response, signature1) = ask_euicc(session.euicc, &answer, order).at(Step::AuthenticateClient)?;
        let opening = |session| SessionOpening { session, randomness: *secrets.bind_r() };
        let request = AuthenticateClientRequest {
            transaction_id: transaction.clone(),
            authenticate_server_response: Base64(response),
            gesim: order.session.map(opening),
        };
        let answer: AuthenticateClientResponse =
            session.call(PATH_AUTHENTICATE_CLIENT, &request).await.at(Step::AuthenticateClient)?;
        let (request, metadata) = offer(&session, &transaction, &answer, &signature1).at(Step::AuthenticateClient)?;
        Ok(Offered { session, transaction, request, metadata })
    }
}

/// AuthenticateServer: the eUICC's answer, and its signature in it.
fn ask_euicc(
    euicc: &mut dyn Euicc,
    answer: &InitiateAuthenticationResponse,
    order: &Order,
) -> std::result::Result<(Vec<u8>, [u8; 64]), Rule> {
    let signature = parse_signature(&answer.server_signature1.0).map_err(message)?;
    let ci = parse_key_id(&answer.euicc_ci_pk_id_to_be_used.0).map_err(message)?;
    let context = CtxParams1::new(order.matching_id.as_deref(), order.tac);
    let (signed, certificate) = (&answer.server_signed1.0, &answer.server_certificate.0);
    let request = AuthenticateServerRequest::assemble(signed, signature, ci, certificate, &context).map_err(message)?;
    let response = euicc.authenticate_server(&request);
    match AuthenticateServerResponse::decode(&response).map_err(|error| Rule::Euicc(error.to_string()))? {
        AuthenticateServerResponse::Ok(ok) => Ok((response, ok.euicc_signed1.signature)),
        AuthenticateServerResponse::Error { code, .. } => Err(Rule::Euicc(format!("{code:?}"))),
    }
}

/// What the server offers is signed by this SM-DP+'s DPpb key for this transaction and this eUICC.
fn offer(
    session: &Started<'_>,
    transaction: &TransactionId,
    answer: &AuthenticateClientResponse,
    signature1: &[u8; 64],
) -> std::result::Result<(Vec<u8>, StoreMetadataRequest), Rule> {
    let binding = session.check(Role::ProfileBinding, &answer.smdp_certificate.0)?;
    let raw = &answer.smdp_signed2.0;
    let signature2 = parse_signature(&answer.smdp_signature2.0).map_err(message)?;
    let signed = [&raw[..], &signature_tlv(signature1)].concat();
    keys::verify(&binding.key, &signed, &signature2).map_err(|_| Rule::SignatureOn("smdpSigned2"))?;
    let value = SmdpSigned2::decode(raw).map_err(message)?;
    if answer.transaction_id != *transaction || value.transaction_id[..] != transaction.0[..] {
        return Err(Rule::Transaction);
    }
    if value.confirmation_code_required {
        return Err(Rule::ConfirmationCode);
    }
    let metadata = StoreMetadataRequest::decode(&answer.profile_metadata.0).map_err(message)?;
    let request = PrepareDownloadRequest::assemble(raw, signature2, None, &answer.smdp_certificate.0);
    Ok((request.map_err(message)?, metadata))
}

impl Offered<'_> {
    /// getBoundProfilePackage, the installation, and its notification to the server. When only the notification fails, the
    /// profile is in the eUICC all the same.
    pub async fn install(self) -> Result<Installed> {
        let Self { mut session, transaction, request, metadata } = self;
        let response = session.euicc.prepare_download(&request);
        prepared(&response).at(Step::GetBoundProfilePackage)?;
        let request = GetBoundProfilePackageRequest {
            transaction_id: transaction.clone(),
            prepare_download_response: Base64(response),
        };
        let answer: GetBoundProfilePackageResponse =
            session.call(PATH_GET_BOUND_PROFILE_PACKAGE, &request).await.at(Step::GetBoundProfilePackage)?;
        package(&answer, &transaction).at(Step::GetBoundProfilePackage)?;
        let raw = session.euicc.load_bound_profile_package(&answer.bound_profile_package.0);
        let result = ProfileInstallationResult::decode(&raw)
            .map_err(|error| Rule::Euicc(error.to_string()))
            .at(Step::Install)?;
        // The server is told in either case.
        let notification = HandleNotificationRequest { pending_notification: Base64(raw) };
        let told = session.client.post::<serde::de::IgnoredAny>(PATH_HANDLE_NOTIFICATION, &notification).await;
        if let InstallationOutcome::Error { command, reason } = result.data.outcome {
            let why = format!("command {command} of the package, reason {reason} (SGP.22, section 5.7.6)");
            return Err(Rule::Euicc(why)).at(Step::Install);
        }
        told.at(Step::HandleNotification)?;
        Ok(Installed { metadata, result })
    }

    /// cancelSession: the user does not want the profile (reason 0), or later (1).
    pub async fn cancel(self, reason: u8) -> Result<()> {
        let Self { mut session, transaction, .. } = self;
        let response = session.euicc.cancel_session(&transaction.0, reason);
        let response = response.ok_or_else(|| Rule::Euicc("no such session".into())).at(Step::CancelSession)?;
        let request = CancelSessionRequest { transaction_id: transaction, cancel_session_response: Base64(response) };
        let _: CancelSessionResponse = session.call(PATH_CANCEL_SESSION, &request).await.at(Step::CancelSession)?;
        Ok(())
    }
}

fn prepared(response: &[u8]) -> std::result::Result<(), Rule> {
    match PrepareDownloadResponse::decode(response).map_err(|error| Rule::Euicc(error.to_string()))? {
        PrepareDownloadResponse::Ok(_) => Ok(()),
        PrepareDownloadResponse::Error { code, .. } => Err(Rule::Euicc(format!("{code:?}"))),
    }
}

/// The package is one, and of this transaction; the eUICC verifies the rest.
fn package(answer: &GetBoundProfilePackageResponse, transaction: &TransactionId) -> std::result::Result<(), Rule> {
    let package = BoundProfilePackage::decode(&answer.bound_profile_package.0).map_err(message)?;
    match answer.transaction_id == *transaction && package.channel.transaction_id == transaction.0 {
        true => Ok(()),
        false => Err(Rule::Transaction),
    }
}

fn message(error: impl std::fmt::Display) -> Rule {
    Rule::Message(error.to_string())
}
