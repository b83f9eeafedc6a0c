use super::{
    challenge::expand,
    key::CommittedKey,
    proof::{check_pok, CommittedParts, CommittedProof},
};
use crate::{
    field::{check_input, negate},
    pairs::Pairs,
    product::Product,
    runtime::{add, copy, pairing_is_one, read},
    scalar::Challenges,
    VerifyError,
};

/// Accepts one proof for one public input, by the two equations of ADR 0005 as they stand:
///
/// `e(-A, B) e(alpha, beta) e(IC_0 + x IC_1 + challenge IC_2 + D, gamma) e(C, delta) = 1` and
/// `e(D, -sigma G) e(pok, G) = 1`. No randomness: the oracle of [`super::verify_committed_batch`].
pub fn verify_committed(
    key: &CommittedKey,
    proof: &CommittedProof,
    pok: &[u8; 64],
    input: &[u8; 32],
) -> Result<(), VerifyError> {
    check_pok(pok)?;
    check_input(input)?;
    let CommittedParts { a, b, c, d } = CommittedParts::of(proof)?;

    let mut pairs = Pairs::new(4);
    let opposite = pairs.push(b);
    copy(opposite, a);
    negate(opposite);
    copy(pairs.push(&key.beta_g2), &key.alpha_g1);

    let (mut now, mut next) = ([read(&key.ic[0]), [0; 8]], [[0; 8]; 2]);
    let mut product = Product::new();
    product.set_scalar(read(input));
    product.of(&key.ic[1], &mut now[1])?;
    add(&now, &mut next[0])?;
    product.set_scalar(Challenges::new(expand(d)).reduced());
    product.of(&key.ic[2], &mut next[1])?;
    add(&next, &mut now[0])?;
    now[1] = read(d);
    add(&now, pairs.push(&key.gamma_g2))?;

    copy(pairs.push(&key.delta_g2), c);
    pairing_is_one(pairs.as_words())?;

    let mut pairs = Pairs::new(2);
    copy(pairs.push(&key.commitment_sigma_neg), d);
    copy(pairs.push(&key.commitment_g), pok);
    pairing_is_one(pairs.as_words())
}
