//! The shape of TAP: one node for every APPLICATION tag. A tag names the same thing wherever it occurs.

use super::table::NODES;

#[derive(Debug)]
pub(crate) struct Node {
    pub tag: u16,
    pub name: &'static str,
    pub kind: Kind,
}

#[derive(Debug)]
pub(crate) enum Kind {
    /// Members in this order.
    Seq(&'static [Member]),
    /// One or more of one kind.
    List(u16),
    /// Exactly one of these: TAP tags its choices explicitly.
    Choice(&'static [u16]),
    Int,
    Text {
        charset: Charset,
        min: u16,
        max: u16,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Charset {
    /// Visible ISO 646 and blanks.
    Ascii,
    Digits,
    Hex,
    /// Two digits an octet, one `f` at the end when their number is odd.
    Bcd,
    /// ISO 4217.
    Currency,
    Octets,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Member {
    pub tag: u16,
    pub mandatory: bool,
}

pub(super) const fn m(tag: u16) -> Member {
    Member { tag, mandatory: true }
}

pub(super) const fn o(tag: u16) -> Member {
    Member { tag, mandatory: false }
}

pub(super) const fn seq(tag: u16, name: &'static str, members: &'static [Member]) -> Node {
    Node { tag, name, kind: Kind::Seq(members) }
}

pub(super) const fn list(tag: u16, name: &'static str, of: u16) -> Node {
    Node { tag, name, kind: Kind::List(of) }
}

pub(super) const fn choice(tag: u16, name: &'static str, of: &'static [u16]) -> Node {
    Node { tag, name, kind: Kind::Choice(of) }
}

pub(super) const fn int(tag: u16, name: &'static str) -> Node {
    Node { tag, name, kind: Kind::Int }
}

const fn text(tag: u16, name: &'static str, charset: Charset, min: u16, max: u16) -> Node {
    Node { tag, name, kind: Kind::Text { charset, min, max } }
}

pub(super) const fn ascii(tag: u16, name: &'static str, min: u16, max: u16) -> Node {
    text(tag, name, Charset::Ascii, min, max)
}

pub(super) const fn digits(tag: u16, name: &'static str, min: u16, max: u16) -> Node {
    text(tag, name, Charset::Digits, min, max)
}

pub(super) const fn hex(tag: u16, name: &'static str, min: u16, max: u16) -> Node {
    text(tag, name, Charset::Hex, min, max)
}

pub(super) const fn bcd(tag: u16, name: &'static str, min: u16, max: u16) -> Node {
    text(tag, name, Charset::Bcd, min, max)
}

pub(super) const fn currency(tag: u16, name: &'static str) -> Node {
    text(tag, name, Charset::Currency, 3, 3)
}

pub(super) const fn octets(tag: u16, name: &'static str, min: u16, max: u16) -> Node {
    text(tag, name, Charset::Octets, min, max)
}

const TAGS: usize = 512;
const NONE: u16 = u16::MAX;

/// Position in `NODES` of every tag, so that a look-up is one step.
static INDEX: [u16; TAGS] = {
    let mut index = [NONE; TAGS];
    let mut i = 0;
    while i < NODES.len() {
        index[NODES[i].tag as usize] = i as u16;
        i += 1;
    }
    index
};

pub(crate) fn node(tag: u16) -> Option<&'static Node> {
    NODES.get(usize::from(*INDEX.get(usize::from(tag))?))
}

/// The name of a tag that the table is known to hold.
pub(crate) fn name(tag: u16) -> &'static str {
    node(tag).map_or("an unknown element", |node| node.name)
}
