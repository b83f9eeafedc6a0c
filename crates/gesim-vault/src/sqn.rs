//! Sequence numbers: SQN = SEQ || IND (3GPP TS 33.102, Annex C), 43 and 5 bits.

use crate::VaultError;

/// Bits of IND: a card keeps the newest SEQ of each of 32 rows.
pub const IND_BITS: u32 = 5;
/// The largest SEQ.
pub const MAX_SEQ: u64 = (1 << (48 - IND_BITS)) - 1;
/// How far a card lets SEQ jump (Annex C.2.1, the limit against wrapping round).
pub const DELTA: u64 = 1 << 28;

/// The newest sequence number that was given out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sqn {
    seq: u64,
    ind: u8,
}

impl Sqn {
    pub fn from_u64(value: u64) -> Option<Self> {
        let seq = value >> IND_BITS;
        (seq <= MAX_SEQ).then_some(Self { seq, ind: (value & ((1 << IND_BITS) - 1)) as u8 })
    }

    pub fn from_bytes(bytes: &[u8; 6]) -> Self {
        let value = bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte));
        Self { seq: value >> IND_BITS, ind: (value & ((1 << IND_BITS) - 1)) as u8 }
    }

    pub fn to_u64(self) -> u64 {
        self.seq << IND_BITS | u64::from(self.ind)
    }

    pub fn to_bytes(self) -> [u8; 6] {
        let [_, _, a, b, c, d, e, f] = self.to_u64().to_be_bytes();
        [a, b, c, d, e, f]
    }

    pub fn seq(self) -> u64 {
        self.seq
    }

    pub fn ind(self) -> u8 {
        self.ind
    }

    /// The next one: SEQ grows by one and IND goes round, so vectors that are used out of order stay fresh.
    pub fn next(self) -> Result<Self, VaultError> {
        if self.seq >= MAX_SEQ {
            return Err(VaultError::Exhausted);
        }
        Ok(Self { seq: self.seq + 1, ind: (self.ind + 1) % (1 << IND_BITS) })
    }

    /// What a card reported: SEQ moves forward to it, never back, so that no number is given out twice.
    pub fn catch_up(self, card: Self) -> Self {
        Self { seq: self.seq.max(card.seq), ind: self.ind }
    }
}
