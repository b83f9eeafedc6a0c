//! ES9+, the device's side: one session over the connection whose handshake is the evidence.
//!
//! Each step is a value that the one before it gives, so that none can be left out: [`Started`], [`Authenticated`],
//! [`Offered`], [`Installed`]. Whatever does not hold ends the session with its connection.

mod verify;

use std::time::Duration;

use gesim_rsp::{
    asn1::{InstallationOutcome, ProfileInstallationResult, StoreMetadataRequest},
    es9::{
        Answer, AuthenticateClientRequest, AuthenticateClientResponse, Base64, CancelSessionRequest,
        CancelSessionResponse, GetBoundProfilePackageRequest, GetBoundProfilePackageResponse,
        HandleNotificationRequest, InitiateAuthenticationRequest, InitiateAuthenticationResponse, SessionOpening,
        TransactionId, PATH_AUTHENTICATE_CLIENT, PATH_CANCEL_SESSION, PATH_GET_BOUND_PROFILE_PACKAGE,
        PATH_HANDLE_NOTIFICATION, PATH_INITIATE_AUTHENTICATION,
    },
    euicc::Euicc,
};
use serde::{de::DeserializeOwned, Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncWrite};

use self::verify::{ask_euicc, offer, package, prepared};
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
