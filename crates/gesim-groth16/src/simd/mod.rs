//! Eight field elements at a time, one a lane, by AVX-512 IFMA.
//!
//! Every function that computes carries `#[target_feature(enable = "avx512f,avx512ifma")]`. Code that uses it does the
//! same, and is entered once, through `unsafe`, after [`available`] said yes; inside, all is safe and inlined:
//!
//! ```
//! # use gesim_groth16::{simd::{self, Fr8}, Fr};
//! # #[cfg(target_arch = "x86_64")]
//! #[target_feature(enable = "avx512f,avx512ifma")]
//! fn squares(x: &mut [Fr; 8]) {
//!     *x = Fr8::load(x).sqr().store();
//! }
//! # #[cfg(target_arch = "x86_64")]
//! if simd::available() {
//!     // SAFETY: the CPU has the features.
//!     unsafe { squares(&mut [Fr::from(3); 8]) }
//! }
//! ```
//!
//! **Bounds.** An element is any number below 2^260 with the right residue; "below k" means below k p, and 84 p < 2^260.
//! Operations say what they need and give. A program whose bounds hold computes exactly, whatever the inputs.
//!
//! There is no AVX2 path. Its products are of 32 bits: ten limbs of 26 bits, 200 products and 200 additions for four lanes
//! in sixteen registers. Written in the obvious way that took 105 cycles a field product on Zen 5, arkworks' scalar code
//! 54, and this module 7.3.

// Clippy takes safe functions with target features for unsafe ones.
#![allow(clippy::missing_safety_doc)]
// The constants serve the lanes only.
#![cfg_attr(not(target_arch = "x86_64"), allow(dead_code))]

mod modulus;
pub mod poseidon;
pub use modulus::{Base, Modulus, Scalars};

#[cfg(target_arch = "x86_64")]
mod field;
#[cfg(target_arch = "x86_64")]
mod pack;
#[cfg(target_arch = "x86_64")]
mod wide;
#[cfg(target_arch = "x86_64")]
pub use {field::F8, wide::Wide8};

/// Eight elements of the base field.
#[cfg(target_arch = "x86_64")]
pub type Fq8 = F8<Base>;
/// Eight scalars.
#[cfg(target_arch = "x86_64")]
pub type Fr8 = F8<Scalars>;

/// Whether this CPU (and operating system) can run the eight-lane code.
pub fn available() -> bool {
    #[cfg(target_arch = "x86_64")]
    return is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512ifma");
    #[cfg(not(target_arch = "x86_64"))]
    false
}
