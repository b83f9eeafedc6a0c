use super::{
    challenge::expand,
    key::CommittedKey,
    proof::{check_pok, CommittedParts, CommittedProof},
};
use crate::{
    batch::MAX_BATCH,
    field::{check_input, negate},
    pairs::Pairs,
    product::Product,
    runtime::{add, copy, pairing_is_one, read, G1},
    scalar::{Challenges, Inputs, Weights},
    transcript::Coefficients,
    VerifyError,
};

/// As many inputs as proofs, and no more than a batch holds.
pub(super) fn one_of_each(proofs: &[&CommittedProof], inputs: &[[u8; 32]]) -> Result<(), VerifyError> {
    if proofs.len() != inputs.len() {
        return Err(VerifyError::CountMismatch);
    }
    if proofs.is_empty() || proofs.len() > MAX_BATCH {
        return Err(VerifyError::BatchSize);
    }
    Ok(())
}

pub(super) fn coefficients(
    key: &CommittedKey,
    proofs: &[&CommittedProof],
    inputs: &[[u8; 32]],
) -> Result<Coefficients, VerifyError> {
    Coefficients::new(b"gesim:bsb22:batch:v1", &key.fingerprint, proofs, inputs)
}

/// A sum of points and its next term. An addition reads both and writes elsewhere, so two pairs take turns.
struct Running {
    pairs: [[G1; 2]; 2],
    now: usize,
}

/// Accepts many proofs of one circuit, each for its own public input, and their folded proof of knowledge, in one product
/// of N + 5 pairings. With h_i the challenge of D_i, S = sum r_i, T = sum r_i x_i, H = sum r_i h_i:
///
/// `E = prod e(r_i A_i, B_i) / (e(S alpha, beta) e(S IC_0 + T IC_1 + H IC_2 + sum r_i D_i, gamma) e(sum r_i C_i, delta))`,
/// `P = e(sum r_i D_i, -sigma G) e(POK, G)`, and it checks that `E P^rho = 1`.
///
/// **Why it is sound.** The challenges are this function's own, computed from the D_i it reads. Then:
/// - r_i, 128 bits each, come from a hash of the key and of *all* proofs (D_i included) and inputs, r_0 = 1. As in
///   [`crate::verify_batch`], a proof whose own equation fails leaves E other than 1, except with probability 2^-128.
/// - `pok_i = sigma D_i` shows that D_i is a combination of the committed wires' points. It is linear, so the sum serves for all:
///   if some D_i lies outside their span, at most one value of r_i brings `sum r_i D_i` back into it (if i = 0 alone does,
///   nothing brings it back); outside of it nobody finds a POK with P = 1. POK itself is chosen after the r_i: it must be
///   `sigma sum r_i D_i`, one point, and knowing the r_i does not help to find it.
/// - rho comes from a hash of the seed and of POK, so that E and P are fixed before it is drawn. If P is not 1, at most one
///   value of rho makes `E P^rho` = 1; if P is 1, E must be 1. No error of one equation repairs the other.
///
/// Every A_i, C_i, D_i and POK is checked to be on the curve by the operation that reads it (C_0 and D_0 by an addition, or the
/// pairing), every B_i to be in G2 by the pairing.
pub fn verify_committed_batch(
    key: &CommittedKey,
    proofs: &[&CommittedProof],
    pok: &[u8; 64],
    inputs: &[[u8; 32]],
) -> Result<(), VerifyError> {
    one_of_each(proofs, inputs)?;
    let (Some((first_proof, proofs_after)), Some((first_input, inputs_after))) =
        (proofs.split_first(), inputs.split_first())
    else {
        return Err(VerifyError::BatchSize);
    };

    check_pok(pok)?;
    check_input(first_input)?;
    let CommittedParts { a, b, c, d } = CommittedParts::of(first_proof)?;
    let mut coefficients = coefficients(key, proofs, inputs)?;
    let mut weights = Weights::new();
    let mut statements = Inputs::new(read(first_input));
    let mut challenges = Challenges::new(expand(d));
    let mut pairs = Pairs::new(proofs.len().wrapping_add(5));
    copy(pairs.push(b), a);

    let (mut c_sum, mut d_sum) = (Running::new(c), Running::new(d));
    let mut product = Product::new();
    for (proof, input) in proofs_after.iter().zip(inputs_after) {
        check_input(input)?;
        let CommittedParts { a, b, c, d } = CommittedParts::of(proof)?;
        let coefficient = coefficients.next();
        weights.add(coefficient);
        statements.add(coefficient, read(input));
        challenges.add(coefficient, expand(d));
        product.set_coefficient(coefficient);
        product.of(a, pairs.push(b))?;
        product.of(c, c_sum.term())?;
        c_sum.add()?;
        product.of(d, d_sum.term())?;
        d_sum.add()?;
    }
    let sum = pairs.push(&key.delta_g2);
    *sum = *c_sum.total();
    negate(sum);

    // The second equation, to the power of rho.
    product.set_coefficient(coefficients.weight(pok));
    product.of_words(d_sum.total(), pairs.push(&key.commitment_sigma_neg))?;
    product.of(pok, pairs.push(&key.commitment_g))?;

    product.set_scalar(weights.sum());
    let sum = pairs.push(&key.beta_g2);
    product.of(&key.alpha_g1, sum)?;
    negate(sum);

    product.of(&key.ic[0], d_sum.term())?;
    d_sum.add()?;
    product.set_scalar(statements.reduced());
    product.of(&key.ic[1], d_sum.term())?;
    d_sum.add()?;
    product.set_scalar(challenges.reduced());
    product.of(&key.ic[2], d_sum.term())?;
    d_sum.add()?;
    let sum = pairs.push(&key.gamma_g2);
    *sum = *d_sum.total();
    negate(sum);

    pairing_is_one(pairs.as_words())
}

impl Running {
    #[inline(always)]
    fn new(first: &[u8; 64]) -> Self {
        Self { pairs: [[read(first), [0; 8]], [[0; 8]; 2]], now: 0 }
    }

    /// Where the next term goes.
    #[inline(always)]
    fn term(&mut self) -> &mut G1 {
        &mut self.pairs[self.now & 1][1]
    }

    #[inline(always)]
    fn add(&mut self) -> Result<(), VerifyError> {
        let [left, right] = &mut self.pairs;
        let (from, to) = if self.now & 1 == 0 { (left, right) } else { (right, left) };
        self.now ^= 1;
        add(from, &mut to[0])
    }

    #[inline(always)]
    fn total(&self) -> &G1 {
        &self.pairs[self.now & 1][0]
    }
}
