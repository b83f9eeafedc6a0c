//! Bindings: what a possession proof must be of, and that one EID has one binding a plan.

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction};
use gesim_core::{
    eid::{BindingContext, Possession},
    poseidon::{Field, MODULUS},
};
use gesim_tests::{
    attack,
    identity::{
        calls::set_paused,
        device::{context, prove, scope, Device, Proven},
        registry::{initialize, open_session, unbind, Registry, CLUSTER, TERM},
    },
    Chain,
};
use identity::{
    error::IdentityError,
    events,
    state::{pause, seeds, Binding, Session, ROOTS},
};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// A registrar with two devices, and a wallet with a session for the first one.
struct Lab {
    chain: Chain,
    registry: Registry,
    device: Device,
    other: Device,
    wallet: Keypair,
    thief: Keypair,
    plan: Pubkey,
    session: Pubkey,
    counter: u64,
}

impl Lab {
    fn new() -> Self {
        let mut chain = Chain::new();
        let ix = initialize(&chain);
        chain.ok(&[ix], &[]);
        let mut registry = Registry::open(&mut chain, 1);
        let (mut device, mut other) = (Device::new(1), Device::new(2));
        let expiry = chain.now() + 10 * i64::from(TERM);
        registry.enrol(&mut chain, &mut device, expiry);
        registry.enrol(&mut chain, &mut other, expiry);
        let (wallet, thief) = (chain.keypair(), chain.keypair());
        let (plan, session) = (Pubkey::new_unique(), Pubkey::default());
        let mut lab = Self { chain, registry, device, other, wallet, thief, plan, session, counter: 0 };
        lab.session = lab.open(&lab.wallet.insecure_clone(), &lab.device.clone(), TERM);
        lab
    }

    /// A fresh session, for an entitlement of its own.
    fn open(&mut self, wallet: &Keypair, device: &Device, term: u32) -> Pubkey {
        self.counter += 1;
        let (key, entitlement) = (wallet.pubkey(), Pubkey::new_unique());
        let (session, ix) = open_session(&self.chain, &key, self.counter, &entitlement, device, term);
        self.chain.ok(&[ix], &[wallet]);
        session
    }

    fn proven(&self, device: &Device, session: &Pubkey) -> Proven {
        self.registry.prove(&self.chain, device, session, &self.plan)
    }

    /// The honest instruction.
    fn bind(&self) -> Instruction {
        self.bind_with(&self.proven(&self.device, &self.session))
    }

    fn bind_with(&self, proven: &Proven) -> Instruction {
        self.registry.bind_eid(&self.chain, &self.session, &self.plan, proven)
    }

    /// The device is bound to the wallet.
    fn bound(&mut self) -> Pubkey {
        let ix = self.bind();
        self.chain.ok(&[ix], &[&self.wallet]);
        self.binding()
    }

    fn binding(&self) -> Pubkey {
        self.registry.binding(&self.device.nullifier(&self.plan))
    }

    #[track_caller]
    fn fails(&mut self, ix: Instruction, error: IdentityError) {
        self.chain.fails(&[ix], &[&self.wallet, &self.thief], error);
    }

    fn decoys(&self) -> Vec<Pubkey> {
        let registry = &self.registry;
        let own = [registry.address, registry.tree, registry.authority.pubkey(), seeds::config().0, self.session];
        own.into_iter().chain([self.wallet.pubkey(), self.thief.pubkey(), identity::ID]).collect()
    }
}

#[test]
fn bind_eid_ok() {
    let mut lab = Lab::new();
    let other_session = lab.open(&lab.wallet.insecure_clone(), &lab.device.clone(), TERM);
    let others = Registry::open(&mut lab.chain, 7);
    let ix = lab.bind();
    let mut decoys = lab.decoys();
    decoys.extend([other_session, others.address, others.tree]);
    let payers = [lab.wallet.pubkey(), lab.thief.pubkey(), lab.registry.authority.pubkey()];
    attack::everything(&mut lab.chain, &ix, &decoys, &|index, key| {
        index == 1 && (payers.contains(key) || attack::is_copy(key))
    });
    let meta = lab.chain.ok(std::slice::from_ref(&ix), &[&lab.wallet]);
    println!("bind_eid: {} compute units", meta.compute_units);
    assert!(meta.compute_units < 180_000);
    let session: Session = lab.chain.fetch(&lab.session);
    assert!(session.bound);
    let state: Binding = lab.chain.fetch(&lab.binding());
    assert_eq!((state.version, state.nullifier, state.plan), (1, lab.device.nullifier(&lab.plan), lab.plan));
    assert_eq!((state.registrar, state.wallet), (lab.registry.address, lab.wallet.pubkey()));
    assert_eq!(
        (state.entitlement, state.session, state.bind_c),
        (session.entitlement, lab.session, lab.device.bind_c())
    );
    assert_eq!((state.bound_at, state.expires_at, state.moves), (lab.chain.now(), session.binding_expires, 0));
    assert_eq!(state.payer, lab.chain.payer.pubkey());
    let event = &meta.events::<events::EidBound>()[0];
    assert_eq!((event.binding, event.session, event.wallet), (lab.binding(), lab.session, lab.wallet.pubkey()));
    // the same again
    lab.chain.send(&[ix], &[&lab.wallet]).unwrap_err();
}

