use crate::{
    field::{check_input, opposite},
    group,
    pairs::Pairs,
    proof::{Parts, Proof},
    VerifyError, VerifyingKey,
};

/// Accepts one proof for one public input:  `e(-A, B) e(alpha, beta) e(IC_0 + x IC_1, gamma) e(C, delta) = 1`.
pub fn verify(key: &VerifyingKey, proof: &Proof, input: &[u8; 32]) -> Result<(), VerifyError> {
    check_input(input)?;
    let Parts { a, b, c } = Parts::of(proof)?;
    let mut pairs = Pairs::new(4);

    *pairs.push(b) = opposite(*a);
    *pairs.push(&key.beta_g2) = key.alpha_g1;
    let mut terms = [key.ic[0], [0; 64]];
    group::multiply(&group::scaled(&key.ic[1], input), &mut terms[1])?;
    group::add(&terms, pairs.push(&key.gamma_g2))?;

    *pairs.push(&key.delta_g2) = *c;

    group::pairing_is_one(pairs.as_bytes())
}
