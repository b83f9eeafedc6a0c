//! Blocks beside the terms: what both sides sign with the document and no program executes.

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

use crate::{
    document::Document,
    error::{DocumentError, Reason},
};

/// How far two sides' records may differ before they are disputed.
pub const TOLERANCE: &str = "gesim-tolerance";

impl Document {
    /// The lines of the block that opens with ` ```toml NAME `, if the document has it. Two of them are refused: people would
    /// have to guess which one counts.
    pub fn annex(&self, name: &str) -> Result<Option<String>, DocumentError> {
        let wanted = format!("toml {name}");
        let (mut found, mut inside): (Option<String>, bool) = (None, false);
        for (event, range) in Parser::new(self.text()).into_offset_iter() {
            match event {
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) if *info == *wanted => {
                    if found.is_some() {
                        return Err(DocumentError::at(self.text(), range.start, Reason::SecondBlock));
                    }
                    (found, inside) = (Some(String::new()), true);
                }
                Event::End(TagEnd::CodeBlock) => inside = false,
                Event::Text(text) if inside => found.get_or_insert_default().push_str(&text),
                _ => {}
            }
        }
        Ok(found)
    }
}
