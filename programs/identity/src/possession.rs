//! What a possession proof must show. Everything but root and nullifier comes from accounts.

use anchor_lang::prelude::*;
use gesim_core::{
    eid::{scope, BindingContext, Possession},
    poseidon::{is_canonical, Field},
};
use gesim_verifier::{verify, Proof};

use crate::{
    error::IdentityError,
    setup::POSSESSION_KEY,
    state::{Config, Session, Tree},
};

/// A proof, and what it is said to be of.
pub struct Claim<'a> {
    pub plan: &'a Pubkey,
    pub root: Field,
    pub nullifier: Field,
    pub proof: &'a Proof,
}

impl Claim<'_> {
    /// Accepts it for one session, in its time, against a recent root; the caller has checked who the session's wallet is.
    pub fn verify(&self, config: &Config, tree: &Tree, session: &Session, clock: &Clock) -> Result<()> {
        require!(!session.bound, IdentityError::SessionUsed);
        require!(session.is_live(clock), IdentityError::SessionExpired);
        // a binding that would be over when it is made; and an enrolment must outlast it, so it must not be over either
        require!(clock.unix_timestamp < session.binding_expires, IdentityError::SessionExpired);
        require!(is_canonical(&self.root) && is_canonical(&self.nullifier), IdentityError::NotAFieldElement);
        require!(tree.knows(&self.root), IdentityError::UnknownRoot);
        let context = BindingContext {
            program: crate::ID.to_bytes(),
            cluster: config.cluster,
            wallet: session.wallet.to_bytes(),
            entitlement: session.entitlement.to_bytes(),
            challenge: session.challenge,
            expires: session.expires_slot,
        };
        let possession = Possession {
            root: self.root,
            nullifier: self.nullifier,
            scope: scope(crate::ID.as_array(), self.plan.as_array()),
            bind_c: session.bind_c,
            min_expiry: session.binding_expires,
            ctx: context.hash(),
        };
        let input = possession.input().map_err(|_| IdentityError::NotAFieldElement)?;
        verify(POSSESSION_KEY, self.proof, &input).map_err(|_| error!(IdentityError::InvalidProof))
    }
}
