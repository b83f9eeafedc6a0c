//! User-custodial keys: Milenage with a key that never leaves its vault, attestation, DID documents.
