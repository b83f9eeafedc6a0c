//! Walks the contents of one element against the schema and tells a visitor what it meets.

use super::{
    ber::{self, Header, Length},
    schema::{Kind, Member, Node, Schema},
    source::MAX_DEPTH,
    text,
};
use crate::error::{CdrError, ErrorKind, Result};

#[derive(Debug, Clone, Copy)]
pub(crate) enum Value<'a> {
    Int(u64),
    Text(&'a [u8]),
}

/// Told about elements in the order of the file; `at` is the byte offset of the element's tag.
pub(crate) trait Visitor {
    fn enter(&mut self, tag: u16, at: u64) -> Result<()>;
    fn leave(&mut self, tag: u16, at: u64) -> Result<()>;
    fn value(&mut self, tag: u16, at: u64, value: Value<'_>) -> Result<()>;
}

/// Where an element is: its tag, the byte offset of the tag, and of its contents.
#[derive(Debug, Clone, Copy)]
pub(crate) struct At {
    pub tag: u16,
    pub at: u64,
    pub base: u64,
}

/// Walks `bytes`, the contents of one element.
pub(crate) fn walk(schema: &Schema, element: At, bytes: &[u8], visitor: &mut impl Visitor) -> Result<()> {
    let At { tag, at, base } = element;
    let walker = Walker { schema, bytes, base };
    let Some(node) = schema.wire(tag) else { return Ok(()) };
    visitor.enter(tag, at)?;
    walker.group(node, at, Span { start: 0, end: Some(bytes.len()), bound: bytes.len() }, 1, visitor)?;
    visitor.leave(tag, at)
}

#[derive(Clone, Copy)]
struct Span {
    start: usize,
    /// None: the end is marked by two zero octets.
    end: Option<usize>,
    bound: usize,
}

struct Walker<'a> {
    schema: &'a Schema,
    bytes: &'a [u8],
    base: u64,
}

