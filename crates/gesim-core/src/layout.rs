//! Shapes of records, rows, chunks and batches (ADR 0001).

use crate::CoreError;

/// Bits of one record's value.
pub const VALUE_BITS: u32 = 36;
/// Largest value a record can carry, exclusive.
pub const VALUE_LIMIT: u64 = 1 << VALUE_BITS;
/// Bits of a limb; usage proofs look limbs up in the table of all 2^12 (ADR 0005).
pub const LIMB_BITS: u32 = 12;
/// Limbs of one value, least significant first.
pub const LIMBS_PER_VALUE: usize = 3;
/// Entries of the lookup's table.
pub const TABLE_SIZE: usize = 1 << LIMB_BITS;
/// Values packed into one field element: 7 x 36 = 252 bits, below the field's 254.
pub const VALUES_PER_ELEMENT: usize = 7;
/// Packed elements in a row; the sixteenth input of the row hash is the metadata root.
pub const ELEMENTS_PER_ROW: usize = 15;
/// Records in a row.
pub const RECORDS_PER_ROW: usize = VALUES_PER_ELEMENT * ELEMENTS_PER_ROW;
/// Row hashes absorbed by one call of the chunk's sponge.
pub const ROWS_PER_ABSORB: usize = 15;
/// Service classes whose totals a batch proves.
pub const LANES: usize = 8;
/// Depth of the batch's tree.
pub const TREE_DEPTH: usize = 10;
/// Chunks in a batch at most.
pub const MAX_CHUNKS: u32 = 1 << TREE_DEPTH;

/// The size a batch is proven with; part of the batch context.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum CircuitSize {
    /// Two rows: small files, demonstrations and tests.
    Small = 0,
    /// Fills the 2^19 domain: the size for work.
    Large = 1,
}

impl CircuitSize {
    pub const ALL: [Self; 2] = [Self::Small, Self::Large];

    /// Rows in a chunk.
    pub const fn rows(self) -> usize {
        match self {
            Self::Small => 2,
            Self::Large => 531,
        }
    }

    /// Records in a full chunk.
    pub const fn records(self) -> usize {
        self.rows() * RECORDS_PER_ROW
    }

    /// The name of its usage circuit's artifacts.
    pub const fn usage_name(self) -> &'static str {
        match self {
            Self::Small => "usage_small",
            Self::Large => "usage_large",
        }
    }

    /// The name of its record-opening circuit's artifacts.
    pub const fn opening_name(self) -> &'static str {
        match self {
            Self::Small => "opening_small",
            Self::Large => "opening_large",
        }
    }
}

impl TryFrom<u8> for CircuitSize {
    type Error = CoreError;

    fn try_from(value: u8) -> Result<Self, CoreError> {
        match value {
            0 => Ok(Self::Small),
            1 => Ok(Self::Large),
            other => Err(CoreError::Circuit(other)),
        }
    }
}
