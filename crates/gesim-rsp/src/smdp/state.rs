use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use gesim_cert::Role;
use gesim_core::Eid;

use super::{
    bind::Binding,
    config::{Authorization, SmdpConfig, SmdpError},
    orders::{Order, OrderRefusal, OrderState, Orders},
    refusal::{refused, status, unknown_transaction},
};
use crate::{
    asn1::{
        signature_tlv, CancelSession, EuiccInfo1, InstallationOutcome, PrepareDownloadResponse,
        ProfileInstallationResult, SmdpSigned2,
    },
    auth::{offer, verify_authenticate_response, Expected, VerifiedEuicc},
    es9::{codes, *},
    keys::{self, random},
    profile::Profile,
};

/// How far a transaction has come.
enum Stage {
    Initiated(Expected),
    Authenticated {
        euicc: Box<VerifiedEuicc>,
        matching_id: String,
        signature2: [u8; 64],
    },
    /// Waits for the eUICC's word on the installation.
    Delivered {
        euicc: Box<VerifiedEuicc>,
        matching_id: String,
    },
}

struct Transaction {
    until: i64,
    stage: Stage,
}

#[derive(Default)]
struct Tables {
    transactions: HashMap<Vec<u8>, Transaction>,
    orders: Orders,
}

/// An SM-DP+ without input and output.
pub struct Smdp {
    pub(super) config: SmdpConfig,
    registered_id: Vec<u8>,
    tables: Mutex<Tables>,
}

type Answered<T> = Result<T, StatusCodeData>;

/// Installation reports may come much later than the download.
const REPORT_SECONDS: i64 = 86_400;

impl Smdp {
    /// Fails when its own certificates would not convince anybody.
    pub fn new(config: SmdpConfig) -> Result<Self, SmdpError> {
        let now = (config.clock)();
        let tls = config.tls.verify(&config.trust, Role::Tls, now)?;
        tls.expect_dns(&config.address)?;
        let auth = config.auth.verify(&config.trust, Role::Auth, now)?;
        let binding = config.binding.verify(&config.trust, Role::ProfileBinding, now)?;
        if tls.registered_id != auth.registered_id || auth.registered_id != binding.registered_id {
            return Err(SmdpError::Differ);
        }
        Ok(Self { registered_id: auth.registered_id, tables: Mutex::default(), config })
    }

    /// Releases a profile for download by whoever shows `matching_id`, or by one eUICC only.
    pub fn order(&self, matching_id: impl Into<String>, profile: Profile, eid: Option<Eid>) -> Result<(), SmdpError> {
        let order = Order { profile, eid, state: OrderState::Released };
        match self.tables().orders.insert(matching_id.into(), order) {
            true => Ok(()),
            false => Err(SmdpError::MatchingIdTaken),
        }
    }

    pub fn order_state(&self, matching_id: &str) -> Option<OrderState> {
        self.tables().orders.get(matching_id).map(|order| order.state)
    }

    /// Tables are only changed as a whole: a panic elsewhere leaves them usable.
    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> i64 {
        (self.config.clock)()
    }

    /// Takes a transaction out of the table, if it is still alive.
    fn take(&self, id: &TransactionId) -> Answered<Stage> {
        let now = self.now();
        let found = self.tables().transactions.remove(&id.0).filter(|transaction| now <= transaction.until);
        found.map(|transaction| transaction.stage).ok_or_else(unknown_transaction)
    }

    fn put(&self, id: &TransactionId, seconds: i64, stage: Stage) {
        let until = self.now().saturating_add(seconds);
        self.tables().transactions.insert(id.0.clone(), Transaction { until, stage });
    }

