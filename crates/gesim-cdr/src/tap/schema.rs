//! The shape of a format: one node for every APPLICATION tag. In one release a tag names the same thing wherever it
//! occurs; from release to release it may change.

use super::{
    table::NODES,
    table10::{CHANGES_10, GONE_10},
    table11::{CHANGES_11, GONE_11},
};

#[derive(Debug, Clone, Copy)]
pub(crate) struct Node {
    pub tag: u16,
    pub name: &'static str,
    pub kind: Kind,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// Members in this order.
    Seq(&'static [Member]),
    /// One or more of one kind.
    List(u16),
    /// Exactly one of these, inside a tag of the choice's own: how TAP has it since 3.11.
    Choice(&'static [u16]),
    /// One of these without a tag around it. Its own number, [`WIRE`] or more, does not occur in files.
    Untagged(&'static [u16]),
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

pub(super) const fn untagged(id: u16, name: &'static str, of: &'static [u16]) -> Node {
    Node { tag: id, name, kind: Kind::Untagged(of) }
}

/// Tags of files are below this; the numbers from here on name untagged choices.
pub(crate) const WIRE: u16 = 1000;
const NUMBERS: usize = 1024;

/// The nodes of one release by their number, so that a look-up is one step.
#[derive(Debug)]
pub(crate) struct Schema {
    nodes: [Option<&'static Node>; NUMBERS],
}

impl Schema {
    /// Later tables replace nodes of earlier ones; `gone` are tags that the release does not have.
    pub(crate) const fn new(tables: &[&'static [Node]], gone: &[u16]) -> Self {
        let mut nodes = [None; NUMBERS];
        let mut table = 0;
        while table < tables.len() {
            let mut i = 0;
            while i < tables[table].len() {
                nodes[tables[table][i].tag as usize] = Some(&tables[table][i]);
                i += 1;
            }
            table += 1;
        }
        let mut i = 0;
        while i < gone.len() {
            nodes[gone[i] as usize] = None;
            i += 1;
        }
        Self { nodes }
    }

    /// What a tag of a file names.
    pub(crate) fn wire(&self, tag: u16) -> Option<&'static Node> {
        if tag < WIRE {
            self.node(tag)
        } else {
            None
        }
    }

    pub(crate) fn node(&self, number: u16) -> Option<&'static Node> {
        self.nodes.get(usize::from(number)).copied().flatten()
    }

    /// Whether `child` may stand where `member` is expected.
    pub(crate) fn fits(&self, member: u16, child: u16) -> bool {
        if member < WIRE {
            return member == child;
        }
        matches!(self.node(member), Some(Node { kind: Kind::Untagged(of), .. }) if of.contains(&child))
    }

    /// The name of a number that the release has.
    pub(crate) fn name(&self, number: u16) -> &'static str {
        self.node(number).map_or_else(|| name(number), |node| node.name)
    }
}

static TAP_312: Schema = Schema::new(&[&NODES], &[]);
static TAP_311: Schema = Schema::new(&[&NODES, &CHANGES_11], &GONE_11);
static TAP_310: Schema = Schema::new(&[&NODES, &CHANGES_10], &GONE_10);

/// The definitions of a TAP 3 release: 12 for any that is not 10 or 11.
pub(crate) fn of_release(release: u64) -> &'static Schema {
    match release {
        10 => &TAP_310,
        11 => &TAP_311,
        _ => &TAP_312,
    }
}

/// What a tag names in TAP 3.12, or, when only it has the tag, in 3.10.
pub(crate) fn node(tag: u16) -> Option<&'static Node> {
    TAP_312.wire(tag).or_else(|| TAP_310.wire(tag))
}

/// The name of a tag that a release is known to hold.
pub(crate) fn name(tag: u16) -> &'static str {
    node(tag).map_or("an unknown element", |node| node.name)
}
