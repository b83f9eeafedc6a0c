use super::{
    batch::{coefficients, one_of_each},
    key::CommittedKey,
    proof::{check_pok, CommittedParts, CommittedProof},
};
use crate::{
    product::Product,
    runtime::{add, bytes, read},
    VerifyError,
};

/// The proof of knowledge of a whole batch, `sum r_i pok_i`: for whoever submits one. It belongs to these proofs, these
/// inputs and this order, because the coefficients do. Whether the result proves anything is for the verifier to say.
pub fn fold_poks(
    key: &CommittedKey,
    proofs: &[&CommittedProof],
    inputs: &[[u8; 32]],
    poks: &[[u8; 64]],
) -> Result<[u8; 64], VerifyError> {
    one_of_each(proofs, inputs)?;
    let Some((first, after)) = poks.split_first().filter(|_| poks.len() == proofs.len()) else {
        return Err(VerifyError::CountMismatch);
    };
    for proof in proofs {
        CommittedParts::of(proof)?;
    }
    check_pok(first)?;
    let mut coefficients = coefficients(key, proofs, inputs)?;
    let (mut sum, mut product) = ([read(first), [0; 8]], Product::new());
    for pok in after {
        check_pok(pok)?;
        product.set_coefficient(coefficients.next());
        product.of(pok, &mut sum[1])?;
        let mut next = [0; 8];
        add(&sum, &mut next)?;
        sum[0] = next;
    }
    let mut out = [0; 64];
    out.copy_from_slice(bytes(&sum[0]));
    Ok(out)
}
