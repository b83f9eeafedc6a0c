//! Plans that ask for an EID, and for the server's provenance: what opens an activation, and what does not.

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction};
use catalog::{
    error::CatalogError,
    events,
    state::{access, EntitlementState},
    CreatePlanArgs,
};
use gesim_tests::{
    attack,
    catalog::{entitlement, plan_args, Shop, CONFIRMATION, VALIDITY},
    identity::{
        calls,
        certificates::Servers,
        device::Device,
        registry::{Registry, TERM},
    },
};
use identity::{
    state::{seeds, Session, SessionState, AUTHENTICATED_SECONDS},
    OpenSessionArgs,
};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// As long as an entitlement can last that is activated now.
const WHOLE: u32 = CONFIRMATION + VALIDITY;

/// A shop whose plan asks for something, and a holder with tokens and an enrolled device.
struct Lab {
    shop: Shop,
    servers: Servers,
    registry: Registry,
    device: Device,
    counter: u64,
}

impl Lab {
    fn new(access: u8) -> Self {
        let mut shop = Shop::without_plan();
        let servers = Servers::on(shop.world.chain.clone());
        shop.world.chain = servers.chain.clone();
        let mut registry = Registry::open(&mut shop.world.chain, 1);
        let mut device = Device::new(1);
        let expiry = shop.chain().now() + 10 * i64::from(TERM);
        registry.enrol(&mut shop.world.chain, &mut device, expiry);
        let mut lab = Self { shop, servers, registry, device, counter: 0 };
        lab.publish(access, lab.registry.address);
        lab
    }

    /// A plan, with four units in the holder's hands.
    fn publish(&mut self, access: u8, registrar: Pubkey) {
        self.shop.publish(CreatePlanArgs { access, registrar, ..plan_args() });
        self.counter += 1;
        self.shop.buy(4, 1);
        self.shop.give(4);
    }

    fn holder(&self) -> Keypair {
        self.shop.holder.key.insecure_clone()
    }

    /// Opens a session of this wallet's for an entitlement.
    fn open(&mut self, wallet: &Keypair, entitlement: Pubkey, binding_term: u32) -> Pubkey {
        self.counter += 1;
        self.open_as(wallet, self.counter, entitlement, binding_term)
    }

    fn open_as(&mut self, wallet: &Keypair, counter: u64, entitlement: Pubkey, binding_term: u32) -> Pubkey {
        let bind_c = self.device.bind_c();
        let args = OpenSessionArgs { entitlement, bind_c, binding_term, ..self.servers.args(counter) };
        let payer = self.shop.chain().payer.pubkey();
        self.shop.ok(calls::open_session(wallet.pubkey(), payer, args), &[wallet]);
        seeds::session(&wallet.pubkey(), counter).0
    }

    /// Binds the device in a session, to a plan.
    fn bind(&mut self, wallet: &Keypair, session: &Pubkey, plan: &Pubkey) -> Pubkey {
        let proven = self.registry.prove(self.shop.chain(), &self.device, session, plan);
        let ix = self.registry.bind_eid(self.shop.chain(), session, plan, &proven);
        self.shop.ok(ix, &[wallet]);
        self.registry.binding(&proven.nullifier)
    }

    /// The honest way: a binding and its session for the holder's entitlement of this number.
    fn bound(&mut self, nonce: u64, term: u32) -> (Pubkey, Pubkey) {
        let (holder, plan) = (self.holder(), self.shop.plan);
        let session = self.open(&holder, self.shop.entitlement(nonce), term);
        (self.bind(&holder, &session, &plan), session)
    }

    /// The SM-DP+ answers: the TLS server's signature, and then, if asked, DPauth's.
    fn answer(&mut self, session: &Pubkey, authenticate: bool) {
        std::mem::swap(&mut self.servers.chain, &mut self.shop.world.chain);
        let both = self.servers.provenance(session);
        self.servers.ok(&both);
        if authenticate {
            let both = self.servers.authentication(session);
            self.servers.ok(&both);
        }
        std::mem::swap(&mut self.servers.chain, &mut self.shop.world.chain);
    }

    fn activate(&self, nonce: u64, binding: Option<Pubkey>, session: Option<Pubkey>) -> Instruction {
        self.shop.activate_with(nonce, 1, binding, session)
    }

