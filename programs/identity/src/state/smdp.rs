use anchor_lang::prelude::*;

use super::RESERVED;

/// What a certificate is for: SGP.22's roles of an SM-DP+, as their policy OIDs say.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmdpRole {
    /// DPtls, 2.23.146.1.2.1.3
    Tls,
    /// DPauth, 2.23.146.1.2.1.4
    Auth,
    /// DPpb, 2.23.146.1.2.1.5
    ProfileBinding,
}

/// Octets of a registered id with its length in front.
pub const RID_LEN: usize = 24;

/// A certificate of an SM-DP+. Seeds: `["smdp", SHA-256 of the TBS]`.
#[account]
#[derive(InitSpace, Debug)]
pub struct Smdp {
    pub version: u8,
    pub bump: u8,
    pub role: SmdpRole,
    pub revoked: bool,
    /// SHA-256 of the TBS: part of the address.
    pub tbs: [u8; 32],
    /// SEC1, compressed.
    pub key: [u8; 33],
    /// The SM-DP+'s registered id: a length, the OID's content octets, zeros.
    pub rid: [u8; RID_LEN],
    /// Digest of the DNS name (`gesim_core::provenance::name_hash`); zeros without one.
    pub dns_hash: [u8; 32],
    /// Unix seconds.
    pub not_before: i64,
    pub not_after: i64,
    /// Who signed it, and the CI above; the same for a certificate that a CI signed itself.
    pub issuer: Pubkey,
    pub ci: Pubkey,
    /// Who paid the rent.
    pub payer: Pubkey,
    pub reserved: [u8; RESERVED],
}

impl Smdp {
    pub const SPACE: usize = 8 + Self::INIT_SPACE;
}
