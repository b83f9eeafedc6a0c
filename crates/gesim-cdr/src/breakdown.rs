//! The lines of a charge: what a TAP call event says of its amounts, kept so that the event can be written again.

use serde::Serialize;

/// The amounts of a record, line by line. Lines with the same `group` stand in one charge information.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Breakdown {
    pub charges: Vec<ChargeLine>,
    pub taxes: Vec<TaxLine>,
    pub discounts: Vec<DiscountLine>,
    /// Of a data session's octets, those towards the subscriber.
    pub incoming: u64,
    /// Access point of a data session (network identifier).
    pub access_point: Option<String>,
}

/// One charge detail, or one CAMEL invocation fee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChargeLine {
    pub group: u16,
    /// TAP's charged item: `D` duration, `E` event, `X` volume and the like.
    pub item: char,
    pub kind: ChargeKind,
    /// In TAP units.
    pub amount: u64,
    /// Units that could be and that were charged, in the charged item's unit.
    pub chargeable: Option<u64>,
    pub charged: Option<u64>,
    pub exchange: Option<ExchangeRate>,
    /// The line gives money back.
    pub refund: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum ChargeKind {
    /// TAP charge type `00`: the sum of its group, and what counts.
    Total,
    /// Another charge type: a part of the sum. `digits` of them, with leading zeros.
    Part { number: u16, digits: u8 },
    /// Counts besides the totals.
    CamelFee,
}

/// Units of local currency per unit of TAP currency: `rate / 10^decimals`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ExchangeRate {
    pub rate: u64,
    pub decimals: u64,
}

/// One tax on a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct TaxLine {
    pub group: u16,
    pub tax: Tax,
    pub value: u64,
    pub refund: bool,
}

/// An entry of TAP's tax table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Tax {
    /// Two characters: `13` is value added tax.
    pub kind: [u8; 2],
    /// In 10^-5 of a percent, at most 9,999,999.
    pub rate: Option<u32>,
}

/// One discount on a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct DiscountLine {
    pub group: u16,
    pub discount: Discount,
    /// The amount, where the event states it; a fixed discount has its amount in the table.
    pub value: Option<u64>,
    pub refund: bool,
}

/// An entry of TAP's discount table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Discount {
    /// In TAP units.
    Fixed(u64),
    /// In hundredths of a percent.
    Rate(u64),
}
