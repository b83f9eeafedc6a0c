//! Installation of a bound profile package, step by step as SGP.22 numbers them.

use gesim_core::Eid;

use super::{
    soft::{InstalledProfile, Session, SoftEuicc},
    Euicc,
};
use crate::{
    asn1::{
        BoundProfilePackage, BppCommand, ConfigureIsdp, ErrorReason, InitialiseSecureChannel, InstallationOutcome,
        InstallationResultData, NotificationMetadata, ReplaceSessionKeys, StoreMetadataRequest,
    },
    bsp::{Bsp, SessionKeys},
    keys, profile,
};

/// ISD-P's application identifier; the number of the profile fills the last octets.
const AID: [u8; 12] = [0xA0, 0x00, 0x00, 0x05, 0x59, 0x10, 0x10, 0xFF, 0xFF, 0xFF, 0xFF, 0x89];
/// EUICCResponse: every element was installed.
const ALL_INSTALLED: [u8; 9] = [0x30, 0x07, 0xA0, 0x05, 0x30, 0x03, 0x80, 0x01, 0x00];
/// BIT STRING of a notification that a profile was installed.
const INSTALLED: [u8; 2] = [0x07, 0x80];

type Failure = (BppCommand, ErrorReason);

pub fn install(euicc: &mut SoftEuicc, package: &[u8]) -> InstallationResultData {
    let session = euicc.session.take();
    let mut iccid = None;
    let outcome = match try_install(euicc, session.as_ref(), package, &mut iccid) {
        Ok(installed) => {
            let aid = installed.aid.clone();
            euicc.profiles.push(installed);
            InstallationOutcome::Success { aid, response: ALL_INSTALLED.to_vec() }
        }
        Err((command, reason)) => InstallationOutcome::Error { command: command as u8, reason: reason as u8 },
    };
    euicc.sequence += 1;
    let (transaction_id, address, smdp_oid) = match session {
        Some(session) => (session.transaction_id, session.server_address, Some(session.server.registered_id)),
        None => (vec![0], String::new(), None),
    };
    let notification = NotificationMetadata { sequence: euicc.sequence, operation: INSTALLED.to_vec(), address, iccid };
    InstallationResultData { transaction_id, notification, smdp_oid, outcome }
}

fn try_install(
    euicc: &SoftEuicc,
    session: Option<&Session>,
    raw: &[u8],
    iccid: &mut Option<Vec<u8>>,
) -> Result<InstalledProfile, Failure> {
    use {BppCommand as Command, ErrorReason as Reason};
    let first = |reason| (Command::InitialiseSecureChannel, reason);
    let session = session.ok_or(first(Reason::InvalidTransactionId))?;
    let package = BoundProfilePackage::decode(raw).map_err(|_| first(Reason::StructureError))?;
    let mut bsp = secure_channel(session, &package.channel, euicc.eid()).map_err(first)?;

    let configure = bsp.open(&package.configure).map_err(|_| (Command::ConfigureIsdp, Reason::SecurityError))?;
    ConfigureIsdp::check(&configure).map_err(|_| (Command::ConfigureIsdp, Reason::StructureError))?;

    let at = |reason| (Command::StoreMetadata, reason);
    let metadata = bsp.check(&package.metadata).map_err(|_| at(Reason::SecurityError))?;
    let parsed = StoreMetadataRequest::decode(&metadata).map_err(|_| at(Reason::IncorrectInput))?;
    *iccid = Some(parsed.iccid.to_vec());
    if euicc.profiles.iter().any(|profile| profile.iccid == parsed.iccid[..]) {
        return Err(at(Reason::IccidExists));
    }

    if let Some(segments) = &package.replace_keys {
        let at = |reason| (Command::ReplaceSessionKeys, reason);
        let keys = bsp.open(segments).map_err(|_| at(Reason::SecurityError))?;
        let keys = ReplaceSessionKeys::decode(&keys).map_err(|_| at(Reason::StructureError))?;
        bsp = Bsp::new(SessionKeys { chaining: keys.chaining_value, enc: keys.enc, mac: keys.mac });
    }

    let at = |reason| (Command::LoadProfileElements, reason);
    let elements = bsp.open(&package.profile).map_err(|_| at(Reason::SecurityError))?;
    let frame = profile::elements(&elements).map_err(|_| at(Reason::ProfileElement))?;
    if frame.iccid.as_deref() != Some(&parsed.iccid[..]) {
        return Err(at(Reason::IccidMismatch));
    }
    let number = u32::try_from(euicc.profiles.len()).map_err(|_| at(Reason::OutOfMemory))?;
    Ok(InstalledProfile {
        aid: [&AID[..], &number.to_be_bytes()].concat(),
        iccid: parsed.iccid.to_vec(),
        metadata,
        elements: elements.to_vec(),
        smdp_oid: session.server.registered_id.clone(),
    })
}

/// The server's half of the key agreement, signed for this eUICC's one-time key.
fn secure_channel(session: &Session, channel: &InitialiseSecureChannel, eid: Eid) -> Result<Bsp, ErrorReason> {
    let prepared = session.prepared.as_ref().ok_or(ErrorReason::InvalidTransactionId)?;
    if channel.remote_operation != 1 {
        return Err(ErrorReason::UnsupportedOperation);
    }
    if channel.transaction_id != session.transaction_id {
        return Err(ErrorReason::InvalidTransactionId);
    }
    let message = InitialiseSecureChannel::to_sign(&channel.raw, &prepared.one_time.public65());
    keys::verify(&prepared.binding.point, &message, &channel.signature).map_err(|_| ErrorReason::InvalidSignature)?;
    let (kind, length) = (*channel.control.key_type, *channel.control.key_length);
    if kind != [0x88] || length != [0x10] || !matches!(channel.control.host_id.len(), 1..=16) {
        return Err(ErrorReason::UnsupportedCrt);
    }
    let shared = prepared.one_time.agree(&channel.smdp_otpk).map_err(|_| ErrorReason::IncorrectInput)?;
    Ok(Bsp::new(SessionKeys::derive(&shared, &channel.control.host_id, eid)))
}
