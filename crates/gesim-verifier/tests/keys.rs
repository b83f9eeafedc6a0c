//! The keys that programs carry.

use std::collections::BTreeSet;

use gesim_verifier::keys::{OPENING_LARGE, OPENING_SMALL, USAGE_LARGE, USAGE_SMALL};

/// Points in their groups, nothing at infinity, and delta is not gamma.
#[test]
fn carried_keys_ok() {
    let keys = [&USAGE_SMALL, &USAGE_LARGE, &OPENING_SMALL, &OPENING_LARGE];
    for key in keys {
        assert_eq!(key.check(), Ok(()));
        assert!(!key.setup.is_empty());
    }
    assert_eq!(keys.iter().map(|key| key.fingerprint).collect::<BTreeSet<_>>().len(), keys.len());
    assert_eq!(keys.iter().map(|key| key.ic).collect::<BTreeSet<_>>().len(), keys.len());
    assert_eq!(keys.iter().map(|key| key.delta_g2).collect::<BTreeSet<_>>().len(), keys.len());
}
