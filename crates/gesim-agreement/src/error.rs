//! What is wrong with a document, and where.

use thiserror::Error;

/// A refusal with its place: lines and columns count from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}, column {column}: {reason}")]
pub struct DocumentError {
    pub line: usize,
    pub column: usize,
    pub reason: Reason,
}

impl DocumentError {
    /// At a byte of a text.
    pub(crate) fn at(text: &str, byte: usize, reason: Reason) -> Self {
        let before = text.get(..byte).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at.saturating_add(1));
        let line = before.matches('\n').count().saturating_add(1);
        let column = before.get(line_start..).unwrap_or("").chars().count().saturating_add(1);
        Self { line, column, reason }
    }

    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        self.reason.hint()
    }
}

/// Why a document is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Reason {
    #[error("the document is larger than {0} octets")]
    TooLarge(usize),
    #[error("the document is not UTF-8")]
    Utf8,
    #[error("the character U+{0:04X} is invisible or turns text around")]
    Invisible(u32),
    #[error("there is no block of terms")]
    NoBlock,
    #[error("there is a second block of terms")]
    SecondBlock,
    #[error("the block of terms is not marked as one: `{0}`")]
    Marked(String),
    #[error("the block of terms must stand by itself, neither indented nor in a list or a quotation, and be closed")]
    Nested,
    #[error("{0}")]
    Toml(String),
    #[error("`{text}` is not {what}")]
    Value { what: &'static str, text: String },
    #[error("`{text}` does not fit {decimals} decimals")]
    Decimals { text: String, decimals: u8 },
    #[error("`{0}` does not fit 64 bits in the smallest unit")]
    TooBig(String),
    #[error("`{unit}` is no unit of {lane}")]
    Unit { unit: String, lane: &'static str },
    #[error("a lane has either a price or tiers")]
    PriceOrTiers,
    #[error("tiers begin at 0, ascend, and are {0} at most")]
    Tiers(usize),
    #[error("charges are billed as they are: they have no increment")]
    ChargeIncrement,
    #[error("{0} is more than the settlement program takes")]
    Limit(&'static str),
    #[error("unbalanced prices need the agreement of the other direction")]
    NoReverse,
    #[error("the settlement program would refuse these terms: {0}")]
    Program(String),
}

impl Reason {
    pub fn hint(&self) -> &'static str {
        match self {
            Self::TooLarge(_) => "keep annexes in files of their own and name their hashes",
            Self::Utf8 => "save the document as UTF-8",
            Self::Invisible(_) => "delete it: both sides must see what they sign",
            Self::NoBlock | Self::Marked(_) | Self::Nested => {
                "write it between a line ```toml gesim-terms and a line ```; `gesim agreement new` makes an example"
            }
            Self::SecondBlock => "keep one: only one can be executed",
            Self::Toml(_) => "see docs/examples/agreement.md for every field",
            Self::Value { .. } => "see docs/examples/agreement.md for how it is written",
            Self::Decimals { .. } => "raise `decimals` of the money, or name the price of more units by `per`",
            Self::TooBig(_) => "lower `decimals` of the money, or the amount",
            Self::Unit { .. } => {
                "data has B, KB (1,000), KiB (1,024), MB, MiB, GB, GiB, TB, TiB; voice has second, minute, hour; \
                 other lanes have message or event; where charges are billed, the unit is the currency"
            }
            Self::PriceOrTiers => "keep `price` for one price from the first unit on, or `tiers` for several",
            Self::Tiers(_) => "order them by `from`, the first without `from`",
            Self::ChargeIncrement => "delete `increment`, or bill by `measure = \"units\"`",
            Self::Limit(_) => "choose a smaller value",
            Self::NoReverse => "name its address as `reverse` of the parties",
            Self::Program(_) => "compare with docs/examples/agreement.md",
        }
    }
}
