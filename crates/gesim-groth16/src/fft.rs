//! The transforms of one domain: from A z and B z to the quotient's numerator on the odd coset.
//!
//! A domain has n = 2^log2 elements: the powers of w, arkworks' (and snarkjs') root of unity of that order. Its odd coset
//! is g times those, with g^2 = w. On the domain, A B - C is zero for a solved circuit; on the coset it is the quotient
//! times a constant, which the H query contains.

#[cfg(target_arch = "x86_64")]
mod butterfly;
#[cfg(target_arch = "x86_64")]
mod lanes;
mod portable;
#[cfg(test)]
mod tests;

use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{simd, Fr, Scalar};

/// What a transform works on: three vectors of n elements. Cleared when dropped.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Buffers {
    pub(crate) a: Vec<Scalar>,
    pub(crate) b: Vec<Scalar>,
    c: Vec<Scalar>,
}

impl Buffers {
    /// A z and B z as chunks one after the other, filled up with zeros.
    ///
    /// Panics if they are longer than the domain.
    pub fn new(domain: &Domain, a: &[&[Fr]], b: &[&[Fr]]) -> Self {
        let n = 1 << domain.log2;
        let fill = |chunks: &[&[Fr]]| {
            let mut out = Vec::with_capacity(n);
            out.extend(chunks.iter().copied().flatten().map(|x| x.0 .0));
            assert!(out.len() <= n, "more constraints than the domain has elements");
            out.resize(n, [0; 4]);
            out
        };
        Self { a: fill(a), b: fill(b), c: vec![[0; 4]; n] }
    }
}

/// A domain with its tables.
pub struct Domain {
    log2: u32,
    #[cfg(target_arch = "x86_64")]
    plan: Option<lanes::Plan>,
}

impl Domain {
    /// The domain of `2^log2` elements, `log2` at most 27.
    pub fn new(log2: u32) -> Self {
        Self {
            log2,
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the CPU has the features.
            plan: (log2 >= lanes::MIN_LOG2 && simd::available()).then(|| unsafe { lanes::Plan::new(log2) }),
        }
    }

    /// The same by arkworks alone.
    pub fn portable(log2: u32) -> Self {
        Self {
            log2,
            #[cfg(target_arch = "x86_64")]
            plan: None,
        }
    }

    /// A B - C on the odd coset, where A, B, C are the polynomials below degree n through `a`, `b` and their product: canonical
    /// words, in the coset's order. They lie in the buffers.
    pub fn quotient<'a>(&self, buffers: &'a mut Buffers) -> &'a [Scalar] {
        let Buffers { a, b, c } = &mut *buffers;
        #[cfg(target_arch = "x86_64")]
        if let Some(plan) = &self.plan {
            // SAFETY: there is a plan only if the CPU has the features.
            unsafe { plan.quotient(a, b, c) };
            return &buffers.a;
        }
        portable::quotient(a, b);
        &buffers.a
    }
}
