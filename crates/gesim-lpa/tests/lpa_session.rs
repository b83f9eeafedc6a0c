//! A session's secrets: what they commit to, and that they stay unseen.

use gesim_core::{
    eid::binding_commitment,
    provenance::{euicc_commitment, SessionContext},
    Eid,
};
use gesim_lpa::SessionSecrets;

fn eid() -> Eid {
    "89049032123451234512345678901235".parse().expect("an EID")
}

#[test]
fn opening_commits_ok() {
    let (secrets, again) = (SessionSecrets::draw([7; 16]), SessionSecrets::draw([7; 16]));
    let opening = secrets.opening(eid()).expect("an opening");
    assert_eq!(opening.bind_c, binding_commitment(eid(), secrets.bind_r()).expect("a commitment"));
    assert_eq!(opening.euicc_commit, euicc_commitment(&[7; 16], secrets.euicc_r()));
    let other = again.opening(eid()).expect("an opening");
    assert_ne!(opening.bind_c, other.bind_c);
    assert_ne!(opening.euicc_commit, other.euicc_commit);
    let context = secrets.context(eid(), [1; 32], [2; 32], [3; 32]).expect("a context");
    let (bind_c, euicc_commit) = (opening.bind_c, opening.euicc_commit);
    let expected = SessionContext { session: [1; 32], challenge: [2; 32], wallet: [3; 32], bind_c, euicc_commit };
    assert_eq!(context, expected);
}

#[test]
fn secrets_survive_json_ok() {
    let secrets = SessionSecrets::draw([7; 16]);
    let text = serde_json::to_string(&secrets).expect("JSON");
    let read: SessionSecrets = serde_json::from_str(&text).expect("the same");
    assert_eq!((read.bind_r(), read.euicc_r()), (secrets.bind_r(), secrets.euicc_r()));
    assert_eq!(read.euicc_challenge(), secrets.euicc_challenge());
}

#[test]
fn malformed_json_fails() {
    let text = serde_json::to_string(&SessionSecrets::draw([7; 16])).expect("JSON");
    for wrong in [text.replace("07", "0"), text.replace("0707", "07"), text.replace('}', ",\"more\":1}")] {
        assert!(serde_json::from_str::<SessionSecrets>(&wrong).is_err(), "{wrong}");
    }
}

#[test]
fn debug_shows_no_secret_ok() {
    assert_eq!(format!("{:?}", SessionSecrets::draw([7; 16])), "SessionSecrets(..)");
}
