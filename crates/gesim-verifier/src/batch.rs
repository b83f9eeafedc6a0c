use crate::{
    field::{check_input, negate},
    pairs::Pairs,
    product::Product,
    proof::{Parts, Proof},
    runtime::{add, copy, pairing_is_one, read},
    scalar::{Inputs, Weights},
    single::verify,
    transcript::Coefficients,
    VerifyError, VerifyingKey,
};

/// The most proofs of one call: what a transaction of 1.4M compute units can verify, with room for a program around it. The
/// pairing's input is 9.1 KB of heap.
pub const MAX_BATCH: usize = 42;

/// Accepts many proofs of one circuit, each for its own public input, in one pairing product:
///
/// `prod e(r_i A_i, B_i) = e(S alpha, beta) e(S IC_0 + T IC_1, gamma) e(sum r_i C_i, delta)`,
/// with `S = sum r_i` and `T = sum r_i x_i`.
///
/// **Why it is sound.** Write E_i for the quotient of the two sides of proof i's own equation, an element of a group of
/// prime order r; the product checks that `prod E_i^(r_i) = 1`. With r_0 = 1:
/// - if proof 0 alone is wrong, the product is E_0 and not 1: refused whatever the coefficients are;
/// - if proof j > 0 is wrong, fix every other coefficient: at most one value of r_j modulo r makes the product 1, and
///   r_j is one of 2^128 values below r, all different modulo r. So a wrong batch passes with probability 2^-128.
///
/// A constant first coefficient loses nothing because only the ratios between coefficients matter; it saves two
/// multiplications. The coefficients come from a hash of the key and of *all* proofs and inputs: whoever chooses a
/// proof changes every coefficient, and cannot balance one error with another.
///
/// Every A_i, C_i is checked to be on the curve by the operation that reads it, every B_i to be in G2 by the pairing.
pub fn verify_batch(key: &VerifyingKey, proofs: &[&Proof], inputs: &[[u8; 32]]) -> Result<(), VerifyError> {
    if proofs.len() != inputs.len() {
        return Err(VerifyError::CountMismatch);
    }
    let (Some((first_proof, proofs_after)), Some((first_input, inputs_after))) =
        (proofs.split_first(), inputs.split_first())
    else {
        return Err(VerifyError::BatchSize);
    };
    if proofs_after.is_empty() {
        return verify(key, first_proof, first_input);
    }
    if proofs.len() > MAX_BATCH {
        return Err(VerifyError::BatchSize);
    }

    check_input(first_input)?;
    let Parts { a, b, c } = Parts::of(first_proof)?;
    let mut coefficients = Coefficients::new(b"gesim:groth16:batch:v1", &key.fingerprint, proofs, inputs)?;
    let (mut weights, mut statements) = (Weights::new(), Inputs::new(read(first_input)));
    let mut pairs = Pairs::new(proofs.len().wrapping_add(3));
    copy(pairs.push(b), a);

    // The sum of r_i C_i so far and its next term. Two pairs take turns: an addition reads one and writes to the other.
    let (mut now, mut next) = (&mut [read(c), [0; 8]], &mut [[0; 8]; 2]);
    let mut product = Product::new();
    for (proof, input) in proofs_after.iter().zip(inputs_after) {
        check_input(input)?;
        let Parts { a, b, c } = Parts::of(proof)?;
        let coefficient = coefficients.next();
        weights.add(coefficient);
        statements.add(coefficient, read(input));
        product.set_coefficient(coefficient);
        product.of(a, pairs.push(b))?;
        product.of(c, &mut now[1])?;
        add(now, &mut next[0])?;
        core::mem::swap(&mut now, &mut next);
    }
    let sum = pairs.push(&key.delta_g2);
    *sum = now[0];
    negate(sum);

    product.set_scalar(weights.sum());
    let sum = pairs.push(&key.beta_g2);
    product.of(&key.alpha_g1, sum)?;
    negate(sum);

    product.of(&key.ic[0], &mut now[0])?;
    product.set_scalar(statements.reduced());
    product.of(&key.ic[1], &mut now[1])?;
    let sum = pairs.push(&key.gamma_g2);
    add(now, sum)?;
    negate(sum);

    pairing_is_one(pairs.as_words())
}
