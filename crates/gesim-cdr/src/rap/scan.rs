//! The parts of a refused TAP file, as far as they can be told apart: what is sent back, and the path to an error.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Read,
};

use super::{
    model::{ErrorContext, Group},
    returns::MAX_CONTEXT,
};
use crate::{
    element::Element,
    error::ErrorKind,
    generate::encode::{identifier, length},
    tap::{
        ber::{Header, Tag},
        event_kind, schema,
        source::{End, Part, Source},
        tags::*,
    },
};

/// A larger group or call event is not sent back: what is sent back fits into a RAP file.
const PART: u64 = 8 << 20;
/// All call events that are sent back.
const EVENTS: u64 = 12 << 20;

/// One constructed element of the file.
#[derive(Debug, Clone)]
pub(super) struct Section {
    pub tag: u16,
    pub at: u64,
    /// Where its contents begin and where it ends.
    base: u64,
    end: u64,
    /// With a definite length.
    pub octets: Vec<u8>,
    header: usize,
}

impl Section {
    pub fn element(&self) -> Element<'_> {
        let tag = Tag { class: 1, constructed: true, number: u32::from(self.tag) };
        let contents = self.octets.get(self.header..).unwrap_or_default();
        Element { tag, at: self.at, octets: &self.octets, contents, base: self.base }
    }

    pub fn holds(&self, offset: u64) -> bool {
        (self.at..self.end).contains(&offset)
    }

    /// Whether it can be sent back: it must be BER down to its last octet.
    pub fn is_sound(&self) -> bool {
        self.element().check("a group", 1).is_ok()
    }

    /// The members around `offset`, appended to a path.
    pub fn path(&self, offset: u64, path: &mut Vec<ErrorContext>) {
        let mut group = self.element();
        while path.len() < MAX_CONTEXT {
            let Ok(members) = group.members("a group") else { return };
            let mut seen: BTreeMap<u16, u64> = BTreeMap::new();
            let mut found = None;
            for member in members.map_while(Result::ok) {
                let Some(number) = member.number() else { return };
                let count = seen.entry(number).or_default();
                *count = count.saturating_add(1);
                let end = member.at.saturating_add(member.octets.len() as u64);
                if found.is_none() && (member.at..end).contains(&offset) {
                    found = Some((number, *count, member));
                }
            }
            let Some((number, occurrence, member)) = found else { return };
            let several = seen.get(&number).is_some_and(|count| *count > 1);
            push(path, number, several.then_some(occurrence));
            group = member;
        }
    }
}

/// Appends one step, a level below the last.
pub(super) fn push(path: &mut Vec<ErrorContext>, item: u16, occurrence: Option<u64>) {
    let level = (path.len() as u64).saturating_add(1);
    path.push(ErrorContext { item: u64::from(item), occurrence, level });
}

/// Cuts a path behind the group with the name, where a refusal names one.
pub(super) fn cut(path: &mut Vec<ErrorContext>, kind: &ErrorKind) {
    let (ErrorKind::Missing { parent, .. } | ErrorKind::EmptyGroup { parent }) = kind else { return };
    let named = |step: &ErrorContext| u16::try_from(step.item).is_ok_and(|tag| schema::name(tag) == *parent);
    if let Some(last) = path.iter().rposition(named) {
        path.truncate(last.saturating_add(1));
    }
}

/// What of a file could be told apart.
#[derive(Debug, Default)]
pub(super) struct Scan {
    pub groups: Vec<Section>,
    /// The wanted call events by their number.
    pub events: BTreeMap<u64, Section>,
}

impl Scan {
    /// Reads as far as it goes; whatever stops it has been reported by the reader of TAP files.
    pub fn of<R: Read>(reader: R, wanted: &BTreeSet<u64>) -> Self {
        let mut scan = Self::default();
        let mut source = Source::new(reader);
        let _ = scan.fill(&mut source, wanted);
        scan
    }

    fn fill<R: Read>(&mut self, source: &mut Source<R>, wanted: &BTreeSet<u64>) -> crate::error::Result<()> {
        let Some(root) = source.first()? else { return Ok(()) };
        let end = source.end_of(&root, None)?;
        match root.tag.application().filter(|_| root.tag.constructed) {
            Some(TRANSFER_BATCH) => {}
            Some(NOTIFICATION) => {
                let section = section(source, &root, 0, End::Marker { bound: None })?;
                self.groups.extend(section);
                return Ok(());
            }
            _ => return Ok(()),
        }
        loop {
            let at = source.offset();
            let Some(element) = source.child(end, "transferBatch")? else { return Ok(()) };
            if element.tag.application() == Some(CALL_EVENT_DETAILS) && element.tag.constructed {
                let list = source.end_of(&element, end.bound())?;
                self.events(source, list, wanted)?;
            } else {
                let section = section(source, &element, at, end)?;
                self.groups.extend(section.filter(|section| Group::of(section.tag).is_some()));
            }
        }
    }

    fn events<R: Read>(
        &mut self,
        source: &mut Source<R>,
        list: End,
        wanted: &BTreeSet<u64>,
    ) -> crate::error::Result<()> {
        let (mut number, mut taken) = (0u64, 0u64);
        loop {
            let at = source.offset();
            let Some(element) = source.child(list, "callEventDetails")? else { return Ok(()) };
            number = number.saturating_add(1);
            let Some(section) = section(source, &element, at, list)? else { continue };
            if wanted.contains(&number) && event_kind(section.tag).is_some() && taken < EVENTS {
                taken = taken.saturating_add(section.octets.len() as u64);
                self.events.insert(number, section);
            }
        }
    }

    /// The group that an offset lies in.
    pub fn group_at(&self, offset: u64) -> Option<&Section> {
        self.groups.iter().find(|section| section.holds(offset))
    }

    /// A primitive member of a group.
    pub fn item(&self, groups: &[u16], tag: u16) -> Option<&[u8]> {
        let section = self.groups.iter().find(|section| groups.contains(&section.tag))?;
        let members = section.element().members("a group").ok()?;
        let found = members.map_while(Result::ok).find(|member| member.number() == Some(tag))?;
        let start = found.base.checked_sub(section.base)?;
        let start = usize::try_from(start).ok()?.checked_add(section.header)?;
        section.octets.get(start..start.checked_add(found.contents.len())?).filter(|_| !found.tag.constructed)
    }
}

/// Takes one element whole; `None` when it is primitive or not of TAP's class.
fn section<R: Read>(
    source: &mut Source<R>,
    element: &Header,
    at: u64,
    outer: End,
) -> crate::error::Result<Option<Section>> {
    let base = source.offset();
    let mut contents = Vec::new();
    source.contents(element, outer, Part { name: "a group", limit: PART }, &mut contents)?;
    let Some(tag) = element.tag.application().filter(|_| element.tag.constructed) else { return Ok(None) };
    let mut octets = Vec::with_capacity(contents.len().saturating_add(8));
    identifier(&mut octets, tag, true);
    length(&mut octets, contents.len() as u64);
    let header = octets.len();
    octets.extend_from_slice(&contents);
    Ok(Some(Section { tag, at, base, end: source.offset(), octets, header }))
}
