//! The walk over the members of a SET or SEQUENCE.

use super::{
    element::{split, Element, CONTEXT},
    shape::{Form, Shape},
};
use crate::error::{CdrError, ErrorKind, Result};

/// Goes through the members of a SET or SEQUENCE: hands out those that are used, checks the others.
pub(super) struct Walk<'a> {
    at: u64,
    rest: &'a [u8],
    base: u64,
    shape: &'static Shape,
    seen: u128,
    next: usize,
}

impl<'a> Walk<'a> {
    pub fn new(element: &Element<'a>, shape: &'static Shape) -> Self {
        Self { at: element.at, rest: element.contents, base: element.base, shape, seen: 0, next: 0 }
    }

    /// The next member that is used, with its tag's number. `later` counts members of later releases.
    pub fn member(&mut self, later: &mut u64) -> Result<Option<(u32, Element<'a>)>> {
        let parent = self.shape.name;
        while !self.rest.is_empty() {
            let (element, after) = split(self.rest, self.base, parent)?;
            self.base += (self.rest.len() - after.len()) as u64;
            self.rest = after;
            let (members, number) = (self.shape.members, element.tag.number);
            let context = element.tag.class == CONTEXT;
            let Some(index) = members.iter().position(|member| context && member.tag == number) else {
                let last = members.last().map_or(0, |member| member.tag);
                if context && self.shape.open && number > last {
                    element.check(0)?;
                    *later += 1;
                    continue;
                }
                return element.fail(ErrorKind::Unexpected { found: element.tag, parent });
            };
            let member = &members[index];
            if self.seen & (1 << index) != 0 {
                return element.fail(ErrorKind::Duplicate { what: member.name, parent });
            }
            if self.shape.ordered && index < self.next {
                return element.fail(ErrorKind::Order { what: member.name, parent });
            }
            self.seen |= 1 << index;
            self.next = index + 1;
            match (member.form, element.tag.constructed) {
                (Form::Skipped, _) => element.check(0)?,
                (Form::Primitive, false) | (Form::Constructed, true) => return Ok(Some((number, element))),
                (Form::Primitive, true) => {
                    let expected = "a primitive element";
                    return element.fail(ErrorKind::Encoding { what: member.name, expected });
                }
                (Form::Constructed, false) => {
                    let expected = "a constructed element";
                    return element.fail(ErrorKind::Encoding { what: member.name, expected });
                }
            }
        }
        let missing = self.shape.members.iter().enumerate().find(|(i, m)| m.must && self.seen & (1 << i) == 0);
        match missing {
            Some((_, member)) => Err(CdrError::new(self.at, ErrorKind::Missing { what: member.name, parent })),
            None => Ok(None),
        }
    }
}
