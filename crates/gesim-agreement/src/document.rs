//! The document: prose that people read, with the one block of terms in it.

use std::ops::Range;

use gesim_core::digest::sha256;
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag};
use settlement::state::terms::contract_hash;

use crate::{
    contract::Contract,
    error::{DocumentError, Reason},
};

/// Larger documents are refused.
pub const MAX_DOCUMENT: usize = 1 << 20;
/// How the block of terms begins and ends.
pub const OPENING: &str = "```toml gesim-terms";
pub const CLOSING: &str = "```";
const INFO: &str = "toml gesim-terms";
const MARK: &str = "gesim-terms";

/// A document whose terms were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// With LF line ends.
    text: String,
    /// The lines of the block, without the fences.
    block: Range<usize>,
    pub contract: Contract,
}

impl Document {
    /// Reads a Markdown document (CommonMark, UTF-8) with exactly one block of terms.
    ///
    /// Characters that people cannot see, or that turn text around, are refused: both sides must see what they sign.
    pub fn parse(bytes: &[u8]) -> Result<Self, DocumentError> {
        let place = |reason| DocumentError::at("", 0, reason);
        if bytes.len() > MAX_DOCUMENT {
            return Err(place(Reason::TooLarge(MAX_DOCUMENT)));
        }
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let good = String::from_utf8_lossy(good);
            DocumentError::at(&good, good.len(), Reason::Utf8)
        })?;
        let text = text.replace("\r\n", "\n");
        if let Some((byte, character)) = text.char_indices().find(|(_, character)| is_invisible(*character)) {
            return Err(DocumentError::at(&text, byte, Reason::Invisible(u32::from(character))));
        }
        let block = find_block(&text)?;
        let lines = text.get(block.clone()).unwrap_or_default();
        let mut contract = Contract::from_block(lines)
            .map_err(|error| DocumentError::at(&text, block.start.saturating_add(error.byte), error.reason))?;
        contract.head.prose_hash = sha256(&[text.as_bytes()]);
        Ok(Self { text, block, contract })
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// The lines of the block, without the fences.
    pub fn block(&self) -> &str {
        self.text.get(self.block.clone()).unwrap_or_default()
    }

    pub(crate) fn block_range(&self) -> Range<usize> {
        self.block.clone()
    }

    /// SHA-256 of the document with LF line ends: `sha256sum` of the file gives it too.
    pub fn prose_hash(&self) -> [u8; 32] {
        self.contract.head.prose_hash
    }

    /// What both sides sign: stands for the document and for the terms that the program executes.
    pub fn contract_hash(&self) -> [u8; 32] {
        let Contract { frame, head, lanes, .. } = &self.contract;
        // serialising into memory does not fail
        contract_hash(frame, head, lanes).unwrap_or_default()
    }
}

/// Control characters but tab and line feed, marks of direction, and what has no width.
fn is_invisible(character: char) -> bool {
    let control = character.is_control() && !matches!(character, '\n' | '\t');
    let turns =
        matches!(character, '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}');
    control || turns || matches!(character, '\u{00AD}' | '\u{FEFF}' | '\u{E0000}'..='\u{E007F}')
}

fn find_block(text: &str) -> Result<Range<usize>, DocumentError> {
    let mut found = None;
    let mut depth = 0usize;
    for (event, range) in Parser::new(text).into_offset_iter() {
        match event {
            Event::Start(tag) => {
                if let Tag::CodeBlock(CodeBlockKind::Fenced(info)) = tag {
                    if let Some(block) = terms_block(text, &info, range.clone(), depth)? {
                        if found.is_some() {
                            return Err(DocumentError::at(text, range.start, Reason::SecondBlock));
                        }
                        found = Some(block);
                    }
                }
                depth = depth.saturating_add(1);
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    found.ok_or_else(|| DocumentError::at(text, text.len(), Reason::NoBlock))
}

/// The lines of a fenced block if it holds terms.
fn terms_block(
    text: &str,
    info: &str,
    range: Range<usize>,
    depth: usize,
) -> Result<Option<Range<usize>>, DocumentError> {
    let fail = |reason| Err(DocumentError::at(text, range.start, reason));
    if info != INFO {
        return match info.to_ascii_lowercase().contains(MARK) {
            true => fail(Reason::Marked(info.into())),
            false => Ok(None),
        };
    }
    let whole = text.get(range.clone()).unwrap_or_default();
    let inner = whole.strip_prefix(OPENING).and_then(|rest| rest.strip_prefix('\n'));
    let inner = inner.and_then(|rest| rest.trim_end_matches('\n').strip_suffix(CLOSING));
    let alone = depth == 0 && text.get(..range.start).is_some_and(|before| before.is_empty() || before.ends_with('\n'));
    match inner {
        Some(inner) if alone && (inner.is_empty() || inner.ends_with('\n')) => {
            let start = range.start.saturating_add(OPENING.len()).saturating_add(1);
            Ok(Some(start..start.saturating_add(inner.len())))
        }
        _ => fail(Reason::Nested),
    }
}
