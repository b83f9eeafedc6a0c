//! TAP files as trees that tests bend out of shape.

#![allow(dead_code, clippy::missing_panics_doc)]

use std::sync::OnceLock;

use gesim_cdr::generate::{generate, Options};

/// Which of the nine call events a tag names.
pub const EVENTS: [u16; 9] = [9, 10, 11, 12, 14, 17, 297, 433, 434];

pub fn options(records: u64) -> Options {
    Options::new(records, 11, "DEUD1".parse().unwrap(), "GBRCN".parse().unwrap())
}

pub fn file(options: &Options) -> Vec<u8> {
    let mut out = Vec::new();
    let made = generate(options, &mut out).unwrap();
    assert_eq!((made.octets, made.records), (out.len() as u64, options.records));
    out
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    pub tag: u16,
    pub body: Body,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    Octets(Vec<u8>),
    Members(Vec<Element>),
}

impl Element {
    pub fn octets(tag: u16, octets: &[u8]) -> Self {
        Self { tag, body: Body::Octets(octets.to_vec()) }
    }

    pub fn group(tag: u16, members: Vec<Element>) -> Self {
        Self { tag, body: Body::Members(members) }
    }

    pub fn members(&mut self) -> &mut Vec<Element> {
        match &mut self.body {
            Body::Members(members) => members,
            Body::Octets(_) => panic!("{} is primitive", self.tag),
        }
    }

    pub fn value(&mut self) -> &mut Vec<u8> {
        match &mut self.body {
            Body::Octets(octets) => octets,
            Body::Members(_) => panic!("{} is constructed", self.tag),
        }
    }

    /// The member reached by the tags, the first of its kind at every step.
    pub fn at(&mut self, path: &[u16]) -> &mut Element {
        path.iter().fold(self, |element, tag| {
            let found = element.members().iter_mut().find(|member| member.tag == *tag);
            found.unwrap_or_else(|| panic!("no {tag}"))
        })
    }

    pub fn remove(&mut self, tag: u16) -> Element {
        let index = self.members().iter().position(|member| member.tag == tag).unwrap();
        self.members().remove(index)
    }

    pub fn encode(&self) -> Vec<u8> {
        let (constructed, content) = match &self.body {
            Body::Octets(octets) => (0, octets.clone()),
            Body::Members(members) => (0x20, members.iter().flat_map(Element::encode).collect()),
        };
        let mut out = Vec::new();
        match self.tag {
            0..=30 => out.push(0x40 | constructed | self.tag as u8),
            31..=127 => out.extend([0x5f | constructed, self.tag as u8]),
            _ => out.extend([0x5f | constructed, 0x80 | (self.tag >> 7) as u8, (self.tag & 0x7f) as u8]),
        }
        match content.len() {
            length @ 0..=127 => out.push(length as u8),
            length => out.extend([&[0x84][..], &(length as u32).to_be_bytes()].concat()),
        }
        out.extend(content);
        out
    }
}

/// The one element at the beginning of `bytes` and what follows it; definite lengths only.
pub fn parse(bytes: &[u8]) -> (Element, &[u8]) {
    let (mut number, mut pos) = (u16::from(bytes[0] & 0x1f), 1);
    if number == 0x1f {
        number = 0;
        loop {
            number = number << 7 | u16::from(bytes[pos] & 0x7f);
            pos += 1;
            if bytes[pos - 1] < 0x80 {
                break;
            }
        }
    }
    let mut length = usize::from(bytes[pos]);
    pos += 1;
    if length > 0x80 {
        let octets = length - 0x80;
        length = bytes[pos..pos + octets].iter().fold(0, |n, b| n << 8 | usize::from(*b));
        pos += octets;
    }
    let (mut content, rest) = bytes[pos..].split_at(length);
    if bytes[0] & 0x20 == 0 {
        return (Element::octets(number, content), rest);
    }
    let mut members = Vec::new();
    while !content.is_empty() {
        let (member, next) = parse(content);
        members.push(member);
        content = next;
    }
    (Element::group(number, members), rest)
}

/// A file with one call event of every kind in the order of `EVENTS`; its audit states no charges.
pub fn specimen() -> Element {
    static SPECIMEN: OnceLock<Element> = OnceLock::new();
    SPECIMEN.get_or_init(make_specimen).clone()
}

fn make_specimen() -> Element {
    let bytes = file(&options(3000));
    let (mut root, rest) = parse(&bytes);
    assert!(rest.is_empty());
    let events = root.at(&[3]).members();
    let chosen = EVENTS.map(|tag| events.iter().find(|event| event.tag == tag).unwrap().clone());
    *events = chosen.to_vec();
    *root.at(&[15, 415]).value() = vec![0];
    *root.at(&[15, 226]).value() = vec![0];
    *root.at(&[15, 43]).value() = vec![9];
    root
}
