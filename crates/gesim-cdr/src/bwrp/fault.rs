//! Refusals: where, what, and the path there.

use std::io::Read;

use super::json::{self, Body, Node};
use crate::error::{CdrError, ErrorKind, Result};

/// Why a value is refused.
#[derive(Debug)]
pub(crate) struct Fault {
    pub at: usize,
    pub(super) what: What,
    pub hint: Option<&'static str>,
}

#[derive(Debug)]
pub(super) enum What {
    Value { value: Box<str>, expected: Box<str> },
    Reason(Box<str>),
}

pub(crate) type Parsed<T> = std::result::Result<T, Fault>;

impl Fault {
    pub fn new(at: usize, reason: impl Into<Box<str>>) -> Self {
        Self { at, what: What::Reason(reason.into()), hint: None }
    }

    pub fn hint(mut self, hint: &'static str) -> Self {
        self.hint = Some(hint);
        self
    }

    fn error(self, root: &Node<'_>) -> CdrError {
        let mut path = String::new();
        locate(root, self.at, &mut path);
        let what = if path.is_empty() { "the file".into() } else { path.into_boxed_str() };
        let kind = match self.what {
            What::Value { value, expected } => ErrorKind::Invalid { what, value, expected },
            What::Reason(reason) => ErrorKind::Rejected { what, reason },
        };
        let mut error = CdrError::new(self.at as u64, kind);
        error.hint = self.hint.or(error.hint);
        error
    }
}

/// Appends the path to the value that begins at `at`.
fn locate(node: &Node<'_>, at: usize, path: &mut String) {
    let inside = |child: &Node<'_>| (child.at..child.end.max(child.at.saturating_add(1))).contains(&at);
    match &node.body {
        Body::Object(members) => {
            if let Some((name, child)) = members.iter().find(|(_, child)| inside(child)) {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(&shown(name));
                locate(child, at, path);
            }
        }
        Body::List(items) => {
            if let Some((index, child)) = items.iter().enumerate().find(|(_, child)| inside(child)) {
                path.push_str(&format!("[{index}]"));
                locate(child, at, path);
            }
        }
        _ => {}
    }
}

/// What a message quotes of a file: short and printable.
pub(super) fn shown(text: &str) -> String {
    let clean = text.chars().map(|c| if c.is_control() { '?' } else { c });
    clean.take(40).collect()
}

/// Reads a file and makes something of it.
pub(crate) fn read<T>(inner: impl Read, make: impl FnOnce(&Node<'_>) -> Parsed<T>) -> Result<T> {
    read_bytes(&json::load(inner)?, make)
}

pub(crate) fn read_bytes<T>(bytes: &[u8], make: impl FnOnce(&Node<'_>) -> Parsed<T>) -> Result<T> {
    let root = json::parse(bytes)?;
    make(&root).map_err(|fault| fault.error(&root))
}
