//! The keys that programs carry.

use std::collections::BTreeSet;

use gesim_verifier::keys::{EID_POSSESSION, OPENING_LARGE, OPENING_SMALL, USAGE_LARGE, USAGE_SMALL};

/// Points in their groups, nothing at infinity, delta is not gamma, and sigma is not one.
#[test]
fn carried_keys_ok() {
    let (usage, plain) = ([&USAGE_SMALL, &USAGE_LARGE], [&OPENING_SMALL, &OPENING_LARGE, &EID_POSSESSION]);
    for key in usage {
        assert_eq!(key.check(), Ok(()));
        assert!(!key.setup.is_empty());
    }
    for key in plain {
        assert_eq!(key.check(), Ok(()));
        assert!(!key.setup.is_empty());
    }
    let fingerprints = usage.map(|key| key.fingerprint).into_iter().chain(plain.map(|key| key.fingerprint));
    assert_eq!(fingerprints.collect::<BTreeSet<_>>().len(), 5);
    let deltas = usage.map(|key| key.delta_g2).into_iter().chain(plain.map(|key| key.delta_g2));
    assert_eq!(deltas.collect::<BTreeSet<_>>().len(), 5);
    assert_ne!(USAGE_SMALL.ic, USAGE_LARGE.ic);
    assert_ne!(OPENING_SMALL.ic, OPENING_LARGE.ic);
    assert_ne!(USAGE_SMALL.commitment_sigma_neg, USAGE_LARGE.commitment_sigma_neg);
}
