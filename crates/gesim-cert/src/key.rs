//! Public keys of the curve P-256.

use crate::{
    der::{Reader, OBJECT_ID, SEQUENCE},
    oid, CertError,
};

/// Octets of an uncompressed point: 4, X, Y.
pub const POINT_LEN: usize = 65;

/// The next SubjectPublicKeyInfo's point.
pub fn read<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8; POINT_LEN], CertError> {
    let mut info = reader.enter(SEQUENCE)?;
    let mut algorithm = info.enter(SEQUENCE)?;
    if algorithm.take(OBJECT_ID)? != oid::EC_PUBLIC_KEY {
        return Err(CertError::KeyAlgorithm);
    }
    let curve = algorithm.take(OBJECT_ID)?;
    algorithm.end()?;
    let octets = info.octets_of_bits()?;
    info.end()?;
    if curve != oid::P256 {
        oid::check(curve)?;
        return Err(CertError::UnsupportedCurve);
    }
    let point: &[u8; POINT_LEN] = octets.try_into().map_err(|_| CertError::Point)?;
    match point.first() {
        Some(4) => Ok(point),
        _ => Err(CertError::Point),
    }
}

/// SEC1's compressed form of a point: what the secp256r1 precompile takes.
pub fn compress(point: &[u8; POINT_LEN]) -> [u8; 33] {
    let [_, coordinates @ ..] = point;
    let (x, y) = coordinates.split_at(32);
    let mut out = [2 | y.last().copied().unwrap_or_default() & 1; 33];
    out.iter_mut().skip(1).zip(x).for_each(|(out, octet)| *out = *octet);
    out
}
