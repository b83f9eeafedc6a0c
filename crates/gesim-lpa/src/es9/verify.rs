//! What has to hold of each answer before the next step.

use gesim_cert::Role;
use gesim_rsp::{
    asn1::{
        parse_key_id, parse_signature, signature_tlv, AuthenticateServerRequest, AuthenticateServerResponse,
        BoundProfilePackage, CtxParams1, PrepareDownloadRequest, PrepareDownloadResponse, ServerSigned1, SmdpSigned2,
        StoreMetadataRequest,
    },
    es9::{AuthenticateClientResponse, GetBoundProfilePackageResponse, InitiateAuthenticationResponse, TransactionId},
    euicc::Euicc,
    keys,
};

use super::{Order, ServerAuthEvidence, Started};
use crate::{error::Rule, evidence::SignedMessage, server::ServerIdentity, session::SessionSecrets};

type Checked<T> = std::result::Result<T, Rule>;

impl Started<'_> {
    /// A certificate that the server shows in ES9+: of the same SM-DP+, below the same CIs.
    fn check(&self, role: Role, certificate: &[u8]) -> Checked<ServerIdentity> {
        let above: Vec<&[u8]> = self.server.above.iter().map(Vec::as_slice).collect();
        self.rules.check(role, certificate, &above).map_err(Rule::Server)
    }

    /// serverSigned1 is by this SM-DP+'s DPauth key, for this eUICC's challenge, under the name of the TLS certificate.
    pub(super) fn server_signed(
        &self,
        answer: &InitiateAuthenticationResponse,
        secrets: &SessionSecrets,
    ) -> Checked<(ServerIdentity, ServerAuthEvidence)> {
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

/// AuthenticateServer: the eUICC's answer, and its signature in it.
pub(super) fn ask_euicc(
    euicc: &mut dyn Euicc,
    answer: &InitiateAuthenticationResponse,
    order: &Order,
) -> Checked<(Vec<u8>, [u8; 64])> {
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
pub(super) fn offer(
    session: &Started<'_>,
    transaction: &TransactionId,
    answer: &AuthenticateClientResponse,
    signature1: &[u8; 64],
) -> Checked<(Vec<u8>, StoreMetadataRequest)> {
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

pub(super) fn prepared(response: &[u8]) -> Checked<()> {
    match PrepareDownloadResponse::decode(response).map_err(|error| Rule::Euicc(error.to_string()))? {
        PrepareDownloadResponse::Ok(_) => Ok(()),
        PrepareDownloadResponse::Error { code, .. } => Err(Rule::Euicc(format!("{code:?}"))),
    }
}

/// The package is one, and of this transaction; the eUICC verifies the rest.
pub(super) fn package(answer: &GetBoundProfilePackageResponse, transaction: &TransactionId) -> Checked<()> {
    let package = BoundProfilePackage::decode(&answer.bound_profile_package.0).map_err(message)?;
    match answer.transaction_id == *transaction && package.channel.transaction_id == transaction.0 {
        true => Ok(()),
        false => Err(Rule::Transaction),
    }
}

fn message(error: impl std::fmt::Display) -> Rule {
    Rule::Message(error.to_string())
}
