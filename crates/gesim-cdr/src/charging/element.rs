//! BER elements of a record that is held in memory.

use crate::{
    error::{CdrError, ErrorKind, Result},
    tap::{
        ber::{self, Length},
        Tag,
    },
};

/// TS 32.298 nests eight levels; extensions of a vendor may go deeper.
const MAX_DEPTH: usize = 24;
pub(super) const CONTEXT: u8 = 2;

/// One element. `at` is the byte offset of its identifier, `base` that of its contents.
#[derive(Debug, Clone, Copy)]
pub(super) struct Element<'a> {
    pub tag: Tag,
    pub at: u64,
    pub base: u64,
    pub contents: &'a [u8],
}

impl<'a> Element<'a> {
    pub fn fail<T>(&self, kind: ErrorKind) -> Result<T> {
        Err(CdrError::new(self.at, kind))
    }

    /// Whether the tag is a context tag with this number.
    pub fn is(&self, number: u32) -> bool {
        self.tag.class == CONTEXT && self.tag.number == number
    }

    /// The only element inside: what an explicit tag is put around.
    pub fn inner(&self, what: &'static str) -> Result<Element<'a>> {
        if self.contents.is_empty() {
            return self.fail(ErrorKind::EmptyGroup { parent: what });
        }
        let (element, rest) = split(self.contents, self.base, what)?;
        match rest.is_empty() {
            true => Ok(element),
            false => self.fail(ErrorKind::Duplicate { what: "the value", parent: what }),
        }
    }

    /// The elements of a SEQUENCE OF SEQUENCE.
    pub fn items(&self, what: &'static str) -> Items<'a> {
        Items { rest: self.contents, base: self.base, what }
    }

    /// Refuses what is not BER, however deep.
    pub fn check(&self, depth: usize) -> Result<()> {
        if depth > MAX_DEPTH {
            return self.fail(ErrorKind::TooDeep(MAX_DEPTH));
        }
        let (mut rest, mut base) = (self.contents, self.base);
        while self.tag.constructed && !rest.is_empty() {
            let (element, after) = split(rest, base, "an element")?;
            element.check(depth + 1)?;
            base += (rest.len() - after.len()) as u64;
            rest = after;
        }
        Ok(())
    }
}

/// The first element of `bytes`, which begin at `at` and end where their parent does, and what follows it.
pub(super) fn split<'a>(bytes: &'a [u8], at: u64, parent: &'static str) -> Result<(Element<'a>, &'a [u8])> {
    let fail = |kind| Err(CdrError::new(at, kind));
    let left = bytes.len() as u64;
    let header = match ber::header(bytes) {
        Ok(Some(header)) if header.is_end_of_contents() => {
            return fail(ErrorKind::BadTag("end-of-contents inside a definite length"));
        }
        Ok(Some(header)) => header,
        Ok(None) => return fail(ErrorKind::Overrun { what: parent, length: left + 1, left }),
        Err(kind) => return fail(kind),
    };
    let base = at + header.size as u64;
    let inside = bytes.get(header.size..).unwrap_or_default();
    let (length, marker) = match header.length {
        Length::Definite(length) => (length, 0),
        Length::Indefinite => (enclosed(inside, base, parent)? as u64, 2),
    };
    let room = inside.len() as u64;
    let parts = usize::try_from(length).ok().and_then(|length| inside.split_at_checked(length));
    let Some((contents, after)) = parts else {
        return fail(ErrorKind::Overrun { what: parent, length, left: room });
    };
    Ok((Element { tag: header.tag, at, base, contents }, after.get(marker..).unwrap_or_default()))
}

/// How many octets come before the end-of-contents of an indefinite length.
fn enclosed(bytes: &[u8], base: u64, parent: &'static str) -> Result<usize> {
    let (mut pos, mut depth) = (0usize, 1usize);
    loop {
        let rest = bytes.get(pos..).unwrap_or_default();
        let fail = |kind| Err(CdrError::new(base + pos as u64, kind));
        let left = rest.len() as u64;
        let header = match ber::header(rest) {
            Ok(Some(header)) => header,
            Ok(None) => return fail(ErrorKind::Overrun { what: parent, length: left + 1, left }),
            Err(kind) => return fail(kind),
        };
        if header.is_end_of_contents() {
            depth -= 1;
            if depth == 0 {
                return Ok(pos);
            }
        }
        let length = match header.length {
            Length::Definite(length) => length,
            Length::Indefinite => {
                depth += 1;
                0
            }
        };
        if depth > MAX_DEPTH {
            return fail(ErrorKind::TooDeep(MAX_DEPTH));
        }
        let next = usize::try_from(length).ok().and_then(|length| pos.checked_add(header.size)?.checked_add(length));
        match next.filter(|next| *next <= bytes.len()) {
            Some(next) => pos = next,
            None => return fail(ErrorKind::Overrun { what: parent, length, left }),
        }
    }
}

pub(super) struct Items<'a> {
    rest: &'a [u8],
    base: u64,
    what: &'static str,
}

impl<'a> Iterator for Items<'a> {
    type Item = Result<Element<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let found = split(self.rest, self.base, self.what).and_then(|(element, after)| {
            self.base += (self.rest.len() - after.len()) as u64;
            self.rest = after;
            let Tag { class, constructed, number } = element.tag;
            match (class, constructed, number) {
                (0, true, 16) => Ok(element),
                _ => element.fail(ErrorKind::Unexpected { found: element.tag, parent: self.what }),
            }
        });
        if found.is_err() {
            self.rest = &[];
        }
        Some(found)
    }
}
