//! What the eUICC makes of a server: its authentication, and the preparation of a download.

use gesim_cert::Role;
use rasn::types::OctetString;

use super::soft::{Prepared, Session, SoftEuicc};
use crate::{
    asn1::{
        signature_tlv, AuthenticateErrorCode, AuthenticateOk, AuthenticateServerRequest, DownloadErrorCode,
        EuiccSigned1, EuiccSigned2, PrepareDownloadRequest, Signed,
    },
    chain::Rule,
    keys::{self, KeyPair},
};

impl SoftEuicc {
    pub(super) fn accept_server(
        &mut self,
        raw: &[u8],
        id: &mut Vec<u8>,
    ) -> Result<AuthenticateOk, AuthenticateErrorCode> {
        use AuthenticateErrorCode as Code;
        let challenge = self.challenge.take();
        self.session = None;
        let request = AuthenticateServerRequest::decode(raw).map_err(|_| Code::Undefined)?;
        let signed = request.server_signed1;
        *id = signed.value.transaction_id.to_vec();
        if !self.ci_key_ids.contains(&request.ci_key_id) {
            return Err(Code::CiPkUnknown);
        }
        let server = self.verify(&request.server_certificate, Role::Auth).map_err(|error| match error.rule {
            Rule::UnsupportedCurve => Code::UnsupportedCurve,
            Rule::Role => Code::InvalidOid,
            _ => Code::InvalidCertificate,
        })?;
        if server.ci_key_id != request.ci_key_id {
            return Err(Code::InvalidCertificate);
        }
        keys::verify(&server.point, &signed.raw, &signed.signature).map_err(|_| Code::InvalidSignature)?;
        match challenge {
            None => return Err(Code::NoSessionContext),
            Some(challenge) if challenge[..] != signed.value.euicc_challenge[..] => {
                return Err(Code::EuiccChallengeMismatch)
            }
            Some(_) => {}
        }
        let value = EuiccSigned1 {
            transaction_id: id.clone(),
            server_address: signed.value.server_address.clone(),
            server_challenge: *signed.value.server_challenge,
            euicc_info2: self.info2().encode().map_err(|_| Code::Undefined)?,
            ctx_params1: request.ctx_params1,
        };
        let raw = value.encode().map_err(|_| Code::Undefined)?;
        let signature = self.sign(&raw);
        self.session = Some(Session {
            transaction_id: id.clone(),
            server,
            server_address: signed.value.server_address,
            signature1: signature,
            prepared: None,
        });
        Ok(AuthenticateOk {
            euicc_signed1: Signed { value, raw, signature },
            euicc_certificate: self.config.credential.certificate.clone(),
            eum_certificate: self.config.eum_certificate.clone(),
        })
    }

    pub(super) fn prepare(&mut self, raw: &[u8], id: &mut Vec<u8>) -> Result<Signed<EuiccSigned2>, DownloadErrorCode> {
        use DownloadErrorCode as Code;
        let request = PrepareDownloadRequest::decode(raw).map_err(|_| Code::Undefined)?;
        let signed = request.smdp_signed2;
        *id = signed.value.transaction_id.to_vec();
        let mut session =
            self.session.take().filter(|session| session.prepared.is_none()).ok_or(Code::NoSessionContext)?;
        if session.transaction_id != *id {
            return Err(Code::InvalidTransactionId);
        }
        let binding =
            self.verify(&request.smdp_certificate, Role::ProfileBinding).map_err(|error| match error.rule {
                Rule::UnsupportedCurve => Code::UnsupportedCurve,
                _ => Code::InvalidCertificate,
            })?;
        // the same SM-DP+ under the same CI, with another key
        if binding.registered_id != session.server.registered_id || binding.ci_key_id != session.server.ci_key_id {
            return Err(Code::InvalidCertificate);
        }
        let message = [&signed.raw[..], &signature_tlv(&session.signature1)].concat();
        keys::verify(&binding.point, &message, &signed.signature).map_err(|_| Code::InvalidSignature)?;
        if signed.value.confirmation_code_required && request.hash_cc.is_none() {
            return Err(Code::Undefined);
        }
        let one_time = KeyPair::generate();
        let value = EuiccSigned2 {
            transaction_id: OctetString::from_slice(id),
            euicc_otpk: one_time.public65().into(),
            hash_cc: request.hash_cc.map(Into::into),
        };
        let raw = value.encode().map_err(|_| Code::Undefined)?;
        let signature = self.sign(&[&raw[..], &signature_tlv(&signed.signature)].concat());
        session.prepared = Some(Prepared { one_time, binding });
        self.session = Some(session);
        Ok(Signed { value, raw, signature })
    }
}
