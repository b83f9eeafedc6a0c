//! The whole tree against hashing it from the bottom, and the constants of unused subtrees.

use gesim_core::{
    eid::{root, EID_TREE_DEPTH},
    eid_tree::{EidTree, EID_LEAVES, EMPTY_NODES},
    poseidon::{field, poseidon, Field, MODULUS},
    CoreError,
};
use proptest::prelude::*;

#[test]
fn empty_nodes_ok() {
    assert_eq!(EMPTY_NODES[0], [0; 32]);
    for level in 0..EID_TREE_DEPTH {
        let below = &EMPTY_NODES[level];
        assert_eq!(EMPTY_NODES[level + 1], poseidon(&[below, below]).unwrap(), "level {level}");
    }
    assert_eq!(EidTree::new().root(), EMPTY_NODES[EID_TREE_DEPTH]);
    assert_eq!(EID_LEAVES, 1_048_576);
}

/// The root by its definition: level after level over all leaves, zeros behind them.
fn naive(leaves: &[Field]) -> Field {
    let mut level = leaves.to_vec();
    for empty in &EMPTY_NODES[..EID_TREE_DEPTH] {
        level.resize(level.len().next_multiple_of(2).max(2), *empty);
        level = level.chunks(2).map(|pair| poseidon(&[&pair[0], &pair[1]]).unwrap()).collect();
    }
    level[0]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// `Some` clears the leaf at that index modulo their number, `None` appends.
    #[test]
    fn any_history_ok(steps in proptest::collection::vec(proptest::option::weighted(0.3, any::<u32>()), 1..40)) {
        let (mut tree, mut leaves) = (EidTree::new(), Vec::<Field>::new());
        for (step, number) in steps.into_iter().zip(1u64..) {
            match step {
                Some(at) if !leaves.is_empty() => {
                    let index = at % leaves.len() as u32;
                    leaves[index as usize] = [0; 32];
                    tree.clear(index).unwrap();
                }
                _ => {
                    prop_assert_eq!(tree.push(field(number)).unwrap() as usize, leaves.len());
                    leaves.push(field(number));
                }
            }
        }
        prop_assert_eq!(tree.root(), naive(&leaves));
        for (index, leaf) in (0u32..).zip(leaves.iter().chain([&[0; 32]])) {
            prop_assert_eq!(tree.leaf(index), *leaf);
            prop_assert_eq!(root(leaf, index, &tree.path(index)).unwrap(), tree.root());
            // and the path is of that place, not of its neighbour
            if *leaf != tree.leaf(index ^ 1) {
                prop_assert_ne!(root(leaf, index ^ 1, &tree.path(index)).unwrap(), tree.root());
            }
        }
        prop_assert_eq!(EidTree::from_leaves(leaves).unwrap().root(), tree.root());
    }
}

#[test]
fn what_is_not_a_leaf_fails() {
    let mut tree = EidTree::from_leaves([field(7)]).unwrap();
    let before = tree.root();
    assert_eq!(tree.push(MODULUS), Err(CoreError::FieldElement));
    assert_eq!(tree.clear(1), Err(CoreError::Leaf(1)));
    assert_eq!((tree.len(), tree.root()), (1, before), "nothing changed");
    assert!(root(&MODULUS, 0, &tree.path(0)).is_err());
}
