//! A profile package: profile elements one behind the other, from the header to the end (TCA's eUICC Profile Package).
//!
//! The MACs of a bound package notice everything but a cut at its end; that the last element is the end notices that too.

use thiserror::Error;

use crate::{
    asn1::{Asn1Error, StoreMetadataRequest},
    tlv::{tlv, Reader, Tlv, TlvError},
};

const HEADER: u16 = 0xA0;
const END: u16 = 0xAA;
const ICCID: u16 = 0x83;

#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum ProfileError {
    #[error("the profile package is not a sequence of whole elements: {0}")]
    Tlv(#[from] TlvError),
    #[error("the profile package does not begin with a header and finish with an end")]
    Frame,
    #[error("the header's ICCID is not the metadata's")]
    Iccid,
    #[error(transparent)]
    Metadata(#[from] Asn1Error),
}

/// A profile that is ready for download: its metadata and its elements, which belong to each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// StoreMetadataRequest, DER.
    pub metadata: Vec<u8>,
    pub package: Vec<u8>,
}

impl Profile {
    pub fn new(metadata: Vec<u8>, package: Vec<u8>) -> Result<Self, ProfileError> {
        let parsed = StoreMetadataRequest::decode(&metadata)?;
        match elements(&package)?.iccid.as_deref() == Some(&parsed.iccid[..]) {
            true => Ok(Self { metadata, package }),
            false => Err(ProfileError::Iccid),
        }
    }

    /// A header for this metadata, the given elements, and an end: for tests and demonstrations.
    pub fn build(metadata: &StoreMetadataRequest, inside: &[Vec<u8>]) -> Result<Self, ProfileError> {
        let header = tlv(
            HEADER,
            &[
                tlv(0x80, &[[2]]),
                tlv(0x81, &[[3]]),
                tlv(0x82, &[metadata.profile_name.as_bytes()]),
                tlv(ICCID, &[&metadata.iccid[..]]),
                // no mandatory services, no templates
                tlv::<&[u8]>(0xA5, &[]),
                tlv::<&[u8]>(0xA6, &[]),
            ],
        );
        let end = tlv(END, &[tlv(0xA0, &[tlv::<&[u8]>(0x80, &[]), tlv(0x81, &[[inside.len() as u8 & 0x7F]])])]);
        Self::new(metadata.encode()?, [header, inside.concat(), end].concat())
    }
}

/// What the frame of a package says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elements {
    pub count: usize,
    pub iccid: Option<Vec<u8>>,
}

/// Walks over a package; it must be whole.
pub fn elements(package: &[u8]) -> Result<Elements, ProfileError> {
    let mut reader = Reader::new(package);
    let header = reader.take(HEADER).map_err(|_| ProfileError::Frame)?;
    let (mut count, mut last) = (1, header.tag);
    while !reader.is_empty() {
        last = reader.next()?.tag;
        count += 1;
        // nothing stands behind the end
        if last == END && !reader.is_empty() {
            return Err(ProfileError::Frame);
        }
    }
    match last {
        END => Ok(Elements { count, iccid: iccid(header)? }),
        _ => Err(ProfileError::Frame),
    }
}

fn iccid(header: Tlv<'_>) -> Result<Option<Vec<u8>>, ProfileError> {
    let mut fields = header.children();
    while !fields.is_empty() {
        let field = fields.next()?;
        if field.tag == ICCID {
            return Ok(Some(field.value.to_vec()));
        }
    }
    Ok(None)
}
