//! Where TAP 3.11 differs from 3.12 (TD.57 of 2008).

use super::schema::{bcd, m, o, seq, Node};

pub(super) static CHANGES_11: [Node; 2] = [
    // 3.12 has one octet more
    bcd(152, "msisdn", 1, 8),
    seq(216, "taxation", &[m(212), m(217), o(215), o(71)]),
];

/// Messaging events, mobile sessions and what only they hold; the tax indicator.
pub(super) static GONE_11: [u16; 21] =
    [432, 433, 434, 435, 436, 437, 438, 439, 440, 441, 442, 443, 444, 445, 446, 447, 448, 449, 450, 451, 452];