    #[track_caller]
    fn fails(&mut self, ix: Instruction, error: CatalogError) {
        let holder = self.holder();
        self.shop.fails(ix, &[&holder], error);
    }

    /// Whether it would succeed now; nothing is changed.
    #[track_caller]
    fn would_do(&self, ix: &Instruction) {
        let sent = self.shop.chain().clone().send(std::slice::from_ref(ix), &[&self.holder()]);
        sent.unwrap_or_else(|failure| panic!("{failure}"));
    }
}

#[test]
fn anyone_ok() {
    let mut lab = Lab::new(access::EID);
    let (binding, session) = lab.bound(1, TERM);
    // a plan that asks nobody ignores what it is shown
    lab.publish(access::ANYONE, Pubkey::default());
    lab.would_do(&lab.activate(1, Some(binding), Some(session)));
    lab.would_do(&lab.activate(1, None, None));
}

#[test]
fn eid_ok() {
    let mut lab = Lab::new(access::EID);
    let holder = lab.holder();
    let (binding, session) = lab.bound(1, TERM);
    let ix = lab.activate(1, Some(binding), None);
    let mut decoys = lab.shop.decoys();
    decoys.extend([binding, session, lab.registry.address, lab.registry.tree, identity::ID]);
    let payers = [&lab.shop.world.stranger, &lab.shop.world.mvno, &lab.shop.buyer.key, &holder].map(Signer::pubkey);
    attack::everything(&mut lab.shop.world.chain, &ix, &decoys, &|index, key| {
        (index == 1 && (payers.contains(key) || attack::is_copy(key)))
            || ((index == 5 || index == 9) && attack::is_copy(key))
            // a session is not asked for; "none" is the program's own address, so that the last account can be anything
            || (index == 17 && *key == session)
            || index == 19
    });
    let meta = lab.shop.ok(ix, &[&holder]);
    println!("activate with a binding: {} compute units", meta.compute_units);
    let event = &meta.events::<events::Activated>()[0];
    assert_eq!((event.state, event.binding, event.session), (EntitlementState::Pending, Some(binding), None));
    // the binding is of this entitlement alone
    lab.fails(lab.activate(2, Some(binding), None), CatalogError::WrongBinding);
}

#[test]
fn eid_without_its_binding_fails() {
    let mut lab = Lab::new(access::EID);
    let (holder, buyer, plan) = (lab.holder(), lab.shop.buyer.key.insecure_clone(), lab.shop.plan);
    lab.fails(lab.activate(1, None, None), CatalogError::NoBinding);
    // another holder's, for his own entitlement and for this one
    for entitlement in [entitlement(&plan, &buyer.pubkey(), 1), lab.shop.entitlement(1)] {
        let chain = lab.shop.world.chain.clone();
        let session = lab.open(&buyer, entitlement, TERM);
        let binding = lab.bind(&buyer, &session, &plan);
        lab.fails(lab.activate(1, Some(binding), Some(session)), CatalogError::WrongBinding);
        lab.shop.world.chain = chain;
    }
    // another plan's
    let session = lab.open(&holder, lab.shop.entitlement(1), TERM);
    let binding = lab.bind(&holder, &session, &Pubkey::new_unique());
    lab.fails(lab.activate(1, Some(binding), None), CatalogError::WrongBinding);
    // another registrar's
    let (mut other, expiry) = (Registry::open(&mut lab.shop.world.chain, 1), lab.device.expiry);
    let mut device = lab.device.clone();
    other.enrol(&mut lab.shop.world.chain, &mut device, expiry);
    std::mem::swap(&mut other, &mut lab.registry);
    let session = lab.open(&holder, lab.shop.entitlement(1), TERM);
    let binding = lab.bind(&holder, &session, &plan);
    std::mem::swap(&mut other, &mut lab.registry);
    lab.fails(lab.activate(1, Some(binding), None), CatalogError::WrongBinding);
    // and now its own
    let (binding, _) = lab.bound(1, TERM);
    lab.would_do(&lab.activate(1, Some(binding), None));
}

#[test]
fn binding_must_last_ok() {
    let mut lab = Lab::new(access::EID);
    let (binding, _) = lab.bound(1, WHOLE);
    let ix = lab.activate(1, Some(binding), None);
    lab.would_do(&ix);
    lab.shop.world.chain.warp_by(1);
    lab.fails(ix.clone(), CatalogError::BindingTooShort);
    // over altogether
    lab.shop.world.chain.warp_by(i64::from(WHOLE));
    lab.fails(ix, CatalogError::BindingTooShort);
}

