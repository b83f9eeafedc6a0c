//! Seeds of every address the program derives.

/// `["config"]`: the program's one configuration.
pub const CONFIG: &[u8] = b"config";
/// `["pool", plan, agreement]`
pub const POOL: &[u8] = b"pool";
/// `["vault", pool]`: the pool's token account.
pub const VAULT: &[u8] = b"vault";
/// `["position", pool, buyer, nonce (u64, little-endian)]`
pub const POSITION: &[u8] = b"position";
/// `["authority"]` of a calling program: the only signers that escrow takes orders from.
pub const AUTHORITY: &[u8] = b"authority";