/// A true statement about something else than the program derives, as a caller could prove it.
#[test]
fn proof_of_another_statement_fails() {
    let mut lab = Lab::new();
    let (device, session, plan) = (lab.device.clone(), lab.session, lab.plan);
    let truth = lab.registry.statement(&lab.chain, &device, &session, &plan);
    let own = context(&lab.chain, &session);
    let with = |context: BindingContext| Possession { ctx: context.hash(), ..truth };
    let other_scope = scope(&Pubkey::new_unique());
    let cases = [
        ("wallet", with(BindingContext { wallet: lab.thief.pubkey().to_bytes(), ..own })),
        ("entitlement", with(BindingContext { entitlement: Pubkey::new_unique().to_bytes(), ..own })),
        ("session", with(BindingContext { challenge: [1; 32], ..own })),
        ("session's time", with(BindingContext { expires: own.expires + 1, ..own })),
        ("cluster", with(BindingContext { cluster: [8; 32], ..own })),
        ("program", with(BindingContext { program: catalog::ID.to_bytes(), ..own })),
        ("shorter term", Possession { min_expiry: truth.min_expiry - 1, ..truth }),
        ("longer term", Possession { min_expiry: truth.min_expiry + 1, ..truth }),
        ("plan", device.witness(&lab.registry.leaves).statement(other_scope, truth.min_expiry, truth.ctx).unwrap()),
    ];
    assert_eq!(own.cluster, CLUSTER);
    let witness = device.witness(&lab.registry.leaves);
    for (what, statement) in cases {
        println!("another {what}");
        lab.fails(lab.bind_with(&prove(&witness, &statement)), IdentityError::InvalidProof);
        // and when the caller names what belongs to the program's side of it
        let mixed = Proven { nullifier: truth.nullifier, root: truth.root, ..prove(&witness, &statement) };
        lab.fails(lab.bind_with(&mixed), IdentityError::InvalidProof);
    }
    // another blinding of the EID than the session's
    let blinded = Device { r: lab.other.r, ..device.clone() };
    let mut witness = blinded.witness(&lab.registry.leaves);
    let proven = prove(&witness, &Possession { bind_c: blinded.bind_c(), ..truth });
    lab.fails(lab.bind_with(&proven), IdentityError::InvalidProof);
    // another enrolled EID
    witness = lab.other.witness(&lab.registry.leaves);
    let statement = lab.registry.statement(&lab.chain, &lab.other, &session, &plan);
    lab.fails(lab.bind_with(&prove(&witness, &statement)), IdentityError::InvalidProof);
    // its nullifier, with the proof of the device
    let honest = lab.proven(&device, &session);
    let stolen = Proven { nullifier: lab.other.nullifier(&plan), ..honest.clone() };
    lab.fails(lab.bind_with(&stolen), IdentityError::InvalidProof);
    // the proof itself, changed
    for byte in [0, 63, 64, 191, 192, 255] {
        let mut changed = honest.clone();
        changed.proof[byte] ^= 1;
        lab.fails(lab.bind_with(&changed), IdentityError::InvalidProof);
    }
    lab.fails(lab.bind_with(&Proven { proof: [0; 256], ..honest }), IdentityError::InvalidProof);
    lab.bound();
}

/// The same element in two encodings would be two nullifiers, and two bindings of one EID.
#[test]
fn values_over_the_modulus_fails() {
    let mut lab = Lab::new();
    let honest = lab.proven(&lab.device, &lab.session);
    let alias = Proven { nullifier: plus_modulus(&honest.nullifier), ..honest.clone() };
    lab.fails(lab.bind_with(&alias), IdentityError::NotAFieldElement);
    let alias = Proven { root: plus_modulus(&honest.root), ..honest };
    lab.fails(lab.bind_with(&alias), IdentityError::NotAFieldElement);
}