    pub fn initiate_authentication(
        &self,
        request: &InitiateAuthenticationRequest,
    ) -> Answered<InitiateAuthenticationResponse> {
        let now = self.now();
        if !request.smdp_address.eq_ignore_ascii_case(&self.config.address) {
            return Err(refused(codes::ADDRESS_REFUSED, format!("this server is {}", self.config.address)));
        }
        let wrong = |error| refused(codes::CI_UNSUPPORTED, format!("{error}"));
        let info = EuiccInfo1::decode(&request.euicc_info1.0).map_err(wrong)?;
        if info.svn.first() != Some(&2) {
            return Err(refused(codes::VERSION_UNSUPPORTED, "this server speaks version 2 of SGP.22"));
        }
        let challenge = request.euicc_challenge.0.as_slice().try_into();
        let challenge = challenge.map_err(|_| refused(codes::CI_UNSUPPORTED, "euiccChallenge is not 16 octets"))?;
        {
            let mut tables = self.tables();
            tables.transactions.retain(|_, transaction| now <= transaction.until);
            let waiting = |transaction: &&Transaction| !matches!(transaction.stage, Stage::Delivered { .. });
            if tables.transactions.values().filter(waiting).count() >= self.config.max_transactions {
                return Err(refused(codes::UNAVAILABLE, "too many transactions at the moment; try again in a minute"));
            }
        }
        let expected = Expected {
            transaction_id: random::<16>().to_vec(),
            server_address: self.config.address.clone(),
            server_challenge: random(),
        };
        let answer = offer(&self.config.auth, &self.config.trust, &request.euicc_info1.0, challenge, &expected, now)
            .map_err(|error| refused(codes::CI_UNSUPPORTED, error.to_string()))?;
        self.put(&answer.transaction_id, self.config.timeout, Stage::Initiated(expected));
        Ok(answer)
    }

    /// May block for as long as the operator's answer takes.
    pub fn authenticate_client(&self, request: &AuthenticateClientRequest) -> Answered<AuthenticateClientResponse> {
        let Stage::Initiated(expected) = self.take(&request.transaction_id)? else { return Err(unknown_transaction()) };
        let raw = &request.authenticate_server_response.0;
        let euicc = verify_authenticate_response(raw, &expected, &self.config.trust, self.now()).map_err(status)?;
        let matching_id = euicc.ctx_params1.matching_id().unwrap_or_default().to_owned();
        let metadata = self.eligible(&matching_id, euicc.eid)?.metadata;
        let authorization =
            Authorization { eid: euicc.eid, matching_id: matching_id.clone(), opening: request.gesim.clone() };
        (self.config.authorize)(&authorization).map_err(|reason| refused(codes::EID_REFUSED, reason))?;

        let signed2 = SmdpSigned2 {
            transaction_id: rasn::types::OctetString::from_slice(&request.transaction_id.0),
            confirmation_code_required: false,
            bpp_euicc_otpk: None,
        };
        let signed2 = signed2.encode().map_err(|error| refused(codes::UNAVAILABLE, error.to_string()))?;
        let covered = [&signed2[..], &signature_tlv(&euicc.signature)].concat();
        let signature2 = self.config.binding.key.sign(&covered);
        let stage = Stage::Authenticated { euicc: Box::new(euicc), matching_id, signature2 };
        self.put(&request.transaction_id, self.config.timeout, stage);
        Ok(AuthenticateClientResponse {
            transaction_id: request.transaction_id.clone(),
            profile_metadata: Base64(metadata),
            smdp_signed2: Base64(signed2),
            smdp_signature2: Base64(signature_tlv(&signature2)),
            smdp_certificate: Base64(self.config.binding.certificate.clone()),
        })
    }

    fn eligible(&self, matching_id: &str, eid: Eid) -> Answered<Profile> {
        match self.tables().orders.eligible(matching_id, eid) {
            Ok(order) => Ok(order.profile.clone()),
            Err(OrderRefusal::Unknown) => Err(refused(
                codes::MATCHING_ID_REFUSED,
                "no profile waits under this matching id; check the activation code",
            )),
            Err(OrderRefusal::Eid) => Err(refused(codes::EID_REFUSED, "the profile is meant for another eUICC")),
            Err(OrderRefusal::Done) => {
                Err(refused(codes::NO_ELIGIBLE_PROFILE, "the profile was downloaded already; ask for a new one"))
            }
        }
    }