impl Walker<'_> {
    fn at(&self, pos: usize) -> u64 {
        self.base + pos as u64
    }

    fn fail<T>(&self, pos: usize, kind: ErrorKind) -> Result<T> {
        Err(CdrError::new(self.at(pos), kind))
    }

    /// The header at `pos` of a group; None at the group's end.
    fn header(&self, pos: usize, span: Span, parent: &'static str) -> Result<Option<Header>> {
        if span.end == Some(pos) {
            return Ok(None);
        }
        let header = match ber::header(&self.bytes[pos..span.bound]) {
            Ok(Some(header)) => header,
            Ok(None) => {
                let left = (span.bound - pos) as u64;
                return self.fail(pos, ErrorKind::Overrun { what: parent, length: left + 1, left });
            }
            Err(kind) => return self.fail(pos, kind),
        };
        if header.is_end_of_contents() {
            return match span.end {
                None => Ok(None),
                Some(_) => self.fail(pos, ErrorKind::BadTag("end-of-contents inside a definite length")),
            };
        }
        Ok(Some(header))
    }

    /// The node of a header and the span of its contents.
    fn open(&self, pos: usize, header: &Header, span: Span, parent: &'static str) -> Result<(&'static Node, Span)> {
        let Some(node) = header.tag.application().and_then(|tag| self.schema.wire(tag)) else {
            return self.fail(pos, ErrorKind::Unexpected { found: header.tag, parent });
        };
        let constructed = !matches!(node.kind, Kind::Int | Kind::Text { .. });
        if header.tag.constructed != constructed {
            let expected = if constructed { "a constructed element" } else { "a primitive element" };
            return self.fail(pos, ErrorKind::Encoding { what: node.name, expected });
        }
        let start = pos + header.size;
        let (end, bound) = match header.length {
            Length::Indefinite => (None, span.bound),
            Length::Definite(length) => {
                let left = (span.bound - start) as u64;
                if length > left {
                    return self.fail(pos, ErrorKind::Overrun { what: node.name, length, left });
                }
                let end = start + length as usize;
                (Some(end), end)
            }
        };
        Ok((node, Span { start, end, bound }))
    }

    /// Walks the members of a constructed element; where it ends.
    fn group(
        &self,
        node: &'static Node,
        at: u64,
        span: Span,
        depth: usize,
        visitor: &mut impl Visitor,
    ) -> Result<usize> {
        if depth > MAX_DEPTH {
            return self.fail(span.start, ErrorKind::TooDeep(MAX_DEPTH));
        }
        let parent = node.name;
        let (mut pos, mut count, mut next) = (span.start, 0usize, 0usize);
        while let Some(header) = self.header(pos, span, parent)? {
            let (child, inner) = self.open(pos, &header, span, parent)?;
            match node.kind {
                Kind::Seq(members) => next = self.place(members, next, child, pos, parent)?,
                Kind::List(of) if self.schema.fits(of, child.tag) => {}
                Kind::Choice(of) if of.contains(&child.tag) && count == 0 => {}
                Kind::Choice(of) if of.contains(&child.tag) => {
                    return self.fail(pos, ErrorKind::Duplicate { what: child.name, parent });
                }
                _ => return self.fail(pos, ErrorKind::Unexpected { found: header.tag, parent }),
            }
            count += 1;
            pos = self.element(child, self.at(pos), inner, depth, visitor)?;
        }
        match node.kind {
            Kind::Seq(members) => self.lacks(&members[next..], parent, at)?,
            _ if count == 0 => return Err(CdrError::new(at, ErrorKind::EmptyGroup { parent })),
            _ => {}
        }
        Ok(if span.end.is_some() { pos } else { pos + 2 })
    }

    /// The position after `child` among `members`, looked for from `next` on: their order is fixed.
    fn place(
        &self,
        members: &[Member],
        next: usize,
        child: &'static Node,
        pos: usize,
        parent: &'static str,
    ) -> Result<usize> {
        let what = child.name;
        let fits = |member: &Member| self.schema.fits(member.tag, child.tag);
        let ahead = members[next..].iter().position(fits).map(|index| index + next);
        let Some(index) = ahead.or_else(|| members.iter().position(fits)) else {
            let tag = ber::Tag { class: 1, constructed: false, number: u32::from(child.tag) };
            return self.fail(pos, ErrorKind::Unexpected { found: tag, parent });
        };
        if index + 1 == next {
            return self.fail(pos, ErrorKind::Duplicate { what, parent });
        }
        if index < next {
            return self.fail(pos, ErrorKind::Order { what, parent });
        }
        self.lacks(&members[next..index], parent, self.at(pos))?;
        Ok(index + 1)
    }

    fn element(
        &self,
        node: &'static Node,
        at: u64,
        span: Span,
        depth: usize,
        visitor: &mut impl Visitor,
    ) -> Result<usize> {
        let contents = &self.bytes[span.start..span.bound];
        let located = |kind| CdrError::new(at, kind);
        match node.kind {
            Kind::Int => {
                let value = ber::unsigned(contents, node.name).map_err(located)?;
                visitor.value(node.tag, at, Value::Int(value))?;
                Ok(span.bound)
            }
            Kind::Text { charset, min, max } => {
                text::check(contents, charset, min, max, node.name).map_err(located)?;
                visitor.value(node.tag, at, Value::Text(contents))?;
                Ok(span.bound)
            }
            _ => {
                visitor.enter(node.tag, at)?;
                let end = self.group(node, at, span, depth + 1, visitor)?;
                visitor.leave(node.tag, at)?;
                Ok(end)
            }
        }
    }

    /// Refuses a group that leaves out a mandatory member.
    fn lacks(&self, skipped: &[Member], parent: &'static str, at: u64) -> Result<()> {
        match skipped.iter().find(|member| member.mandatory) {
            Some(member) => Err(CdrError::new(at, ErrorKind::Missing { what: self.schema.name(member.tag), parent })),
            None => Ok(()),
        }
    }
}