fn plus_modulus(value: &Field) -> Field {
    let (mut out, mut carry) = (*value, 0u16);
    for (digit, added) in out.iter_mut().zip(&MODULUS).rev() {
        let sum = u16::from(*digit) + u16::from(*added) + carry;
        (*digit, carry) = (sum as u8, sum >> 8);
    }
    assert_eq!(carry, 0, "it fits in 256 bits");
    out
}

#[test]
fn root_must_be_recent_ok() {
    let mut lab = Lab::new();
    let proven = lab.proven(&lab.device, &lab.session);
    let ix = lab.bind_with(&proven);
    let expiry = lab.device.expiry;
    for number in 0..ROOTS as u64 {
        // the oldest root of the ring still counts
        lab.chain.clone().send(std::slice::from_ref(&ix), &[&lab.wallet]).unwrap();
        lab.registry.enrol(&mut lab.chain, &mut Device::new(100 + number), expiry);
    }
    lab.fails(ix, IdentityError::UnknownRoot);
    // another registrar's tree knows its own roots only
    let other = Registry::open(&mut lab.chain, 1);
    let mut ix = lab.bind();
    ix.accounts[3].pubkey = other.address;
    ix.accounts[4].pubkey = other.tree;
    ix.accounts[6].pubkey = other.binding(&proven.nullifier);
    lab.fails(ix, IdentityError::UnknownRoot);
    lab.bound();
}

#[test]
fn revoked_enrolment_fails() {
    let mut lab = Lab::new();
    let (before, other) = (lab.bind(), lab.other.clone());
    // somebody else's revocation: prove again
    lab.registry.revoke(&mut lab.chain, &other);
    lab.fails(before, IdentityError::UnknownRoot);
    let before = lab.bind();
    lab.chain.clone().send(std::slice::from_ref(&before), &[&lab.wallet]).unwrap();
    let device = lab.device.clone();
    lab.registry.revoke(&mut lab.chain, &device);
    lab.fails(before, IdentityError::UnknownRoot);
}

#[test]
fn old_epoch_fails() {
    let mut lab = Lab::new();
    let ix = lab.bind();
    let rotate = lab.registry.rotate_epoch(&lab.chain, 1);
    lab.chain.ok(&[rotate], &[&lab.registry.authority]);
    lab.fails(ix.clone(), IdentityError::WrongTree);
    let mut moved = ix;
    moved.accounts[4].pubkey = seeds::tree(&lab.registry.address, 1).0;
    lab.fails(moved, IdentityError::UnknownRoot);
}

#[test]
fn sessions_bind_once_and_in_time_ok() {
    let mut lab = Lab::new();
    let (wallet, thief) = (lab.wallet.insecure_clone(), lab.thief.insecure_clone());
    // not the thief's session
    let mut ix = lab.bind();
    ix.accounts[0].pubkey = thief.pubkey();
    lab.fails(ix, IdentityError::NotTheWallet);
    // out of its slots, on the last of them still in
    let ix = lab.bind();
    let last = lab.chain.fetch::<Session>(&lab.session).expires_slot;
    set_slot(&mut lab.chain, last + 1);
    lab.fails(ix.clone(), IdentityError::SessionExpired);
    set_slot(&mut lab.chain, last);
    lab.chain.clone().send(std::slice::from_ref(&ix), &[&wallet]).unwrap();
    // a binding that would be over
    lab.session = lab.open(&wallet, &lab.device.clone(), 100);
    let ix = lab.bind();
    lab.chain.warp_by(99);
    lab.chain.clone().send(std::slice::from_ref(&ix), &[&wallet]).unwrap();
    lab.chain.warp_by(1);
    lab.fails(ix, IdentityError::SessionExpired);
    // paused
    lab.session = lab.open(&wallet, &lab.device.clone(), TERM);
    let (ix, pauses) = (lab.bind(), [pause::BIND, 0].map(|bits| set_paused(lab.chain.payer.pubkey(), bits)));
    lab.chain.ok(&pauses[..1], &[]);
    lab.fails(ix.clone(), IdentityError::Paused);
    lab.chain.ok(&pauses[1..], &[]);
    lab.chain.ok(&[ix], &[&wallet]);
    // used: for another plan too
    lab.plan = Pubkey::new_unique();
    let ix = lab.bind();
    lab.fails(ix, IdentityError::SessionUsed);
    lab.session = lab.open(&wallet, &lab.device.clone(), TERM);
    lab.bound();
}

