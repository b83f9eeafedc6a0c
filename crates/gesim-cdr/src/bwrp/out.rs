//! JSON out, its numbers exact decimal texts.

use std::fmt::{self, Display};

use super::decimal::Decimal;

/// A document to be written. Members keep their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    Null,
    Number(Decimal),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(&'static str, Json)>),
}

/// A text of anything that can be shown.
pub(crate) fn text(value: impl Display) -> Json {
    Json::Text(value.to_string())
}

impl Json {
    pub fn object(members: impl IntoIterator<Item = (&'static str, Json)>) -> Self {
        Self::Object(members.into_iter().collect())
    }

    /// On one line.
    pub fn compact(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, None);
        out
    }

    /// `indent`: how deep it stands; `None` is one line.
    fn write(&self, out: &mut String, indent: Option<usize>) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Number(value) => out.push_str(&value.to_string()),
            Self::Text(value) => quote(value, out),
            Self::List(items) => {
                let items = items.iter().map(|item| (None, item));
                group(out, indent, ['[', ']'], items);
            }
            Self::Object(members) => {
                let members = members.iter().map(|(name, value)| (Some(*name), value));
                group(out, indent, ['{', '}'], members);
            }
        }
    }
}

fn group<'j>(
    out: &mut String,
    indent: Option<usize>,
    [open, close]: [char; 2],
    items: impl Iterator<Item = (Option<&'static str>, &'j Json)>,
) {
    let inner = indent.map(|depth| depth.saturating_add(1));
    let line = |out: &mut String, depth: Option<usize>| {
        if let Some(depth) = depth {
            out.push('\n');
            out.push_str(&"  ".repeat(depth));
        }
    };
    out.push(open);
    let mut any = false;
    for (name, item) in items {
        if any {
            out.push(',');
        }
        any = true;
        line(out, inner);
        if let Some(name) = name {
            quote(name, out);
            out.push_str(if indent.is_some() { ": " } else { ":" });
        }
        item.write(out, inner);
    }
    if any {
        line(out, indent);
    }
    out.push(close);
}

fn quote(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            other if other.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(other))),
            other => out.push(other),
        }
    }
    out.push('"');
}

/// Over several lines, two blanks a level.
impl Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::new();
        self.write(&mut out, Some(0));
        f.write_str(&out)
    }
}
