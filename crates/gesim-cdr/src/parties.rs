//! Who bills and who is billed, for formats whose files do not say it.

use std::sync::Arc;

use gesim_core::Tadig;

use crate::{
    error::{CdrError, ErrorKind, Result},
    format::ReadOptions,
    record::FileIdentity,
    source::FileSummary,
};

/// Sender and recipient of a file. An inspection does without them and shows none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parties {
    sender: Option<Tadig>,
    recipient: Option<Tadig>,
}

impl Parties {
    /// Of a file whose records will be acted on.
    pub fn required(options: &ReadOptions) -> Result<Self> {
        let lacks = |what: &str| {
            let reason = "is not named in a file of this format".into();
            let mut error = CdrError::new(0, ErrorKind::Rejected { what: what.into(), reason });
            error.hint = Some("give the TADIG codes of sender and recipient");
            Err(error)
        };
        match (options.sender, options.recipient) {
            (None, _) => lacks("the sender"),
            (_, None) => lacks("the recipient"),
            (Some(sender), Some(recipient)) if sender == recipient => {
                let (what, reason) = ("the sender".into(), "is its own recipient".into());
                Err(CdrError::new(0, ErrorKind::Rejected { what, reason }))
            }
            _ => Ok(Self::optional(options)),
        }
    }

    pub fn optional(options: &ReadOptions) -> Self {
        Self { sender: options.sender, recipient: options.recipient }
    }

    /// The identity of a file. `stated` is a sequence number that it names, and where: it must be the one asked for.
    pub fn file(&self, options: &ReadOptions, stated: Option<(u32, u64)>) -> Result<Arc<FileIdentity>> {
        if let (Some((stated, at)), Some(asked)) = (stated, options.sequence) {
            if stated != asked {
                let (what, value) = ("the file sequence number".into(), stated.to_string().into());
                let expected = format!("{asked}, as it was asked for").into();
                return Err(CdrError::new(at, ErrorKind::Invalid { what, value, expected }));
            }
        }
        let nobody = || Tadig::new(*b"XXXXX").map_err(|_| CdrError::new(0, ErrorKind::Empty));
        let sequence = stated.map(|(stated, _)| stated).or(options.sequence).unwrap_or(0);
        Ok(Arc::new(FileIdentity {
            sender: self.sender.map_or_else(nobody, Ok)?,
            recipient: self.recipient.map_or_else(nobody, Ok)?,
            sequence,
            currency: options.currency.clone().unwrap_or_default(),
            decimals: 0,
        }))
    }

    /// Names in a summary only who was named.
    pub fn shown(&self, summary: FileSummary) -> FileSummary {
        FileSummary {
            sender: self.sender.and(summary.sender),
            recipient: self.recipient.and(summary.recipient),
            ..summary
        }
    }
}

/// Of a format without sequence numbers: none was asked for when it is 0.
pub(crate) fn numbered(summary: FileSummary) -> FileSummary {
    FileSummary { sequence: summary.sequence.filter(|sequence| *sequence > 0), ..summary }
}
