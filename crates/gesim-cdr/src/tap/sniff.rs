//! Tells TAP from what looks like it.

use std::io::Read;

use super::{
    ber::{self, Header, Length},
    members::constructed,
    source::Source,
    tags::{BATCH_CONTROL_INFO, NOTIFICATION, RELEASE_VERSION, SPECIFICATION_VERSION, TRANSFER_BATCH},
};
use crate::error::{CdrError, ErrorKind, Result};

/// The two things a TAP file can be.
pub(crate) enum Root {
    TransferBatch(Header),
    Notification(Header),
}

/// Opens a file and reads its first header.
pub(crate) fn open<R: Read>(inner: R) -> Result<(Source<R>, Root)> {
    let mut source = Source::new(inner);
    if let Some(what) = known_format(source.peek(8)?) {
        return source.fail(ErrorKind::Foreign(what));
    }
    let Some(header) = source.first()? else { return source.fail(ErrorKind::Empty) };
    let root = match header.tag.application() {
        Some(TRANSFER_BATCH) => {
            // NRTRDE files begin with the same tag: what follows tells them apart
            let inside = source.peek(ber::MAX_HEADER)?;
            let found = ber::header(inside).ok().flatten().map(|inner| inner.tag);
            match found.and_then(ber::Tag::application) {
                Some(36..=41) => Err(ErrorKind::Foreign("an NRTRDE file (near real time roaming data)")),
                _ => Ok(Root::TransferBatch(header)),
            }
        }
        Some(NOTIFICATION) => Ok(Root::Notification(header)),
        Some(534) => Err(ErrorKind::Foreign("a RAP return batch")),
        Some(535) => Err(ErrorKind::Foreign("a RAP acknowledgement")),
        _ => Err(ErrorKind::Unrecognised(header.tag)),
    };
    let root = root.map_err(|kind| CdrError::new(0, kind))?;
    constructed(&header, "the file's first element", 0)?;
    Ok((source, root))
}

pub(crate) fn transfer_batch<R: Read>(inner: R) -> Result<(Source<R>, Header)> {
    match open(inner)? {
        (source, Root::TransferBatch(header)) => Ok((source, header)),
        (_, Root::Notification(_)) => Err(CdrError::new(0, ErrorKind::Notification)),
    }
}

fn known_format(start: &[u8]) -> Option<&'static str> {
    const KNOWN: [(&[u8], &str); 6] = [
        (&[0x1f, 0x8b], "a gzip file"),
        (b"PK\x03\x04", "a zip file"),
        (b"BZh", "a bzip2 file"),
        (b"<", "an XML file"),
        (b"{", "a JSON file"),
        (b"\xef\xbb\xbf", "a text file"),
    ];
    KNOWN.iter().find(|(magic, _)| start.starts_with(magic)).map(|(_, what)| *what)
}

/// Refuses other versions before anything of theirs is held against TAP 3.12. Every TAP 3 release has its version
/// numbers at the same place. A notification is read whatever its release: it bills nothing.
pub(crate) fn version(tag: u16, contents: &[u8], base: u64) -> Result<()> {
    let (mut specification, mut release) = (None, None);
    let mut pos = 0;
    while let Ok(Some(header)) = ber::header(&contents[pos..]) {
        let start = pos + header.size;
        let Length::Definite(length) = header.length else {
            // a group of indefinite length: the version numbers lie past its end, element by element
            pos = start;
            continue;
        };
        let Some(end) = usize::try_from(length).ok().and_then(|length| start.checked_add(length)) else { break };
        let Some(value) = contents.get(start..end) else { break };
        let number = |name| ber::unsigned(value, name).map_err(|kind| CdrError::new(base + pos as u64, kind));
        match header.tag.application() {
            Some(SPECIFICATION_VERSION) => specification = Some(number("specificationVersionNumber")?),
            Some(RELEASE_VERSION) => release = Some((base + pos as u64, number("releaseVersionNumber")?)),
            _ => {}
        }
        pos = end;
    }
    let (Some(specification), Some((at, release))) = (specification, release) else { return Ok(()) };
    let known = specification == 3 && (tag != BATCH_CONTROL_INFO || (10..=12).contains(&release));
    if known {
        return Ok(());
    }
    Err(CdrError::new(at, ErrorKind::Version { specification, release }))
}