#[test]
fn one_binding_an_eid_and_plan_ok() {
    let mut lab = Lab::new();
    lab.bound();
    let (wallet, thief) = (lab.wallet.insecure_clone(), lab.thief.insecure_clone());
    for who in [&wallet, &thief] {
        lab.session = lab.open(who, &lab.device.clone(), TERM);
        let ix = lab.bind();
        lab.chain.send(&[ix], &[&wallet, &thief]).unwrap_err();
    }
    // another EID of the same wallet can be bound, and the same one to another plan
    let other = lab.other.clone();
    lab.session = lab.open(&wallet, &other, TERM);
    let proven = lab.proven(&other, &lab.session);
    lab.chain.ok(&[lab.bind_with(&proven)], &[&wallet]);
    lab.plan = Pubkey::new_unique();
    lab.session = lab.open(&wallet, &lab.device.clone(), TERM);
    lab.bound();
}

/// A registrar that learned another one's eidTag and enrols it gets the same nullifier, but not the same place.
#[test]
fn another_registrar_with_the_same_tag_fails() {
    let mut lab = Lab::new();
    let thief = lab.thief.insecure_clone();
    let mut rogue = Registry::open(&mut lab.chain, 666);
    let mut copy = Device { tag: lab.device.tag, ..Device::new(3) };
    let expiry = lab.device.expiry;
    rogue.enrol(&mut lab.chain, &mut copy, expiry);
    let session = lab.open(&thief, &copy, TERM);
    let proven = rogue.prove(&lab.chain, &copy, &session, &lab.plan);
    assert_eq!(proven.nullifier, lab.device.nullifier(&lab.plan));
    let ix = rogue.bind_eid(&lab.chain, &session, &lab.plan, &proven);
    // at the place of the registrar that the plan names
    let mut there = ix.clone();
    there.accounts[6].pubkey = lab.binding();
    lab.chain.send(&[there], &[&thief]).unwrap_err();
    lab.chain.ok(&[ix], &[&thief]);
    let binding = lab.bound();
    // nor can it move what is there
    let session = lab.open(&thief, &copy, TERM);
    let proven = rogue.prove(&lab.chain, &copy, &session, &lab.plan);
    let ix = rogue.rebind(&lab.chain, &session, &binding, &proven);
    lab.fails(ix, IdentityError::WrongBinding);
}

#[test]
fn rebind_ok() {
    let mut lab = Lab::new();
    let binding = lab.bound();
    let (before, next) = (lab.chain.fetch::<Binding>(&binding), lab.thief.insecure_clone());
    lab.chain.warp_by(1_000);
    let session = lab.open(&next, &lab.device.clone(), TERM);
    let spare = lab.open(&next, &lab.device.clone(), TERM);
    let proven = lab.proven(&lab.device, &session);
    let ix = lab.registry.rebind(&lab.chain, &session, &binding, &proven);
    let mut decoys = lab.decoys();
    decoys.push(spare);
    attack::everything(&mut lab.chain, &ix, &decoys, &attack::nothing);
    // the old wallet has no say in it
    let meta = lab.chain.ok(std::slice::from_ref(&ix), &[&next]);
    println!("rebind: {} compute units", meta.compute_units);
    let (state, used): (Binding, Session) = (lab.chain.fetch(&binding), lab.chain.fetch(&session));
    assert_eq!((state.wallet, state.entitlement), (next.pubkey(), used.entitlement));
    assert_eq!((state.session, state.expires_at, state.bound_at), (session, used.binding_expires, lab.chain.now()));
    assert_eq!((state.moves, state.plan, state.payer), (1, before.plan, before.payer));
    assert!(used.bound && state.expires_at == before.expires_at + 1_000);
    let event = &meta.events::<events::EidRebound>()[0];
    assert_eq!((event.previous_wallet, event.previous_entitlement), (before.wallet, before.entitlement));
    lab.fails(ix, IdentityError::SessionUsed);
}

