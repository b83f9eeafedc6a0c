//! The keys that programs carry.

use std::collections::BTreeSet;

use gesim_verifier::keys::{OPENING_LARGE, OPENING_SMALL, USAGE_LARGE, USAGE_SMALL};

/// Points in their groups, nothing at infinity, and delta is not gamma.
#[test]
fn carried_keys_ok() {
    for key in [&USAGE_SMALL, &USAGE_LARGE] {
        assert_eq!(key.check(), Ok(()));
        assert!(!key.setup.is_empty());
    }
    for key in [&OPENING_SMALL, &OPENING_LARGE] {
        assert_eq!(key.check(), Ok(()));
        assert!(!key.setup.is_empty());
    }
    let [a, b] = [&USAGE_SMALL, &USAGE_LARGE].map(|key| (key.fingerprint, key.ic.to_vec(), key.delta_g2));
    let [c, d] = [&OPENING_SMALL, &OPENING_LARGE].map(|key| (key.fingerprint, key.ic.to_vec(), key.delta_g2));
    let keys = [a, b, c, d];
    assert_eq!(keys.iter().map(|key| key.0).collect::<BTreeSet<_>>().len(), keys.len());
    assert_eq!(keys.iter().map(|key| &key.1).collect::<BTreeSet<_>>().len(), keys.len());
    assert_eq!(keys.iter().map(|key| key.2).collect::<BTreeSet<_>>().len(), keys.len());
}
