//! snarkjs' keys, packed: what their sections say, and nothing of what they must not say.

mod common;

use common::{
    zkey::{file, sections, Sections},
    Circuit,
};
use gesim_groth16::{
    key::{from_zkey, Identity, KeyParts},
    Error,
};
use rand::{rngs::StdRng, SeedableRng};

fn case() -> (Sections, KeyParts) {
    let mut rng = StdRng::seed_from_u64(1);
    let circuit = Circuit::random(2, 6, 21, &mut rng);
    let parts = circuit.key(&[], &mut rng);
    (sections(&circuit, &parts), parts)
}

fn read(bytes: &[u8]) -> Result<KeyParts, Error> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    from_zkey(file.path(), Identity::default())
}

fn refused(bytes: &[u8]) {
    assert!(matches!(read(bytes), Err(Error::File { .. })));
}

#[test]
fn a_zkey_is_packed_point_by_point() {
    let (sections, parts) = case();
    assert_eq!(read(&file(&sections)).unwrap(), parts);
    // sections come in any order, and those of the ceremony are none of our business
    let mut other = sections.clone();
    other.reverse();
    other.push((10, vec![1, 2, 3]));
    assert_eq!(read(&file(&other)).unwrap(), parts);
}

#[test]
fn sections_are_complete_and_of_the_right_length() {
    let (good, _) = case();
    for i in 0..good.len() {
        let mut missing = good.clone();
        missing.remove(i);
        refused(&file(&missing));
        let mut twice = good.clone();
        twice.push(good[i].clone());
        refused(&file(&twice));
        for change in [|bytes: &mut Vec<u8>| drop(bytes.drain(..1)), |bytes: &mut Vec<u8>| bytes.push(0)] {
            let mut odd = good.clone();
            change(&mut odd[i].1);
            refused(&file(&odd));
        }
    }
}

#[test]
fn broken_files_are_refused() {
    let (good, _) = case();
    let whole = file(&good);
    for length in [0, 3, 11, 12, 20, whole.len() - 1] {
        refused(&whole[..length]);
    }
    refused(&[&whole[..], &[0]].concat());
    // magic, version, protocol, the two moduli, a domain that is no power of two, more public inputs than wires, a
    // header point off the curve, an IC point off the curve, the number of entries
    let header = 12 + 12 + 4 + 12;
    let ic = header + good[1].1.len() + 12;
    let entries = ic + good[2].1.len() + 12;
    for at in [0, 4, 24, header + 4, header + 40, header + 80, header + 78, header + 84, ic, entries] {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        refused(&bytes);
    }
    // a length past the end
    let mut bytes = whole.clone();
    bytes[16..24].fill(0xff);
    refused(&bytes);
}

/// B must be at infinity for the same wires in both groups: one list serves both.
#[test]
fn b_is_the_same_query_in_both_groups() {
    let (good, parts) = case();
    let mut other = good.clone();
    let wire = parts.b.wires[1] as usize;
    other[5].1[64 * wire..64 * (wire + 1)].fill(0);
    refused(&file(&other));
}
