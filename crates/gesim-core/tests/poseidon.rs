//! Poseidon of the programs against light-poseidon and published values.

use ark_bn254::Fr;
use ark_ff::{BigInteger, PrimeField};
use gesim_core::{
    inputs::{Totals, INITIAL_COMMITMENT},
    poseidon::{field, is_canonical, poseidon, Field, MODULUS},
    CoreError,
};
use light_poseidon::{Poseidon, PoseidonHasher};

fn one_below_the_modulus() -> Field {
    let mut value = MODULUS;
    value[31] = 0;
    value
}

fn reference(inputs: &[Field]) -> Field {
    let elements: Vec<Fr> = inputs.iter().map(|input| Fr::from_be_bytes_mod_order(input)).collect();
    let hash = Poseidon::<Fr>::new_circom(inputs.len()).unwrap().hash(&elements).unwrap();
    hash.into_bigint().to_bytes_be().try_into().unwrap()
}

#[test]
fn every_width_agrees_with_light_poseidon_ok() {
    for width in 1..=12usize {
        let mut inputs: Vec<Field> = (0..width as u64).map(|i| field(u64::MAX - 77 * i)).collect();
        inputs[width / 2] = one_below_the_modulus();
        let refs: Vec<&[u8]> = inputs.iter().map(|input| &input[..]).collect();
        assert_eq!(poseidon(&refs).unwrap(), reference(&inputs), "{width} inputs");
    }
}

/// circomlib's own test vector for Poseidon(1, 2).
#[test]
fn circomlib_vector_ok() {
    let expected = "7853200120776062878684798364095072458815029376092732009249414926327459813530";
    let hash = poseidon(&[&field(1), &field(2)]).unwrap();
    assert_eq!(num_bigint::BigUint::from_bytes_be(&hash).to_string(), expected);
}

#[test]
fn initial_commitment_is_that_of_no_totals_ok() {
    assert_eq!(Totals::default().commit(&[0; 32]).unwrap(), INITIAL_COMMITMENT);
    assert_eq!(reference(&[[0; 32]; 10]), INITIAL_COMMITMENT);
}

#[test]
fn commitment_depends_on_every_part_ok() {
    let totals = Totals { lanes: [1, 2, 3, 4, 5, 6, 7, 8], records: 9 };
    let commitment = totals.commit(&field(10)).unwrap();
    assert_ne!(totals.commit(&field(11)).unwrap(), commitment);
    assert_ne!(Totals { records: 10, ..totals }.commit(&field(10)).unwrap(), commitment);
    for lane in 0..8 {
        let mut other = totals;
        other.lanes[lane] += 1;
        assert_ne!(other.commit(&field(10)).unwrap(), commitment, "lane {lane}");
    }
}

#[test]
fn largest_element_ok() {
    assert!(is_canonical(&one_below_the_modulus()));
    assert!(poseidon(&[&one_below_the_modulus()]).is_ok());
}

#[test]
fn element_at_or_above_the_modulus_fails() {
    let mut above = MODULUS;
    above[31] += 1;
    for bad in [MODULUS, above, [0xff; 32]] {
        assert!(!is_canonical(&bad));
        assert_eq!(poseidon(&[&bad]), Err(CoreError::FieldElement));
        assert_eq!(poseidon(&[&field(1), &bad]), Err(CoreError::FieldElement));
        assert_eq!(Totals::default().commit(&bad), Err(CoreError::FieldElement));
    }
}

#[test]
fn no_or_too_many_or_misshapen_inputs_fails() {
    assert!(poseidon(&[]).is_err());
    assert!(poseidon(&[&[0u8; 32][..]; 13]).is_err());
    assert!(poseidon(&[&[0u8; 33][..]]).is_err());
    assert!(poseidon(&[&[][..]]).is_err());
}

#[test]
fn modulus_is_the_scalar_fields_ok() {
    assert_eq!(Fr::MODULUS.to_bytes_be(), MODULUS);
}
