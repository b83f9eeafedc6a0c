//! Distinguished names and the names of hosts.

use crate::{
    der::{only, Reader, OBJECT_ID, PRINTABLE_STRING, SEQUENCE, SET, UTF8_STRING},
    CertError,
};

/// The next distinguished name with its header: relative names of one X.520 attribute each, a UTF8String or PrintableString.
pub fn read<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], CertError> {
    let value = reader.value()?;
    let mut relative = only(value.whole, SEQUENCE)?;
    if relative.is_empty() {
        return Err(CertError::Name);
    }
    while !relative.is_empty() {
        let mut attribute = only(relative.take(SET)?, SEQUENCE)?;
        // 2.5.4.x: common name, organization, country and their like
        let [0x55, 0x04, ..=0x7F] = *attribute.take(OBJECT_ID)? else { return Err(CertError::Name) };
        let text = attribute.value()?;
        attribute.end()?;
        let fits = match text.tag {
            UTF8_STRING => core::str::from_utf8(text.content).is_ok_and(|text| !text.chars().any(char::is_control)),
            PRINTABLE_STRING => text.content.iter().all(is_printable),
            _ => return Err(CertError::Name),
        };
        if !fits || text.content.is_empty() {
            return Err(CertError::Name);
        }
    }
    Ok(value.whole)
}

/// The characters of a PrintableString.
fn is_printable(octet: &u8) -> bool {
    octet.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(octet)
}

/// A host name of letters, digits and hyphens; no wildcard, no final dot.
pub fn host(octets: &[u8]) -> Result<&str, CertError> {
    let label = |label: &[u8]| {
        matches!(label.len(), 1..=63)
            && label.iter().all(|octet| octet.is_ascii_alphanumeric() || *octet == b'-')
            && label.first() != Some(&b'-')
            && label.last() != Some(&b'-')
    };
    match octets.len() <= 253 && octets.split(|octet| *octet == b'.').all(label) {
        true => core::str::from_utf8(octets).map_err(|_| CertError::DnsName),
        false => Err(CertError::DnsName),
    }
}
