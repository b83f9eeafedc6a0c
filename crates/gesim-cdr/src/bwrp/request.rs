//! Rating requests: discounts and usage in one document.

use std::io::Read;

use super::{
    contract::{discounts, Discount},
    document,
    fields::{self, Parsed},
    json::Node,
    usage::{Style, Usage},
};
use crate::error::Result;

/// A document that asks for usage to be rated.
#[derive(Debug, Clone)]
pub struct Request {
    pub discounts: Vec<Discount>,
    pub usage: Usage,
    /// The answer has the shape that goes with it.
    pub style: Style,
}

impl Request {
    pub fn read(inner: impl Read) -> Result<Self> {
        fields::read(inner, |root| {
            document::must_be(root, document::REQUEST)?;
            Self::parse(root)
        })
    }

    pub(super) fn parse(root: &Node<'_>) -> Parsed<Self> {
        let members = root.object(&["discounts", "usage"])?;
        let discounts = discounts(members.need("discounts")?)?;
        let (usage, style) = Usage::of_request(members.need("usage")?)?;
        Ok(Self { discounts, usage, style })
    }
}
