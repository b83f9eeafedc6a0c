//! Telling the chain: one change after the other, each written down before it is sent. What the chain says counts: after
//! any doubt the account of the enrolment is asked, not our memory of what was sent.

use gesim_client::{error::Refusal, ClientError};
use gesim_core::eid_tree::EidTree;
use identity::error::IdentityError;

use super::{lock, Registrar};
use crate::{
    chain::{Change, LeafChain},
    error::{RegistrarError, Result},
    store::{Epoch, Job, Kind, Leaf},
};

/// What one step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// There was nothing to do.
    Idle,
    /// The chain has the change, or will never take it.
    Done,
    /// The transaction came too late; another one will be made.
    Again,
}

impl Registrar {
    /// Makes the next change. An error is temporary: the same call goes on where this one ended.
    pub fn step(&self, chain: &dyn LeafChain) -> Result<Step> {
        let _turn = lock(&self.turn);
        let Some(job) = self.store().next_job()? else { return Ok(Step::Idle) };
        let sent = match &job.sent {
            Some(sent) => sent.clone(),
            None if self.is_late(&job)? => {
                self.store().refuse(&job, "its epoch has ended")?;
                return Ok(Step::Done);
            }
            None => {
                let sent = chain.prepare(&self.change(&job)?)?;
                self.store().claim(job.id, &sent, self.now())?;
                sent
            }
        };
        let (outcome, error) = match chain.submit(&sent) {
            Ok(()) => return self.finish(chain, &job),
            Err(error @ ClientError::Expired { .. }) => ("expired", error),
            Err(error @ ClientError::Refused(_)) => ("refused", error),
            Err(error) => return Err(error.into()),
        };
        // Refused or late, it may have landed all the same: this one, or the one before it.
        if self.landed(chain, &job)? {
            return self.finish(chain, &job);
        }
        match &error {
            ClientError::Expired { .. } => {
                self.store().requeue(job.id, outcome, &error.to_string())?;
                Ok(Step::Again)
            }
            ClientError::Refused(refusal) if is_final(&job, refusal) => {
                self.store().refuse(&job, &error.to_string())?;
                Ok(Step::Done)
            }
            // Paused, or without money for rent: the operator's turn, and the change waits.
            _ => {
                self.store().requeue(job.id, outcome, &error.to_string())?;
                Err(error.into())
            }
        }
    }

    fn leaf(&self, id: i64) -> Result<Leaf> {
        self.store().leaf(id)?.ok_or_else(|| RegistrarError::Damaged(format!("leaf {id} is gone")))
    }

    /// Whether the leaf belongs to a tree that is dead.
    fn is_late(&self, job: &Job) -> Result<bool> {
        Ok(match job.kind {
            Kind::Append { leaf } | Kind::Revoke { leaf } => self.leaf(leaf)?.epoch != self.store().epoch()?.epoch,
            Kind::Rotate { .. } => false,
        })
    }

    fn change(&self, job: &Job) -> Result<Change> {
        let epoch = self.store().epoch()?;
        Ok(match job.kind {
            Kind::Append { leaf } => {
                let leaf = self.leaf(leaf)?;
                let (tag_commitment, Leaf { eidc, idc, expiry, .. }) = (leaf.tag_commitment()?, leaf);
                Change::Append { tree: epoch.tree, tag_commitment, eidc, idc, expiry }
            }
            Kind::Revoke { leaf } => {
                let leaf = self.leaf(leaf)?;
                let place = leaf.place.ok_or_else(|| RegistrarError::NoLeaf(leaf.id.to_string()))?;
                let siblings = Box::new(lock(&self.tree).path(place));
                Change::Revoke { tree: epoch.tree, tag_commitment: leaf.tag_commitment()?, siblings }
            }
            Kind::Rotate { .. } => Change::Rotate { epoch: epoch.epoch },
        })
    }

