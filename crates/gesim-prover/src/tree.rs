//! The batch's tree: ten levels of `P(left, right)` over the chunks, unused leaves 0.

use snarkrs_field::{Fr, Zero};

use gesim_core::layout::TREE_DEPTH;

use crate::poseidon::hash;

pub struct Tree {
    /// From the leaves up; a level holds what stands over a used leaf.
    levels: Vec<Vec<Fr>>,
    /// The node over unused leaves alone, of each level.
    empty: Vec<Fr>,
}

impl Tree {
    /// Over at most 1,024 leaves.
    pub fn new(leaves: Vec<Fr>) -> Self {
        assert!(leaves.len() <= 1 << TREE_DEPTH);
        let mut empty = vec![Fr::zero()];
        let mut levels = vec![leaves];
        for depth in 0..TREE_DEPTH {
            let none = empty[depth];
            let above = levels[depth].chunks(2).map(|pair| hash(&[pair[0], *pair.get(1).unwrap_or(&none)])).collect();
            levels.push(above);
            empty.push(hash(&[none, none]));
        }
        Self { levels, empty }
    }

    pub fn root(&self) -> Fr {
        *self.levels[TREE_DEPTH].first().unwrap_or(&self.empty[TREE_DEPTH])
    }

    /// Siblings from the leaf to the root.
    pub fn path(&self, index: u32) -> [Fr; TREE_DEPTH] {
        std::array::from_fn(|depth| {
            let sibling = (index as usize >> depth) ^ 1;
            *self.levels[depth].get(sibling).unwrap_or(&self.empty[depth])
        })
    }
}
