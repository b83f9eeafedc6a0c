//! Refusals in the numbers of SGP.22, with a sentence that says what to do.

use crate::{
    auth::AuthError,
    chain::{ChainError, Rule, Which},
    es9::{codes, StatusCodeData},
};

pub fn refused(code: codes::Code, message: impl Into<String>) -> StatusCodeData {
    StatusCodeData::new(code, message)
}

pub fn unknown_transaction() -> StatusCodeData {
    refused(codes::TRANSACTION_UNKNOWN, "no such transaction, or it is over; begin again")
}

/// The pair of numbers that SGP.22 gives to what is wrong with an eUICC's answer.
pub fn status(error: AuthError) -> StatusCodeData {
    let code = match &error {
        AuthError::Chain(ChainError { rule: Rule::UnknownIssuer, .. }) => codes::CI_UNKNOWN,
        AuthError::Chain(ChainError { which: Which::Euicc, rule: Rule::Expired }) => codes::EUICC_CERTIFICATE_EXPIRED,
        AuthError::Chain(ChainError { which: Which::Euicc, .. }) => codes::EUICC_CERTIFICATE_INVALID,
        AuthError::Chain(ChainError { rule: Rule::Expired, .. }) => codes::EUM_CERTIFICATE_EXPIRED,
        AuthError::Chain(_) => codes::EUM_CERTIFICATE_INVALID,
        _ => codes::EUICC_SIGNATURE_INVALID,
    };
    refused(code, error.to_string())
}
