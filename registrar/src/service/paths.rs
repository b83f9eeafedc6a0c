//! What devices read: credentials, and paths to the present root.

use gesim_core::poseidon::Field;

use super::{bs58, lock, Registrar};
use crate::{
    api::{Credential, Path},
    error::{RegistrarError, Result},
    store::{Leaf, State},
};

impl Registrar {
    /// The path of a place as it is now. Paths are public: whoever follows the chain can compute them.
    pub fn path(&self, index: u32) -> Result<Path> {
        let epoch = self.store().epoch()?;
        let tree = lock(&self.tree);
        if index >= tree.len() {
            return Err(RegistrarError::NoLeaf(index.to_string()));
        }
        Ok(Path {
            index,
            siblings: tree.path(index).iter().map(hex::encode).collect(),
            root: hex::encode(tree.root()),
            registrar: bs58(&self.owner.address),
            tree: bs58(&epoch.tree),
            epoch: epoch.epoch,
        })
    }

    /// What the device of a leaf gets, once the chain has taken it.
    pub fn credential(&self, leaf: i64) -> Result<Credential> {
        let (leaf, epoch) = {
            let store = self.store();
            let found = store.leaf(leaf)?;
            (found.ok_or_else(|| RegistrarError::NoLeaf(leaf.to_string()))?, store.epoch()?.epoch)
        };
        let gone = |why: &str| Err(RegistrarError::Refused(why.into()));
        match (leaf.state, leaf.place) {
            (State::Wanted, _) => Err(RegistrarError::Pending),
            (State::Refused, _) => {
                let error = self.store().job_error("append", leaf.id)?;
                Err(RegistrarError::Refused(error.unwrap_or_else(|| "for no reason that is known".into())))
            }
            (State::Revoked, _) => gone("it was revoked"),
            (State::Ended, _) => gone("it has expired, and another one took its place"),
            (State::Live, _) if leaf.epoch != epoch => gone("it belongs to an epoch that has ended"),
            (State::Live, Some(place)) => Ok(Credential {
                salt: hex::encode(&leaf.salt[..]),
                eid_tag: hex::encode(leaf.tag),
                expiry: leaf.expiry,
                path: self.path(place)?,
            }),
            (State::Live, None) => Err(RegistrarError::Damaged("a live leaf has no place".into())),
        }
    }

    /// The live leaf of a tag, or the leaf at a place.
    pub fn find_leaf(&self, tag: Option<&Field>, place: Option<u32>) -> Result<Leaf> {
        let store = self.store();
        let (found, name) = match (tag, place) {
            (Some(tag), _) => (store.leaf_of(tag)?, "of this tag".to_owned()),
            (None, Some(place)) => (store.leaf_at(place)?, place.to_string()),
            (None, None) => (None, String::new()),
        };
        found.ok_or(RegistrarError::NoLeaf(name))
    }
}
