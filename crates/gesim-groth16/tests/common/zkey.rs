//! A plain key as snarkjs writes it.

use ark_ff::{Field, PrimeField};
use gesim_groth16::{
    key::{g1_raw, g2_raw, KeyParts},
    Fq, Fr,
};

use super::Circuit;

/// The sections by number, so that tests can change them.
pub type Sections = Vec<(u32, Vec<u8>)>;

/// The file of `sections`.
pub fn file(sections: &Sections) -> Vec<u8> {
    let mut out = [b"zkey".as_slice(), &1u32.to_le_bytes(), &(sections.len() as u32).to_le_bytes()].concat();
    for (kind, bytes) in sections {
        out.extend([&kind.to_le_bytes()[..], &(bytes.len() as u64).to_le_bytes(), bytes].concat());
    }
    out
}

pub fn sections(circuit: &Circuit, parts: &KeyParts) -> Sections {
    assert!(parts.commitment.is_none());
    let (sizes, fixed) = (&parts.sizes, &parts.fixed);
    let mut header = Vec::new();
    for modulus in [Fq::MODULUS, Fr::MODULUS] {
        header.extend(32u32.to_le_bytes());
        header.extend(words(&modulus.0));
    }
    for number in [sizes.wires, sizes.public_inputs, 1 << sizes.domain_log2] {
        header.extend(number.to_le_bytes());
    }
    let [alpha1, beta1, delta1] = [&fixed.alpha_g1, &fixed.beta_g1, &fixed.delta_g1].map(|p| g1_raw(p).unwrap());
    let [beta2, gamma2, delta2] = [&fixed.beta_g2, &fixed.gamma_g2, &fixed.delta_g2].map(|p| g2_raw(p).unwrap());
    for point in [&alpha1[..], &beta1, &beta2, &gamma2, &delta1, &delta2] {
        header.extend(words(point));
    }
    let ic = parts.ic.iter().flat_map(|point| words(&g1_raw(point).unwrap())).collect();
    vec![
        (1, 1u32.to_le_bytes().to_vec()),
        (2, header),
        (3, ic),
        (4, coefficients(circuit)),
        (5, spread(&parts.a.wires, &parts.a.points, 0..sizes.wires)),
        (6, spread(&parts.b.wires, &parts.b.g1, 0..sizes.wires)),
        (7, spread(&parts.b.wires, &parts.b.g2, 0..sizes.wires)),
        (8, spread(&parts.c.wires, &parts.c.points, sizes.public_inputs + 1..sizes.wires)),
        (9, parts.h.iter().flat_map(|point| words(point)).collect()),
    ]
}

/// Entries of A and B, values in Montgomery form twice over; A with a row a public wire at its end.
fn coefficients(circuit: &Circuit) -> Vec<u8> {
    let once_more = Fr::from(2).pow([256]);
    let mut entries = Vec::new();
    let mut push = |matrix: u32, row: usize, wire: usize, value: Fr| {
        for number in [matrix, row as u32, wire as u32] {
            entries.extend(number.to_le_bytes());
        }
        entries.extend(words(&(value * once_more).0 .0));
    };
    for (matrix, rows) in [(0, &circuit.a), (1, &circuit.b)] {
        for (i, row) in rows.iter().enumerate() {
            row.iter().for_each(|(wire, value)| push(matrix, i, *wire, *value));
        }
    }
    for wire in 0..=circuit.public {
        push(0, circuit.a.len() + wire, wire, Fr::ONE);
    }
    [&((entries.len() / 44) as u32).to_le_bytes()[..], &entries].concat()
}

/// A point for every wire of the range, zeros for those without.
fn spread<const N: usize>(wires: &[u32], points: &[[u64; N]], range: std::ops::Range<u32>) -> Vec<u8> {
    let mut all = vec![[0u64; N]; range.len()];
    for (wire, point) in wires.iter().zip(points) {
        all[(wire - range.start) as usize] = *point;
    }
    words(all.as_flattened())
}

fn words(words: &[u64]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}
