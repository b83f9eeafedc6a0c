//! Transforms of eight vectors at once, one a lane, small enough for the cache.

use crate::{
    simd::{Fr8, F8},
    Fr,
};

/// A root in all lanes; its limbs, below 1 + 2^-10.
pub type Limbs = [u64; 5];

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn limbs(x: Fr) -> Limbs {
    Fr8::all(x).limbs().map(|lanes| lanes[0])
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn splat(x: &Limbs) -> Fr8 {
    F8::from_limbs(x.map(|limb| [limb; 8]))
}

/// The powers of a root of unity of order `len`.
pub struct Roots(Vec<Limbs>);

impl Roots {
    /// `root` has order `len`, a power of two.
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn new(root: Fr, len: usize) -> Self {
        let mut power = Fr::from(1);
        let mut table = Vec::with_capacity(len);
        for _ in 0..len {
            table.push(limbs(power));
            power *= root;
        }
        Self(table)
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn at(&self, i: usize) -> Fr8 {
        splat(&self.0[i])
    }

    /// The roots with which the other three of four quarters are turned; none if they are all one.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn turn(&self, j: usize, step: usize) -> Option<[Fr8; 3]> {
        let i = j * step;
        (j != 0).then(|| [self.at(2 * i), self.at(i), self.at(3 * i)])
    }
}

/// From values in order to their transform in bit-reversed order: decimation in frequency, two levels at a time.
/// Values below 3, before and after.
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn down(x: &mut [Fr8], roots: &Roots) {
    let len = x.len();
    debug_assert_eq!(len, roots.0.len());
    let mut size = len;
    while size >= 4 {
        let (quarter, step) = (size / 4, len / size);
        let i = roots.at(len / 4);
        for j in 0..quarter {
            let turn = roots.turn(j, step);
            for at in (j..len).step_by(size) {
                let [u0, u1, u2, u3] = [0, 1, 2, 3].map(|part| x[at + part * quarter]);
                let (a0, a1) = (u0.add(u2), u1.add(u3)); // 6
                let (b0, b1) = (u0.sub::<3>(u2), u1.sub::<3>(u3).mul(i)); // 6, 3
                let (y1, y2, y3) = (a0.sub::<6>(a1), b0.add(b1), b0.sub::<3>(b1)); // 12, 9, 9
                x[at] = a0.add(a1).reduce();
                match turn {
                    Some([t1, t2, t3]) => {
                        x[at + quarter] = y1.mul(t1);
                        x[at + 2 * quarter] = y2.mul(t2);
                        x[at + 3 * quarter] = y3.mul(t3);
                    }
                    None => {
                        x[at + quarter] = y1.reduce();
                        x[at + 2 * quarter] = y2.reduce();
                        x[at + 3 * quarter] = y3.reduce();
                    }
                }
            }
        }
        size = quarter;
    }
    if size == 2 {
        for pair in x.as_chunks_mut::<2>().0 {
            *pair = [pair[0].add(pair[1]).reduce(), pair[0].sub::<3>(pair[1]).reduce()];
        }
    }
}

/// The way back, without the division by the length: from bit-reversed order to order, decimation in time.
/// Values below 3 before, below 11 after.
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn up(x: &mut [Fr8], roots: &Roots) {
    let len = x.len();
    debug_assert_eq!(len, roots.0.len());
    let mut size = 1;
    if len.trailing_zeros() % 2 == 1 {
        for pair in x.as_chunks_mut::<2>().0 {
            *pair = [pair[0].add(pair[1]), pair[0].sub::<3>(pair[1])];
        }
        size = 2;
    }
    while size < len {
        let step = len / (4 * size);
        let i = roots.at(len / 4);
        for j in 0..size {
            let turn = roots.turn(j, step);
            for at in (j..len).step_by(4 * size) {
                let [u0, u1, u2, u3] = [0, 1, 2, 3].map(|part| x[at + part * size]);
                let v0 = u0.reduce();
                let [v1, v2, v3] = match turn {
                    Some([t1, t2, t3]) => [u1.mul(t1), u2.mul(t2), u3.mul(t3)],
                    None => [u1.reduce(), u2.reduce(), u3.reduce()],
                };
                let (a, b) = (v0.add(v1), v0.sub::<3>(v1)); // 5
                let (c, d) = (v2.add(v3), v2.sub::<3>(v3).mul(i)); // 6, 3
                x[at] = a.add(c);
                x[at + size] = b.add(d);
                x[at + 2 * size] = a.sub::<6>(c);
                x[at + 3 * size] = b.sub::<3>(d);
            }
        }
        size *= 4;
    }
}
