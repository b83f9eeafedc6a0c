//! A registrar's tree of leaves (ADR 0009): depth 20, `P(left, right)`, unused leaves zero. [`EidTree`] is the whole tree,
//! for whoever makes paths; the program keeps a frontier only. [`crate::eid::root`] checks a path.

extern crate alloc;

use alloc::vec::Vec;

use crate::{
    eid::EID_TREE_DEPTH,
    poseidon::{poseidon, Field},
    CoreError,
};

/// Leaves that a tree holds.
pub const EID_LEAVES: u32 = 1 << EID_TREE_DEPTH;

/// The node over unused leaves alone, of each level: zero, and then each `P(n, n)` of the one before.
pub const EMPTY_NODES: [Field; EID_TREE_DEPTH + 1] = [
    hex(b"0000000000000000000000000000000000000000000000000000000000000000"),
    hex(b"2098f5fb9e239eab3ceac3f27b81e481dc3124d55ffed523a839ee8446b64864"),
    hex(b"1069673dcdb12263df301a6ff584a7ec261a44cb9dc68df067a4774460b1f1e1"),
    hex(b"18f43331537ee2af2e3d758d50f72106467c6eea50371dd528d57eb2b856d238"),
    hex(b"07f9d837cb17b0d36320ffe93ba52345f1b728571a568265caac97559dbc952a"),
    hex(b"2b94cf5e8746b3f5c9631f4c5df32907a699c58c94b2ad4d7b5cec1639183f55"),
    hex(b"2dee93c5a666459646ea7d22cca9e1bcfed71e6951b953611d11dda32ea09d78"),
    hex(b"078295e5a22b84e982cf601eb639597b8b0515a88cb5ac7fa8a4aabe3c87349d"),
    hex(b"2fa5e5f18f6027a6501bec864564472a616b2e274a41211a444cbe3a99f3cc61"),
    hex(b"0e884376d0d8fd21ecb780389e941f66e45e7acce3e228ab3e2156a614fcd747"),
    hex(b"1b7201da72494f1e28717ad1a52eb469f95892f957713533de6175e5da190af2"),
    hex(b"1f8d8822725e36385200c0b201249819a6e6e1e4650808b5bebc6bface7d7636"),
    hex(b"2c5d82f66c914bafb9701589ba8cfcfb6162b0a12acf88a8d0879a0471b5f85a"),
    hex(b"14c54148a0940bb820957f5adf3fa1134ef5c4aaa113f4646458f270e0bfbfd0"),
    hex(b"190d33b12f986f961e10c0ee44d8b9af11be25588cad89d416118e4bf4ebe80c"),
    hex(b"22f98aa9ce704152ac17354914ad73ed1167ae6596af510aa5b3649325e06c92"),
    hex(b"2a7c7c9b6ce5880b9f6f228d72bf6a575a526f29c66ecceef8b753d38bba7323"),
    hex(b"2e8186e558698ec1c67af9c14d463ffc470043c9c2988b954d75dd643f36b992"),
    hex(b"0f57c5571e9a4eab49e2c8cf050dae948aef6ead647392273546249d1c1ff10f"),
    hex(b"1830ee67b5fb554ad5f63d4388800e1cfe78e310697d46e43c9ce36134f72cca"),
    hex(b"2134e76ac5d21aab186c2be1dd8f84ee880a1e46eaf712f9d371b6df22191f3e"),
];

const fn hex(text: &[u8; 64]) -> Field {
    const fn digit(byte: u8) -> u8 {
        match byte {
            b'0'..=b'9' => byte - b'0',
            _ => byte - b'a' + 10,
        }
    }
    let (mut out, mut at) = ([0; 32], 0);
    while at < 32 {
        out[at] = digit(text[2 * at]) << 4 | digit(text[2 * at + 1]);
        at += 1;
    }
    out
}

/// The node above a node at this position of its level.
pub fn parent(node: &Field, sibling: &Field, position: u32) -> Result<Field, CoreError> {
    match position & 1 {
        0 => poseidon(&[node, sibling]),
        _ => poseidon(&[sibling, node]),
    }
}

/// Every node of a tree that stands over a used leaf. Appending and clearing take 20 hashes, a path none.
#[derive(Debug, Clone)]
pub struct EidTree {
    /// From the leaves up; the last one is the root, once there is a leaf.
    levels: [Vec<Field>; EID_TREE_DEPTH + 1],
}

impl Default for EidTree {
    fn default() -> Self {
        Self::new()
    }
}

impl EidTree {
    pub const fn new() -> Self {
        Self { levels: [const { Vec::new() }; EID_TREE_DEPTH + 1] }
    }

    /// The tree of these leaves, cleared ones as zero.
    pub fn from_leaves(leaves: impl IntoIterator<Item = Field>) -> Result<Self, CoreError> {
        let mut tree = Self::new();
        for leaf in leaves {
            tree.push(leaf)?;
        }
        Ok(tree)
    }

    /// Leaves that were ever appended.
    pub fn len(&self) -> u32 {
        self.levels.first().map_or(0, |leaves| leaves.len() as u32)
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn root(&self) -> Field {
        self.node(EID_TREE_DEPTH, 0)
    }

    /// Zero where nothing was appended, or where it was cleared.
    pub fn leaf(&self, index: u32) -> Field {
        self.node(0, index)
    }

    /// Siblings from the leaf up. Of an index without a leaf too: there it leads from zero to the root.
    pub fn path(&self, index: u32) -> [Field; EID_TREE_DEPTH] {
        core::array::from_fn(|level| self.node(level, (index >> level) ^ 1))
    }

    /// Appends and returns the leaf's index.
    pub fn push(&mut self, leaf: Field) -> Result<u32, CoreError> {
        let index = self.len();
        if index >= EID_LEAVES {
            return Err(CoreError::TreeFull);
        }
        self.set(index, leaf)?;
        Ok(index)
    }

    /// Writes zero in place of a leaf, as a revocation does.
    pub fn clear(&mut self, index: u32) -> Result<(), CoreError> {
        match index < self.len() {
            true => self.set(index, [0; 32]),
            false => Err(CoreError::Leaf(index)),
        }
    }

    fn node(&self, level: usize, position: u32) -> Field {
        let node = self.levels.get(level).and_then(|nodes| nodes.get(position as usize));
        node.or(EMPTY_NODES.get(level)).copied().unwrap_or_default()
    }

    /// All hashes first, so that a leaf that does not hash changes nothing.
    fn set(&mut self, index: u32, leaf: Field) -> Result<(), CoreError> {
        let mut nodes = [leaf; EID_TREE_DEPTH + 1];
        let mut node = leaf;
        for (level, (above, sibling)) in nodes.iter_mut().skip(1).zip(self.path(index)).enumerate() {
            node = parent(&node, &sibling, index >> level)?;
            *above = node;
        }
        for (level, (nodes, node)) in self.levels.iter_mut().zip(nodes).enumerate() {
            let position = (index >> level) as usize;
            match nodes.get_mut(position) {
                Some(old) => *old = node,
                // a new node always stands right behind the last one
                None => nodes.push(node),
            }
        }
        Ok(())
    }
}
