//! Groups kept whole: the parts of a file that are read once, its header and its audit.

use super::{
    schema, stamp,
    stamp::Stamp,
    tags::{LOCAL_TIMESTAMP, UTC_TIME_OFFSET},
    text,
    walk::{Value, Visitor},
};
use crate::error::{CdrError, ErrorKind, Result};

#[derive(Debug, Default)]
pub(crate) struct Group {
    pub tag: u16,
    pub at: u64,
    ints: Vec<(u16, u64, u64)>,
    texts: Vec<(u16, u64, Vec<u8>)>,
    groups: Vec<Group>,
}

impl Group {
    pub fn int(&self, tag: u16) -> Option<u64> {
        self.located_int(tag).map(|(_, value)| value)
    }

    /// An integer and where it stands.
    pub fn located_int(&self, tag: u16) -> Option<(u64, u64)> {
        self.ints.iter().find(|item| item.0 == tag).map(|item| (item.1, item.2))
    }

    /// A string and where it stands.
    pub fn located_text(&self, tag: u16) -> Option<(u64, &[u8])> {
        self.texts.iter().find(|item| item.0 == tag).map(|item| (item.1, item.2.as_slice()))
    }

    pub fn text(&self, tag: u16) -> Option<String> {
        self.located_text(tag).map(|(_, bytes)| text::trimmed(bytes))
    }

    pub fn group(&self, tag: u16) -> Option<&Group> {
        self.groups.iter().find(|group| group.tag == tag)
    }

    /// Every group of the kind, however deep.
    pub fn all<'a>(&'a self, tag: u16, found: &mut Vec<&'a Group>) {
        for group in &self.groups {
            if group.tag == tag {
                found.push(group);
            }
            group.all(tag, found);
        }
    }

    pub fn need_int(&self, tag: u16) -> Result<u64> {
        self.int(tag).ok_or_else(|| self.lacks(tag))
    }

    pub fn lacks(&self, tag: u16) -> CdrError {
        CdrError::new(self.at, ErrorKind::Missing { what: schema::name(tag), parent: schema::name(self.tag) })
    }

    /// The timestamp that the member `tag` holds with its UTC offset.
    pub fn stamp(&self, tag: u16) -> Result<Option<Stamp>> {
        let Some(group) = self.group(tag) else { return Ok(None) };
        let what = schema::name(tag);
        let (at, local) = group.located_text(LOCAL_TIMESTAMP).ok_or_else(|| group.lacks(LOCAL_TIMESTAMP))?;
        let local = stamp::local(local, what).map_err(|kind| CdrError::new(at, kind))?;
        let (at, offset) = group.located_text(UTC_TIME_OFFSET).ok_or_else(|| group.lacks(UTC_TIME_OFFSET))?;
        let offset = stamp::offset(offset, what).map_err(|kind| CdrError::new(at, kind))?;
        Ok(Some(Stamp::new(local, offset)))
    }

    pub fn need_stamp(&self, tag: u16) -> Result<Stamp> {
        self.stamp(tag)?.ok_or_else(|| self.lacks(tag))
    }
}

/// Builds the tree while the walker checks it.
#[derive(Debug, Default)]
pub(crate) struct Builder {
    open: Vec<Group>,
    pub root: Option<Group>,
}

impl Visitor for Builder {
    fn enter(&mut self, tag: u16, at: u64) -> Result<()> {
        self.open.push(Group { tag, at, ..Group::default() });
        Ok(())
    }

    fn leave(&mut self, _tag: u16, _at: u64) -> Result<()> {
        let Some(done) = self.open.pop() else { return Ok(()) };
        match self.open.last_mut() {
            Some(parent) => parent.groups.push(done),
            None => self.root = Some(done),
        }
        Ok(())
    }

    fn value(&mut self, tag: u16, at: u64, value: Value<'_>) -> Result<()> {
        let Some(group) = self.open.last_mut() else { return Ok(()) };
        match value {
            Value::Int(value) => group.ints.push((tag, at, value)),
            Value::Text(bytes) => group.texts.push((tag, at, bytes.to_vec())),
        }
        Ok(())
    }
}
