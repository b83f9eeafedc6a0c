//! Members by name and type. A refusal remembers where it is; its path is looked up only when there is one.

use std::{borrow::Cow, str::FromStr};

use gesim_core::Tadig;

pub(crate) use super::fault::{read, read_bytes, Fault, Parsed};
use super::{
    decimal::Decimal,
    fault::{shown, What},
    json::{Body, Node},
};

/// Longest text that is read, in octets.
const MAX_TEXT: usize = 1024;

impl<'a> Node<'a> {
    fn bad<T>(&self, expected: impl Into<Box<str>>) -> Parsed<T> {
        let value = match &self.body {
            Body::Null => "null".into(),
            Body::Bool(value) => value.to_string(),
            Body::Number(text) => shown(text),
            Body::Text(text) => format!("`{}`", shown(text)),
            Body::List(_) => "a list".into(),
            Body::Object(_) => "an object".into(),
        };
        Err(Fault { at: self.at, what: What::Value { value: value.into(), expected: expected.into() }, hint: None })
    }

    /// An object that has no other members than these.
    pub fn object<'n>(&'n self, known: &'static [&'static str]) -> Parsed<Object<'n, 'a>> {
        let object = self.open_object()?;
        match object.members.iter().find(|(name, _)| !known.contains(&name.as_ref())) {
            Some((_, value)) => Err(Fault::new(value.at, "is a member that is not known here")
                .hint("what is not understood is not rated: take the member out, or ask for it to be supported")),
            None => Ok(object),
        }
    }

    /// An object whose members may have any name.
    pub fn open_object<'n>(&'n self) -> Parsed<Object<'n, 'a>> {
        match &self.body {
            Body::Object(members) => Ok(Object { at: self.at, members }),
            _ => self.bad("an object"),
        }
    }

    pub fn list(&self, most: usize) -> Parsed<&[Node<'a>]> {
        match &self.body {
            Body::List(items) if items.len() <= most => Ok(items),
            Body::List(_) => Err(Fault::new(self.at, format!("has more than {most} entries"))),
            _ => self.bad("a list"),
        }
    }

    pub fn text(&self) -> Parsed<&str> {
        match &self.body {
            Body::Text(text) if text.len() <= MAX_TEXT => Ok(text),
            Body::Text(_) => Err(Fault::new(self.at, format!("is longer than {MAX_TEXT} octets"))),
            _ => self.bad("a text"),
        }
    }

    pub fn bool(&self) -> Parsed<bool> {
        match self.body {
            Body::Bool(value) => Ok(value),
            _ => self.bad("true or false"),
        }
    }

    /// A number, or a text that is one.
    pub fn decimal(&self) -> Parsed<Decimal> {
        let text = match &self.body {
            Body::Number(text) => text,
            Body::Text(text) => text.as_ref(),
            _ => return self.bad("a number"),
        };
        match Decimal::parse(text) {
            Some(value) => Ok(value),
            None => self.bad("a number of at most 15 digits before the point and 20 behind it"),
        }
    }

    /// A number that is not negative.
    pub fn amount(&self) -> Parsed<Decimal> {
        let value = self.decimal()?;
        if value.is_negative() {
            return self.bad("a number that is not negative");
        }
        Ok(value)
    }

    pub fn tadig(&self) -> Parsed<Tadig> {
        match Tadig::from_str(self.text()?) {
            Ok(tadig) => Ok(tadig),
            Err(_) => self.bad("a TADIG code: five capital letters or digits"),
        }
    }

    /// ISO 4217 currency.
    pub fn currency(&self) -> Parsed<String> {
        let text = self.text()?;
        if text.len() != 3 || !text.bytes().all(|letter| letter.is_ascii_uppercase()) {
            return self.bad("an ISO 4217 currency code");
        }
        Ok(text.to_owned())
    }

    /// One of the texts `choices` name.
    pub fn choice<T: Copy>(&self, choices: &[(&str, T)]) -> Parsed<T> {
        let text = self.text()?;
        match choices.iter().find(|(name, _)| *name == text) {
            Some((_, value)) => Ok(*value),
            None => {
                let names: Vec<_> = choices.iter().map(|(name, _)| format!("`{name}`")).collect();
                self.bad(format!("one of {}", names.join(", ")))
            }
        }
    }

    pub fn refuse<T>(&self, expected: &str) -> Parsed<T> {
        self.bad(expected)
    }
}

pub(crate) struct Object<'n, 'a> {
    pub at: usize,
    pub members: &'n [(Cow<'a, str>, Node<'a>)],
}

impl<'n, 'a> Object<'n, 'a> {
    /// A member; null counts as absent.
    pub fn get(&self, name: &str) -> Option<&'n Node<'a>> {
        let found = self.members.iter().find(|(other, _)| other == name).map(|(_, node)| node);
        found.filter(|node| !matches!(node.body, Body::Null))
    }

    pub fn need(&self, name: &str) -> Parsed<&'n Node<'a>> {
        self.get(name).ok_or_else(|| Fault::new(self.at, format!("lacks `{name}`")))
    }

    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub fn optional<T>(&self, name: &str, read: impl FnOnce(&'n Node<'a>) -> Parsed<T>) -> Parsed<Option<T>> {
        self.get(name).map(read).transpose()
    }
}
