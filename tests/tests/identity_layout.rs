//! What clients rely on: sizes and places of accounts, numbers and texts of errors.

use anchor_lang::{AnchorSerialize, Discriminator, Space};
use identity::{
    error::IdentityError,
    state::{
        pause, Binding, Config, Enrolment, Issuer, IssuerState, Registrar, Session, SessionState, Smdp, SmdpRole,
        Transcript, Tree, AUTHENTICATED_SECONDS, MAX_CI_DELAY, MAX_TRANSCRIPT, RESERVED, RID_LEN, ROOTS,
    },
};

const HEAD: usize = 2;
const KEY: usize = 32;
const HASH: usize = 32;

#[test]
fn sizes_ok() {
    assert_eq!((RESERVED, RID_LEN, ROOTS), (64, 24, 64));
    assert_eq!(Config::INIT_SPACE, HEAD + 1 + 2 * KEY + HASH + 4 + 64);
    assert_eq!(Issuer::INIT_SPACE, HEAD + 1 + 33 + 20 + KEY + 3 * 8 + 64);
    assert_eq!(Smdp::INIT_SPACE, HEAD + 1 + 1 + HASH + 33 + 24 + HASH + 2 * 8 + 3 * KEY + 64);
    let session = 1 + 1 + KEY + 8 + 2 * KEY + 24 + 3 * HASH + 8 + 4 * 8 + 2 * KEY + HASH;
    assert_eq!(Session::INIT_SPACE, HEAD + session + 64);
    assert_eq!(Transcript::INIT_SPACE, HEAD + 3 * KEY + 64);
    assert_eq!((Transcript::HEADER, Transcript::space(100)), (8 + HEAD + 160, 8 + HEAD + 260));
    assert_eq!(Registrar::INIT_SPACE, HEAD + KEY + 4 + 2 * KEY + 4 + KEY + 64);
    assert_eq!(Enrolment::INIT_SPACE, HEAD + 1 + KEY + HASH + 4 + HASH + 8 + 64);
    assert_eq!(Binding::INIT_SPACE, HEAD + HASH + 5 * KEY + HASH + 2 * 8 + 4 + KEY + 64);
    assert_eq!(Tree::SPACE, 8 + KEY + 4 * 4 + 20 * HASH + 64 * HASH + HEAD + 62);
    assert_eq!((MAX_CI_DELAY, MAX_TRANSCRIPT, AUTHENTICATED_SECONDS), (30 * 86_400, 8_192, 86_400));
    assert_eq!((pause::REGISTER, pause::SESSION, pause::ENROL, pause::BIND, pause::ALL), (1, 2, 4, 8, 15));
}

/// How states and roles are written: clients that know another order would read another state.
#[test]
fn numbers_ok() {
    fn number(value: impl AnchorSerialize) -> u8 {
        let mut out = Vec::new();
        value.serialize(&mut out).unwrap();
        assert_eq!(out.len(), 1);
        out[0]
    }
    let issuers = [IssuerState::Proposed, IssuerState::Active, IssuerState::Retiring, IssuerState::Retired];
    assert_eq!(issuers.map(number), [0, 1, 2, 3]);
    assert_eq!([SmdpRole::Tls, SmdpRole::Auth, SmdpRole::ProfileBinding].map(number), [0, 1, 2]);
    assert_eq!([SessionState::Open, SessionState::Handshake, SessionState::Authenticated].map(number), [0, 1, 2]);
    let all = [
        Config::DISCRIMINATOR,
        Issuer::DISCRIMINATOR,
        Smdp::DISCRIMINATOR,
        Session::DISCRIMINATOR,
        Transcript::DISCRIMINATOR,
        Registrar::DISCRIMINATOR,
        Tree::DISCRIMINATOR,
        Enrolment::DISCRIMINATOR,
        Binding::DISCRIMINATOR,
    ];
    assert!(all.iter().all(|one| one.len() == 8 && all.iter().filter(|other| *other == one).count() == 1));
}

#[test]
fn errors_ok() {
    let all = [
        (IdentityError::Paused, "The operation is paused"),
        (IdentityError::Unauthorized, "The signer is not the authority"),
        (IdentityError::NotProposed, "No authority is proposed, or another one is"),
        (IdentityError::PauseBits, "The pause bits name an operation that does not exist"),
        (IdentityError::Duration, "A time of the request is out of range"),
        (IdentityError::IssuerState, "The issuer is not in the state that this needs"),
        (IdentityError::IssuerTooEarly, "The waiting time of the issuer's next state is not over"),
        (IdentityError::WrongIssuer, "The certificate was signed by another issuer"),
        (IdentityError::WrongCi, "The issuer belongs to another CI"),
        (IdentityError::Certificate, "The certificate is not of the profile that is supported"),
        (IdentityError::UnsupportedCurve, "The certificate's key is not on the curve P-256"),
        (IdentityError::NotYetValid, "The certificate is not valid yet"),
        (IdentityError::Expired, "The certificate has expired"),
        (IdentityError::Revoked, "The certificate is revoked"),
        (IdentityError::NoPrecompile, "The instruction in front is not one of the secp256r1 precompile"),
        (
            IdentityError::PrecompileLayout,
            "The precompile instruction does not hold exactly one signature in the canonical layout",
        ),
        (IdentityError::WrongKey, "The signature was made with another key"),
        (IdentityError::WrongMessage, "The signed message is not the one that is needed"),
        (IdentityError::SessionState, "The session is not in the state that this needs"),
        (IdentityError::SessionExpired, "The session is over"),
        (IdentityError::SessionLive, "The session still runs"),
        (IdentityError::WrongRole, "The certificate has another role"),
        (IdentityError::WrongSmdp, "The certificate is another SM-DP+'s"),
        (IdentityError::WrongClientRandom, "The handshake was not made with the session's client_random"),
        (IdentityError::WrongEuiccChallenge, "The server signed another eUICC's challenge"),
        (IdentityError::WrongServerAddress, "The server signed under another name"),
        (IdentityError::Handshake, "The TLS handshake is not of the form that is supported"),
        (IdentityError::OutsideTranscript, "The bytes do not fit in the transcript"),
        (IdentityError::NotTheWallet, "The signer is not the session's wallet"),
        (IdentityError::WrongPayer, "The account is not the one whose rent it was"),
        (IdentityError::NotAFieldElement, "The value is not a field element"),
        (IdentityError::TreeFull, "The tree is full"),
        (IdentityError::WrongTree, "The tree is not the registrar's present one"),
        (IdentityError::AlreadyEnrolled, "The EID has a live leaf already"),
        (IdentityError::WrongLeaf, "The leaf is not the enrolment's, or its path does not lead to the root"),
        (IdentityError::EnrolmentRevoked, "The enrolment is revoked"),
        (IdentityError::UnknownRoot, "The root is none of the registrar's recent ones"),
        (IdentityError::InvalidProof, "The possession proof does not verify"),
        (IdentityError::SessionUsed, "The session has been used for a binding"),
        (IdentityError::BindingLive, "The binding still lasts"),
        (IdentityError::BindingExpired, "The binding is over: unbind it and bind again"),
        (IdentityError::WrongBinding, "The binding is of another plan or registrar"),
        (IdentityError::Overflow, "The amount does not fit"),
    ];
    for (number, (error, text)) in (6_100u32..).zip(all) {
        assert_eq!((u32::from(error), error.to_string().as_str()), (number, text));
    }
}