/// Whoever has the EID has moved it on: the old wallet activates nothing with it any more.
#[test]
fn binding_that_moved_fails() {
    let mut lab = Lab::new(access::EID);
    let (buyer, plan) = (lab.shop.buyer.key.insecure_clone(), lab.shop.plan);
    let (binding, _) = lab.bound(1, TERM);
    let session = lab.open(&buyer, entitlement(&plan, &buyer.pubkey(), 1), TERM);
    let proven = lab.registry.prove(lab.shop.chain(), &lab.device, &session, &plan);
    let ix = lab.registry.rebind(lab.shop.chain(), &session, &binding, &proven);
    lab.shop.ok(ix, &[&buyer]);
    lab.fails(lab.activate(1, Some(binding), None), CatalogError::WrongBinding);
}

#[test]
fn provenance_ok() {
    let mut lab = Lab::new(access::EID_AND_PROVENANCE);
    let holder = lab.holder();
    let (binding, session) = lab.bound(1, TERM);
    lab.answer(&session, true);
    // another one that got as far
    let other = lab.open(&holder, lab.shop.entitlement(1), TERM);
    lab.answer(&other, true);
    let ix = lab.activate(1, Some(binding), Some(session));
    let mut decoys = lab.shop.decoys();
    decoys.extend([binding, session, other, lab.registry.address, lab.servers.tls.address, identity::ID]);
    let payers = [&lab.shop.world.stranger, &lab.shop.world.mvno, &lab.shop.buyer.key, &holder].map(Signer::pubkey);
    attack::everything(&mut lab.shop.world.chain, &ix, &decoys, &|index, key| {
        (index == 1 && (payers.contains(key) || attack::is_copy(key)))
            || ((index == 5 || index == 9) && attack::is_copy(key))
    });
    let meta = lab.shop.ok(ix, &[&holder]);
    println!("activate with binding and session: {} compute units", meta.compute_units);
    let event = &meta.events::<events::Activated>()[0];
    assert_eq!((event.binding, event.session), (Some(binding), Some(session)));
}

#[test]
fn provenance_missing_fails() {
    let mut lab = Lab::new(access::EID_AND_PROVENANCE);
    let holder = lab.holder();
    let (binding, session) = lab.bound(1, TERM);
    let ix = lab.activate(1, Some(binding), Some(session));
    lab.fails(lab.activate(1, None, Some(session)), CatalogError::NoBinding);
    lab.fails(lab.activate(1, Some(binding), None), CatalogError::NoSession);
    // open, then the handshake alone
    lab.fails(ix.clone(), CatalogError::SessionState);
    lab.answer(&session, false);
    assert_eq!(lab.shop.chain().fetch::<Session>(&session).state, SessionState::Handshake);
    lab.fails(ix, CatalogError::SessionState);
    // another session of the same wallet for the same entitlement
    let other = lab.open(&holder, lab.shop.entitlement(1), TERM);
    lab.answer(&other, true);
    lab.fails(lab.activate(1, Some(binding), Some(other)), CatalogError::WrongSession);
}

#[test]
fn provenance_counts_for_a_day_ok() {
    let mut lab = Lab::new(access::EID_AND_PROVENANCE);
    let (binding, session) = lab.bound(1, TERM);
    lab.answer(&session, true);
    let ix = lab.activate(1, Some(binding), Some(session));
    lab.shop.world.chain.warp_by(AUTHENTICATED_SECONDS);
    lab.would_do(&ix);
    lab.shop.world.chain.warp_by(1);
    lab.fails(ix, CatalogError::SessionState);
}

/// A session closed and opened again at its address is another one.
#[test]
fn session_in_the_same_place_fails() {
    let mut lab = Lab::new(access::EID_AND_PROVENANCE);
    let holder = lab.holder();
    let (binding, session) = lab.bound(1, TERM);
    lab.shop.world.chain.warp_by(1);
    let close = calls::close_session(lab.shop.chain(), holder.pubkey(), session);
    lab.shop.ok(close, &[&holder]);
    assert_eq!(lab.open_as(&holder, lab.counter, lab.shop.entitlement(1), TERM), session);
    lab.answer(&session, true);
    lab.fails(lab.activate(1, Some(binding), Some(session)), CatalogError::WrongSession);
}