    /// Whether the chain has the change already.
    fn landed(&self, chain: &dyn LeafChain, job: &Job) -> Result<bool> {
        let epoch = self.store().epoch()?;
        Ok(match job.kind {
            Kind::Append { leaf } => {
                let leaf = self.leaf(leaf)?;
                chain
                    .enrolled(&epoch.tree, &leaf.tag_commitment()?)?
                    .is_some_and(|it| it.leaf == leaf.hash && !it.revoked)
            }
            Kind::Revoke { leaf } => {
                let leaf = self.leaf(leaf)?;
                chain
                    .enrolled(&epoch.tree, &leaf.tag_commitment()?)?
                    .is_some_and(|it| it.leaf == leaf.hash && it.revoked)
            }
            Kind::Rotate { .. } => chain.head()?.epoch > epoch.epoch,
        })
    }

    /// Writes down what the chain has.
    fn finish(&self, chain: &dyn LeafChain, job: &Job) -> Result<Step> {
        let epoch = self.store().epoch()?;
        match job.kind {
            Kind::Append { leaf } => {
                let leaf = self.leaf(leaf)?;
                let found = chain.enrolled(&epoch.tree, &leaf.tag_commitment()?)?.filter(|it| it.leaf == leaf.hash);
                let place = found.ok_or_else(not_yet)?.index;
                let mut tree = lock(&self.tree);
                if place != tree.len() {
                    return Err(RegistrarError::OutOfSync(format!("leaf {} went to place {place}", tree.len())));
                }
                self.store().appended(job.id, leaf.id, place)?;
                tree.push(leaf.hash)?;
            }
            Kind::Revoke { leaf } => {
                let leaf = self.leaf(leaf)?;
                chain.enrolled(&epoch.tree, &leaf.tag_commitment()?)?.filter(|it| it.revoked).ok_or_else(not_yet)?;
                let place = leaf.place.ok_or_else(|| RegistrarError::NoLeaf(leaf.id.to_string()))?;
                self.store().revoked(job.id, leaf.id)?;
                lock(&self.tree).clear(place)?;
            }
            Kind::Rotate { key_check } => {
                let head = chain.head()?;
                if head.epoch == epoch.epoch {
                    return Err(not_yet());
                }
                let next = Epoch { epoch: head.epoch, tree: head.tree, key_check };
                self.store().rotated(job.id, &next, self.now())?;
                *lock(&self.tree) = EidTree::new();
            }
        }
        self.compare(chain)?;
        Ok(Step::Done)
    }

    /// The chain's tree and ours must be one, whenever nothing is under way.
    pub(super) fn compare(&self, chain: &dyn LeafChain) -> Result<()> {
        let (epoch, under_way) = {
            let store = self.store();
            (store.epoch()?, store.next_job()?.is_some_and(|job| job.sent.is_some()))
        };
        if under_way {
            return Ok(());
        }
        let head = chain.head()?;
        let tree = lock(&self.tree);
        let differs = |what: &str| Err(RegistrarError::OutOfSync(what.into()));
        match head.root {
            _ if (head.epoch, head.tree) != (epoch.epoch, epoch.tree) => differs("its epoch is another one"),
            // A node may be a moment behind the one that confirmed.
            _ if head.count < tree.len() => Err(not_yet()),
            _ if head.count > tree.len() => differs("it has leaves that the database does not know"),
            Some(root) if root != tree.root() => differs("its root is another one"),
            _ => Ok(()),
        }
    }
}

/// Confirmed, and the node that was asked does not show it.
fn not_yet() -> RegistrarError {
    RegistrarError::Behind
}

/// Whether the leaf itself is the reason.
fn is_final(job: &Job, refusal: &Refusal) -> bool {
    let final_ones = [IdentityError::AlreadyEnrolled, IdentityError::Duration, IdentityError::NotAFieldElement];
    let code = refusal.program.as_ref().map(|program| program.code);
    matches!(job.kind, Kind::Append { .. }) && final_ones.into_iter().any(|error| Some(u32::from(error)) == code)
}
