//! What a SET or SEQUENCE of TS 32.298 may hold, as tables.

/// What is done with a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Read, and primitive.
    Primitive,
    /// Read, and constructed.
    Constructed,
    /// Not needed: it must be BER, no more.
    Skipped,
}

#[derive(Debug)]
pub(super) struct Member {
    pub tag: u32,
    pub name: &'static str,
    pub form: Form,
    pub must: bool,
}

impl Member {
    pub const fn must(mut self) -> Self {
        self.must = true;
        self
    }
}

/// Members by their tags, in rising order. A table has at most 128.
#[derive(Debug)]
pub(super) struct Shape {
    pub name: &'static str,
    pub members: &'static [Member],
    /// A SEQUENCE: members come in the order of the table.
    pub ordered: bool,
    /// Tags above the last one are members of a later release: counted and passed over. What carries volumes is
    /// closed: an unknown member there could be usage.
    pub open: bool,
}

pub(super) const fn read(tag: u32, name: &'static str) -> Member {
    Member { tag, name, form: Form::Primitive, must: false }
}

pub(super) const fn group(tag: u32, name: &'static str) -> Member {
    Member { tag, name, form: Form::Constructed, must: false }
}

pub(super) const fn pass(tag: u32, name: &'static str) -> Member {
    Member { tag, name, form: Form::Skipped, must: false }
}

pub(super) const fn set(name: &'static str, members: &'static [Member]) -> Shape {
    Shape { name, members, ordered: false, open: true }
}

pub(super) const fn sequence(name: &'static str, members: &'static [Member]) -> Shape {
    Shape { name, members, ordered: true, open: false }
}

#[cfg(test)]
mod tests {
    use super::super::{chf, gprs};

    #[test]
    fn tables_rise_and_fit_ok() {
        for shape in gprs::SHAPES.iter().chain(&chf::SHAPES) {
            assert!(shape.members.len() <= 128, "{}", shape.name);
            assert!(shape.members.windows(2).all(|pair| pair[0].tag < pair[1].tag), "{}", shape.name);
        }
    }
}
