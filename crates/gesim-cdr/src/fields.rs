//! A cursor over the members of a SEQUENCE: what is taken in order is what the format allows.

use crate::{
    element::{Element, Members},
    error::{CdrError, ErrorKind, Result},
    tap::Stamp,
};

/// Takes the members of a SEQUENCE in their order.
pub(crate) struct Fields<'a> {
    parent: &'static str,
    at: u64,
    members: Members<'a>,
    next: Option<Element<'a>>,
    taken: Vec<(u16, &'static str)>,
}

impl<'a> Fields<'a> {
    pub fn new(element: &Element<'a>, parent: &'static str) -> Result<Self> {
        let mut members = element.members(parent)?;
        let next = members.next().transpose()?;
        Ok(Self { parent, at: element.at, members, next, taken: Vec::with_capacity(16) })
    }

    /// The next member when it is this one.
    pub fn optional(&mut self, tag: u16, what: &'static str) -> Result<Option<Element<'a>>> {
        let Some(element) = self.next.filter(|element| element.number() == Some(tag)) else { return Ok(None) };
        self.taken.push((tag, what));
        self.next = self.members.next().transpose()?;
        Ok(Some(element))
    }

    pub fn need(&mut self, tag: u16, what: &'static str) -> Result<Element<'a>> {
        if let Some(element) = self.optional(tag, what)? {
            return Ok(element);
        }
        self.repeated()?;
        let at = self.next.map_or(self.at, |next| next.at);
        Err(CdrError::new(at, ErrorKind::Missing { what, parent: self.parent }))
    }

    /// Whatever comes next, and its number.
    pub fn any(&mut self) -> Result<Option<(u16, Element<'a>)>> {
        let Some(element) = self.next else { return Ok(None) };
        let Some(number) = element.number() else { return self.unexpected(&element) };
        self.next = self.members.next().transpose()?;
        Ok(Some((number, element)))
    }

    /// Where the next member begins.
    pub fn position(&self) -> u64 {
        self.next.map_or(self.at, |next| next.at)
    }

    pub fn end(&self) -> Result<()> {
        self.repeated()?;
        self.next.map_or(Ok(()), |element| self.unexpected(&element))
    }

    /// Refuses a member that has been there before.
    fn repeated(&self) -> Result<()> {
        let Some(element) = self.next else { return Ok(()) };
        let Some(number) = element.number() else { return self.unexpected(&element) };
        let Some((_, what)) = self.taken.iter().find(|(tag, _)| *tag == number) else { return Ok(()) };
        element.fail(ErrorKind::Duplicate { what, parent: self.parent })
    }

    fn unexpected<T>(&self, element: &Element<'a>) -> Result<T> {
        unexpected(element, self.parent)
    }
}

/// TAP's names of tags are not those of other formats: the refusal gives the number alone.
pub(crate) fn unexpected<T>(element: &Element<'_>, parent: &str) -> Result<T> {
    let class = ["UNIVERSAL", "APPLICATION", "CONTEXT", "PRIVATE"];
    let class = class.get(usize::from(element.tag.class)).copied().unwrap_or("?");
    element.fail(ErrorKind::Rejected {
        what: format!("[{class} {}]", element.tag.number).into(),
        reason: format!("does not belong in {parent}, or stands in the wrong place").into(),
    })
}

/// A local time and its offset in two members of a group.
pub(crate) fn stamp_of(element: &Element<'_>, what: &'static str) -> Result<Stamp> {
    let mut fields = Fields::new(element, what)?;
    let local = fields.need(16, "localTimeStamp")?.local_time(what)?;
    let offset = fields.need(231, "utcTimeOffset")?.utc_offset(what)?;
    fields.end()?;
    Ok(Stamp::new(local, offset))
}
