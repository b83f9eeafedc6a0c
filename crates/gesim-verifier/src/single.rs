use crate::{
    field::{check_input, negate},
    pairs::Pairs,
    product::Product,
    proof::{Parts, Proof},
    runtime::{add, copy, pairing_is_one, read},
    VerifyError, VerifyingKey,
};

/// Accepts one proof for one public input:  `e(-A, B) e(alpha, beta) e(IC_0 + x IC_1, gamma) e(C, delta) = 1`.
pub fn verify(key: &VerifyingKey, proof: &Proof, input: &[u8; 32]) -> Result<(), VerifyError> {
    check_input(input)?;
    let Parts { a, b, c } = Parts::of(proof)?;
    let mut pairs = Pairs::new(4);

    let opposite = pairs.push(b);
    copy(opposite, a);
    negate(opposite);

    copy(pairs.push(&key.beta_g2), &key.alpha_g1);

    let mut terms = [read(&key.ic[0]), [0; 8]];
    let mut product = Product::new();
    product.set_scalar(read(input));
    product.of(&key.ic[1], &mut terms[1])?;
    add(&terms, pairs.push(&key.gamma_g2))?;

    copy(pairs.push(&key.delta_g2), c);

    pairing_is_one(pairs.as_words())
}
