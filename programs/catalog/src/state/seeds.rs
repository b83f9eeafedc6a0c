//! Seeds of every address the program derives.

/// `["config"]`: the program's one configuration.
pub const CONFIG: &[u8] = b"config";
/// `["authority"]`: signs the program's orders to escrow; holds nothing.
pub const AUTHORITY: &[u8] = b"authority";
/// `["catalog", authority at creation, id (u32, little-endian)]`
pub const CATALOG: &[u8] = b"catalog";
/// `["plan", catalog, plan_id (u32, little-endian)]`
pub const PLAN: &[u8] = b"plan";
/// `["mint", plan]`: the plan's token.
pub const MINT: &[u8] = b"mint";
/// `["entitlement", plan, holder, nonce (u64, little-endian)]`
pub const ENTITLEMENT: &[u8] = b"entitlement";
