use anchor_lang::prelude::*;
use gesim_core::{
    eid::{self, EID_TREE_DEPTH},
    eid_tree::{parent, EID_LEAVES, EMPTY_NODES},
    poseidon::Field,
};

use super::VERSION;
use crate::error::IdentityError;

/// Roots that proofs may still be made against.
pub const ROOTS: usize = 64;

/// An append-only Poseidon tree of a registrar's leaves, as its frontier and its last roots.
/// Seeds: `["tree", registrar, epoch]`.
#[account(zero_copy)]
#[derive(Debug)]
pub struct Tree {
    pub registrar: Pubkey,
    pub epoch: u32,
    /// Leaves appended so far.
    pub count: u32,
    /// Where the newest root is.
    pub newest: u32,
    /// Roots in the ring, counted from the newest one backwards.
    pub valid: u32,
    /// At each level, the last node that is a left child.
    pub frontier: [[u8; 32]; EID_TREE_DEPTH],
    pub roots: [[u8; 32]; ROOTS],
    pub version: u8,
    pub bump: u8,
    pub reserved: [u8; 62],
}

impl Tree {
    pub const SPACE: usize = 8 + core::mem::size_of::<Self>();

    /// An empty tree in a new account.
    pub fn begin(&mut self, registrar: Pubkey, epoch: u32, bump: u8) {
        (self.registrar, self.epoch, self.version, self.bump) = (registrar, epoch, VERSION, bump);
    }

    /// The root of all leaves so far. Of none before the first leaf.
    pub fn root(&self) -> &Field {
        &self.roots[Self::slot(self.newest, 0)]
    }

    /// Whether it is the newest root, or one that was so recently.
    pub fn knows(&self, root: &Field) -> bool {
        (0..self.valid.min(ROOTS as u32)).any(|age| &self.roots[Self::slot(self.newest, age)] == root)
    }

    /// Puts a leaf at the next free place, and says which one it is.
    pub fn append(&mut self, leaf: Field) -> Result<u32> {
        let index = self.count;
        require!(index < EID_LEAVES, IdentityError::TreeFull);
        let (mut node, mut position) = (leaf, index);
        for (left, empty) in self.frontier.iter_mut().zip(&EMPTY_NODES) {
            let sibling = match position & 1 {
                0 => {
                    *left = node;
                    empty
                }
                _ => &*left,
            };
            node = above(&node, sibling, position)?;
            position >>= 1;
        }
        self.count = index.checked_add(1).ok_or(IdentityError::Overflow)?;
        self.remember(node);
        Ok(index)
    }

    /// Writes zero in place of a leaf, which must lead to the newest root, and forgets every root before.
    pub fn revoke(&mut self, index: u32, leaf: &Field, siblings: &[Field; EID_TREE_DEPTH]) -> Result<()> {
        let last = self.count.checked_sub(1).ok_or(IdentityError::WrongLeaf)?;
        let before = eid::root(leaf, index, siblings).map_err(|_| IdentityError::WrongLeaf)?;
        require!(index <= last && before == *self.root(), IdentityError::WrongLeaf);
        let (mut node, mut position, mut newest) = ([0; 32], index, last);
        for (left, sibling) in self.frontier.iter_mut().zip(siblings) {
            // what the frontier keeps at this level: the left one of the pair that the newest leaf is under
            if position == newest & !1 {
                *left = node;
            }
            node = above(&node, sibling, position)?;
            (position, newest) = (position >> 1, newest >> 1);
        }
        self.valid = 0;
        self.remember(node);
        Ok(())
    }

    fn remember(&mut self, root: Field) {
        let slot = Self::slot(self.newest.wrapping_add(1), 0);
        (self.newest, self.roots[slot]) = (slot as u32, root);
        self.valid = self.valid.saturating_add(1).min(ROOTS as u32);
    }

    /// 2^32 is a multiple of the ring's size.
    fn slot(newest: u32, age: u32) -> usize {
        newest.wrapping_sub(age) as usize % ROOTS
    }
}

fn above(node: &Field, sibling: &Field, position: u32) -> Result<Field> {
    parent(node, sibling, position).map_err(|_| error!(IdentityError::NotAFieldElement))
}