    pub fn get_bound_profile_package(
        &self,
        request: &GetBoundProfilePackageRequest,
    ) -> Answered<GetBoundProfilePackageResponse> {
        let Stage::Authenticated { euicc, matching_id, signature2 } = self.take(&request.transaction_id)? else {
            return Err(unknown_transaction());
        };
        let invalid = |reason: String| refused(codes::EUICC_SIGNATURE_INVALID, reason);
        let answer = PrepareDownloadResponse::decode(&request.prepare_download_response.0);
        let signed = match answer.map_err(|error| invalid(error.to_string()))? {
            PrepareDownloadResponse::Ok(signed) => signed,
            PrepareDownloadResponse::Error { code, .. } => return Err(invalid(format!("the eUICC refused: {code:?}"))),
        };
        let covered = [&signed.raw[..], &signature_tlv(&signature2)].concat();
        keys::verify(&euicc.chain.point, &covered, &signed.signature).map_err(|error| invalid(error.to_string()))?;
        if signed.value.transaction_id[..] != request.transaction_id.0 {
            return Err(unknown_transaction());
        }
        let profile = self.eligible(&matching_id, euicc.eid)?;
        let binding = Binding {
            transaction_id: &request.transaction_id.0,
            euicc_otpk: &signed.value.euicc_otpk[..],
            eid: euicc.eid,
            key: &self.config.binding.key,
            own_keys: self.config.own_keys,
        };
        let package = binding.bind(&profile).map_err(|error| invalid(error.to_string()))?;
        {
            // whoever asked first has it
            let mut tables = self.tables();
            if tables.orders.eligible(&matching_id, euicc.eid).is_err() {
                return Err(refused(codes::NO_ELIGIBLE_PROFILE, "another eUICC was faster"));
            }
            tables.orders.set(&matching_id, OrderState::Downloaded(euicc.eid));
            // one report an order is waited for, that of the last download: orders bound what a day can pile up
            let of_another = |transaction: &Transaction| match &transaction.stage {
                Stage::Delivered { matching_id: other, .. } => *other != matching_id,
                _ => true,
            };
            tables.transactions.retain(|_, transaction| of_another(transaction));
        }
        self.put(&request.transaction_id, REPORT_SECONDS, Stage::Delivered { euicc, matching_id });
        Ok(GetBoundProfilePackageResponse {
            transaction_id: request.transaction_id.clone(),
            bound_profile_package: Base64(package),
        })
    }

    pub fn cancel_session(&self, request: &CancelSessionRequest) -> Answered<CancelSessionResponse> {
        let invalid = |reason: String| refused(codes::EUICC_SIGNATURE_INVALID, reason);
        let Stage::Authenticated { euicc, .. } = self.take(&request.transaction_id)? else {
            return Err(unknown_transaction());
        };
        let cancel = CancelSession::decode(&request.cancel_session_response.0);
        let cancel = cancel.map_err(|error| invalid(error.to_string()))?;
        keys::verify(&euicc.chain.point, &cancel.raw, &cancel.signature).map_err(|error| invalid(error.to_string()))?;
        match cancel.transaction_id == request.transaction_id.0 && cancel.smdp_oid == self.registered_id {
            true => Ok(CancelSessionResponse {}),
            false => Err(unknown_transaction()),
        }
    }

    /// Notes what an eUICC says of an installation. Nothing is answered, whatever it was; the result is for the log.
    pub fn handle_notification(&self, request: &HandleNotificationRequest) -> Answered<OrderState> {
        let invalid = |reason: String| refused(codes::EUICC_SIGNATURE_INVALID, reason);
        let result = ProfileInstallationResult::decode(&request.pending_notification.0);
        let result = result.map_err(|error| invalid(error.to_string()))?;
        let id = TransactionId(result.data.transaction_id.clone());
        let mut tables = self.tables();
        let Some(Transaction { stage: Stage::Delivered { euicc, matching_id }, .. }) = tables.transactions.get(&id.0)
        else {
            return Err(unknown_transaction());
        };
        keys::verify(&euicc.chain.point, &result.raw, &result.signature).map_err(|error| invalid(error.to_string()))?;
        let state = match result.data.outcome {
            InstallationOutcome::Success { .. } => OrderState::Installed(euicc.eid),
            InstallationOutcome::Error { .. } => OrderState::Failed(euicc.eid),
        };
        let matching_id = matching_id.clone();
        tables.orders.set(&matching_id, state);
        tables.transactions.remove(&id.0);
        Ok(state)
    }
}