#[test]
fn rebind_fails() {
    let mut lab = Lab::new();
    let binding = lab.bound();
    let thief = lab.thief.insecure_clone();
    // another enrolled EID's proof
    let session = lab.open(&thief, &lab.other.clone(), TERM);
    let proven = lab.proven(&lab.other, &session);
    let ix = lab.registry.rebind(&lab.chain, &session, &binding, &proven);
    lab.fails(ix, IdentityError::InvalidProof);
    // the proof of the session before, and one for another plan
    let (device, session) = (lab.device.clone(), lab.open(&thief, &lab.device.clone(), TERM));
    let honest = lab.proven(&device, &session);
    let elsewhere = lab.registry.prove(&lab.chain, &device, &session, &Pubkey::new_unique());
    let old = lab.proven(&device, &lab.session);
    for proven in [elsewhere, old] {
        let ix = lab.registry.rebind(&lab.chain, &session, &binding, &proven);
        lab.fails(ix, IdentityError::InvalidProof);
    }
    let ix = lab.registry.rebind(&lab.chain, &session, &binding, &honest);
    let [pause, resume] = [pause::BIND, 0].map(|bits| set_paused(lab.chain.payer.pubkey(), bits));
    lab.chain.ok(&[pause], &[]);
    lab.fails(ix.clone(), IdentityError::Paused);
    lab.chain.ok(&[resume], &[]);
    // a binding that is over is not moved
    let end = lab.chain.fetch::<Binding>(&binding).expires_at;
    lab.chain.warp_to(end);
    let session = lab.open(&thief, &device, TERM);
    let proven = lab.proven(&device, &session);
    let late = lab.registry.rebind(&lab.chain, &session, &binding, &proven);
    lab.chain.clone().send(std::slice::from_ref(&late), &[&thief]).unwrap();
    lab.chain.warp_by(1);
    lab.fails(late, IdentityError::BindingExpired);
}

#[test]
fn unbind_ok() {
    let mut lab = Lab::new();
    let binding = lab.bound();
    let (payer, thief) = (lab.chain.payer.pubkey(), lab.thief.insecure_clone());
    let ix = unbind(&binding, &payer);
    let end = lab.chain.fetch::<Binding>(&binding).expires_at;
    lab.chain.warp_to(end);
    lab.fails(ix.clone(), IdentityError::BindingLive);
    lab.chain.warp_by(1);
    lab.fails(unbind(&binding, &thief.pubkey()), IdentityError::WrongPayer);
    let decoys = lab.decoys();
    attack::everything(&mut lab.chain, &ix, &decoys, &attack::nothing);
    let (rent, before) = (lab.chain.lamports(&binding), lab.chain.lamports(&payer));
    let meta = lab.chain.ok(&[ix], &[]);
    let fee = 5_000;
    assert_eq!(lab.chain.lamports(&payer), before + rent - fee, "the rent goes home");
    assert_eq!(meta.events::<events::EidUnbound>()[0].binding, binding);
    assert!(!lab.chain.exists(&binding));
    // and the EID can be bound again
    lab.session = lab.open(&thief, &lab.device.clone(), TERM);
    let ix = lab.bind();
    lab.chain.ok(&[ix], &[&thief]);
    assert_eq!(lab.chain.fetch::<Binding>(&binding).wallet, thief.pubkey());
}

/// The leaf ends before the binding would, or it has ended and another one took its tag's place.
#[test]
fn expired_enrolment_fails() {
    let mut lab = Lab::new();
    let mut short = Device::new(9);
    let expiry = lab.chain.now() + i64::from(TERM);
    lab.registry.enrol(&mut lab.chain, &mut short, expiry);
    let wallet = lab.wallet.insecure_clone();
    // as long as the leaf, not a second longer
    lab.session = lab.open(&wallet, &short, TERM + 1);
    let truth = lab.registry.statement(&lab.chain, &short, &lab.session, &lab.plan);
    let shorter = Possession { min_expiry: expiry, ..truth };
    let ix = lab.bind_with(&prove(&short.witness(&lab.registry.leaves), &shorter));
    lab.fails(ix, IdentityError::InvalidProof);
    lab.session = lab.open(&wallet, &short, TERM);
    let proven = lab.proven(&short, &lab.session);
    lab.chain.clone().send(&[lab.bind_with(&proven)], &[&wallet]).unwrap();
    // a session of before the end is no way to use the leaf after it
    lab.chain.warp_to(expiry);
    let ix = lab.bind_with(&proven);
    lab.fails(ix, IdentityError::SessionExpired);
}

fn set_slot(chain: &mut Chain, slot: u64) {
    let mut clock = chain.svm.get_sysvar::<anchor_lang::prelude::Clock>();
    clock.slot = slot;
    chain.svm.set_sysvar(&clock);
}
