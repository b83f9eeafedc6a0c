//! Registrars and their trees: who may enrol, what the program keeps of a tree, and how an enrolment ends.

use anchor_lang::prelude::Pubkey;
use gesim_core::{
    eid::{leaf, nullifier, tag_of_mac, EID_TREE_DEPTH},
    eid_tree::{EidTree, EID_LEAVES, EMPTY_NODES},
    poseidon::{field, Field, MODULUS},
};
use gesim_tests::{
    attack,
    identity::{
        calls::set_paused,
        device::{scope, Device},
        registry::{initialize, Registry, TERM},
    },
    Chain,
};
use identity::{
    error::IdentityError,
    events, instruction,
    state::{pause, seeds, Enrolment, Registrar, Tree, ROOTS},
};
use proptest::prelude::*;
use solana_keypair::Keypair;
use solana_signer::Signer;

struct Lab {
    chain: Chain,
    registry: Registry,
    /// Somebody else's.
    other: Registry,
    stranger: Keypair,
}

impl Lab {
    fn new() -> Self {
        let mut chain = Chain::new();
        let ix = initialize(&chain);
        chain.ok(&[ix], &[]);
        let (registry, other) = (Registry::open(&mut chain, 1), Registry::open(&mut chain, 1));
        let stranger = chain.keypair();
        Self { chain, registry, other, stranger }
    }

    fn decoys(&self) -> Vec<Pubkey> {
        let Self { registry, other, stranger, .. } = self;
        let own = [registry.address, registry.tree, registry.authority.pubkey(), seeds::config().0, identity::ID];
        own.into_iter().chain([other.address, other.tree, other.authority.pubkey(), stranger.pubkey()]).collect()
    }

    /// Anybody with money may pay.
    fn pays(&self, key: &Pubkey) -> bool {
        let people = [&self.registry.authority, &self.other.authority, &self.stranger];
        people.iter().any(|person| person.pubkey() == *key) || attack::is_copy(key)
    }

    /// A device that is enrolled for two terms.
    fn enrolled(&mut self, number: u64) -> Device {
        let mut device = Device::new(number);
        let expiry = self.chain.now() + 2 * i64::from(TERM);
        self.registry.enrol(&mut self.chain, &mut device, expiry);
        device
    }

    fn tree(&self) -> Tree {
        let account = self.chain.account(&self.registry.tree).unwrap();
        *anchor_lang::__private::bytemuck::from_bytes(&account.data[8..])
    }

    #[track_caller]
    fn fails(&mut self, ix: anchor_lang::solana_program::instruction::Instruction, error: IdentityError) {
        let authority = self.registry.authority.insecure_clone();
        self.chain.fails(&[ix], &[&authority], error);
    }
}

#[test]
fn create_registrar_ok() {
    let mut lab = Lab::new();
    let (ix, decoys) = (lab.registry.create(&lab.chain, 2), lab.decoys());
    let payers: Vec<_> = decoys.iter().copied().filter(|key| lab.pays(key)).collect();
    attack::everything(&mut lab.chain, &ix, &decoys, &|index, key| {
        index == 1 && (payers.contains(key) || attack::is_copy(key))
    });
    let authority = lab.registry.authority.insecure_clone();
    let meta = lab.chain.ok(std::slice::from_ref(&ix), &[&authority]);
    let event = &meta.events::<events::RegistrarCreated>()[0];
    let state: Registrar = lab.chain.fetch(&event.registrar);
    assert_eq!(
        (state.version, state.origin, state.authority, state.id),
        (1, authority.pubkey(), authority.pubkey(), 2)
    );
    assert_eq!((state.epoch, state.tree), (0, seeds::tree(&event.registrar, 0).0));
    lab.chain.send(&[ix], &[&authority]).unwrap_err();
    let tree = lab.tree();
    assert_eq!((tree.version, tree.registrar, tree.epoch, tree.count), (1, lab.registry.address, 0, 0));
    assert!(!tree.knows(&EMPTY_NODES[EID_TREE_DEPTH]) && !tree.knows(&[0; 32]), "nothing can be proven of nothing");
}

#[test]
fn registrar_authority_moves_in_two_steps_ok() {
    let mut lab = Lab::new();
    let (authority, next, decoys) = (lab.registry.authority.insecure_clone(), lab.chain.keypair(), lab.decoys());
    let accept = lab.registry.accept_authority(next.pubkey());
    lab.chain.fails(std::slice::from_ref(&accept), &[&next], IdentityError::NotProposed);
    let propose = lab.registry.propose_authority(next.pubkey());
    attack::everything(&mut lab.chain, &propose, &decoys, &attack::nothing);
    lab.chain.ok(&[propose], &[&authority]);
    attack::everything(&mut lab.chain, &accept, &decoys, &attack::nothing);
    // withdrawn, and proposed again
    let withdraw = lab.registry.propose_authority(Pubkey::default());
    lab.chain.ok(&[withdraw], &[&authority]);
    lab.chain.fails(std::slice::from_ref(&accept), &[&next], IdentityError::NotProposed);
    let nobody = lab.registry.accept_authority(Pubkey::default());
    attack::must_fail(&mut lab.chain, &nobody, "the default key takes over").expect(IdentityError::NotProposed);
    let propose = lab.registry.propose_authority(next.pubkey());
    lab.chain.ok(&[propose], &[&authority]);
    lab.chain.ok(&[accept], &[&next]);
    let state: Registrar = lab.chain.fetch(&lab.registry.address);
    assert_eq!(
        (state.authority, state.pending_authority, state.origin),
        (next.pubkey(), Pubkey::default(), authority.pubkey())
    );
    let ix = lab.registry.append_leaf(&lab.chain, &Device { expiry: i64::MAX >> 24, ..Device::new(1) });
    lab.fails(ix, IdentityError::Unauthorized);
}

#[test]
fn append_leaf_ok() {
    let mut lab = Lab::new();
    let mut device = Device::new(1);
    device.expiry = lab.chain.now() + 1;
    let (ix, decoys) = (lab.registry.append_leaf(&lab.chain, &device), lab.decoys());
    let payers: Vec<_> = decoys.iter().copied().filter(|key| lab.pays(key)).collect();
    attack::everything(&mut lab.chain, &ix, &decoys, &|index, key| {
        index == 1 && (payers.contains(key) || attack::is_copy(key))
    });
    let meta = lab.chain.ok(&[ix], &[&lab.registry.authority]);
    println!("append_leaf: {} compute units", meta.compute_units);
    lab.registry.leaves.push(device.leaf()).unwrap();
    let event = &meta.events::<events::LeafAppended>()[0];
    assert_eq!((event.index, event.leaf, event.root), (0, device.leaf(), lab.registry.leaves.root()));
    let state: Enrolment = lab.chain.fetch(&lab.registry.enrolment(&device.tag_commitment()));
    assert_eq!((state.version, state.revoked, state.tree), (1, false, lab.registry.tree));
    assert_eq!((state.tag_commitment, event.tag_commitment), (device.tag_commitment(), device.tag_commitment()));
    assert_eq!((state.index, state.leaf, state.expiry), (0, device.leaf(), device.expiry));
    assert!(lab.tree().knows(&lab.registry.leaves.root()));
    let next = lab.enrolled(2);
    assert_eq!((next.index, *lab.tree().root()), (1, lab.registry.leaves.root()));
}

/// A nullifier is a hash of the tag and of a scope that everybody knows. So what everybody sees of an enrolment, from its
/// beginning to its end, neither has the tag nor anything that takes its place.
#[test]
fn eid_tags_stay_off_the_chain_ok() {
    let mut lab = Lab::new();
    let expiry = lab.chain.now() + 1;
    let device = Device { tag: tag_of_mac(&std::array::from_fn(|at| 200 - at as u8)), expiry, ..Device::new(1) };
    let authority = lab.registry.authority.insecure_clone();
    let append = lab.registry.append_leaf(&lab.chain, &device);
    let enrolment = lab.registry.enrolment(&device.tag_commitment());
    let mut public =
        vec![append.data.clone(), append.accounts.iter().flat_map(|meta| meta.pubkey.to_bytes()).collect()];
    public.extend(lab.chain.ok(&[append], &[&authority]).inner);
    lab.registry.leaves.push(device.leaf()).unwrap();
    public.push(lab.chain.account(&enrolment).unwrap().data);
    let revoke = lab.registry.revoke_leaf(&device);
    public.extend(lab.chain.ok(&[revoke], &[&authority]).inner);
    public.push(lab.chain.account(&enrolment).unwrap().data);
    let shown = |value: &[u8]| public.iter().filter(|data| data.windows(value.len()).any(|at| at == value)).count();

    // instruction, event, account, event, account: the commitment is where the tag would be
    assert_eq!(shown(&device.tag_commitment()), 5);
    assert_eq!(shown(&device.tag[1..]), 0);
    let mut reversed = device.tag;
    reversed.reverse();
    assert_eq!(shown(&reversed[..31]), 0);
    let plan = Pubkey::new_unique();
    for value in public.iter().flat_map(|data| data.windows(32)) {
        let value: Field = value.try_into().unwrap();
        assert_ne!(nullifier(&value, &scope(&plan)).ok(), Some(device.nullifier(&plan)), "{value:?}");
    }
    assert_eq!(nullifier(&device.tag, &scope(&plan)).unwrap(), device.nullifier(&plan));
}

#[test]
fn one_live_leaf_a_tag_ok() {
    let mut lab = Lab::new();
    let device = lab.enrolled(1);
    // whatever else the leaf says
    let mut same = Device { tag: device.tag, expiry: device.expiry + 1, ..Device::new(2) };
    let ix = lab.registry.append_leaf(&lab.chain, &same);
    lab.fails(ix, IdentityError::AlreadyEnrolled);
    // still on its last second, no more after it
    lab.chain.warp_to(device.expiry);
    let ix = lab.registry.append_leaf(&lab.chain, &same);
    lab.fails(ix, IdentityError::AlreadyEnrolled);
    lab.chain.warp_by(1);
    let expiry = lab.chain.now() + 10;
    lab.registry.enrol(&mut lab.chain, &mut same, expiry);
    assert_eq!(lab.chain.fetch::<Enrolment>(&lab.registry.enrolment(&device.tag_commitment())).index, 1);
    // and at once when it is revoked
    lab.registry.revoke(&mut lab.chain, &same);
    lab.registry.enrol(&mut lab.chain, &mut same, expiry);
    let state: Enrolment = lab.chain.fetch(&lab.registry.enrolment(&device.tag_commitment()));
    assert_eq!((state.index, state.revoked, *lab.tree().root()), (2, false, lab.registry.leaves.root()));
}

#[test]
fn append_leaf_arguments_fails() {
    let mut lab = Lab::new();
    let (device, now) = (Device::new(1), lab.chain.now());
    for expiry in [0, -1, i64::MIN, now, 1 << 40, i64::MAX] {
        let (tag_commitment, eidc, idc) = (device.tag_commitment(), device.eidc(), device.idc());
        let ix = lab.registry.append(&lab.chain, instruction::AppendLeaf { tag_commitment, eidc, idc, expiry });
        lab.fails(ix, IdentityError::Duration);
    }
    let fine = [device.tag_commitment(), device.eidc(), device.idc()];
    for place in 0..3 {
        for bad in [MODULUS, [0xff; 32]] {
            let mut parts = fine;
            parts[place] = bad;
            let [tag_commitment, eidc, idc] = parts;
            let ix =
                lab.registry.append(&lab.chain, instruction::AppendLeaf { tag_commitment, eidc, idc, expiry: now + 1 });
            lab.fails(ix, IdentityError::NotAFieldElement);
        }
    }
    let [tag_commitment, eidc, idc] = fine;
    let last = instruction::AppendLeaf { tag_commitment, eidc, idc, expiry: (1 << 40) - 1 };
    let ix = lab.registry.append(&lab.chain, last);
    lab.chain.ok(&[ix], &[&lab.registry.authority]);
}

#[test]
fn full_tree_fails() {
    let mut lab = Lab::new();
    let device = Device { expiry: lab.chain.now() + 1, ..Device::new(1) };
    let set_count = |lab: &mut Lab, count: u32| {
        let mut account = lab.chain.account(&lab.registry.tree).unwrap();
        account.data[8 + 32 + 4..][..4].copy_from_slice(&count.to_le_bytes());
        lab.chain.svm.set_account(lab.registry.tree, account).unwrap();
        assert_eq!(lab.tree().count, count);
    };
    let ix = lab.registry.append_leaf(&lab.chain, &device);
    for count in [EID_LEAVES, u32::MAX] {
        set_count(&mut lab, count);
        lab.fails(ix.clone(), IdentityError::TreeFull);
    }
    set_count(&mut lab, EID_LEAVES - 1);
    lab.chain.ok(&[ix], &[&lab.registry.authority]);
    assert_eq!(lab.tree().count, EID_LEAVES);
}

#[test]
fn another_registrars_tree_fails() {
    let mut lab = Lab::new();
    let device = Device { expiry: lab.chain.now() + 1, ..Device::new(1) };
    let stranger = lab.stranger.insecure_clone();
    let mut mixed = Registry { tree: lab.other.tree, leaves: EidTree::new(), ..lab.registry };
    let ix = mixed.append_leaf(&lab.chain, &device);
    lab.chain.fails(&[ix], &[&mixed.authority], IdentityError::WrongTree);
    mixed = Registry { authority: stranger, tree: mixed.tree, address: lab.other.address, leaves: mixed.leaves };
    let ix = mixed.append_leaf(&lab.chain, &device);
    lab.chain.fails(&[ix], &[&mixed.authority], IdentityError::Unauthorized);
}

#[test]
fn revoke_leaf_ok() {
    let mut lab = Lab::new();
    let (first, second, third) = (lab.enrolled(1), lab.enrolled(2), lab.enrolled(3));
    let before = lab.registry.leaves.root();
    let ix = lab.registry.revoke_leaf(&second);
    let mut decoys = lab.decoys();
    decoys.extend([&first, &third].map(|device| lab.registry.enrolment(&device.tag_commitment())));
    attack::everything(&mut lab.chain, &ix, &decoys, &attack::nothing);
    let meta = lab.chain.ok(std::slice::from_ref(&ix), &[&lab.registry.authority]);
    println!("revoke_leaf: {} compute units", meta.compute_units);
    lab.registry.leaves.clear(second.index).unwrap();
    let root = lab.registry.leaves.root();
    assert_eq!(meta.events::<events::LeafRevoked>()[0].root, root);
    assert!(lab.tree().knows(&root) && !lab.tree().knows(&before), "older roots are forgotten");
    assert!(lab.chain.fetch::<Enrolment>(&lab.registry.enrolment(&second.tag_commitment())).revoked);
    lab.fails(ix, IdentityError::EnrolmentRevoked);
    // the tree goes on
    let fourth = lab.enrolled(4);
    for device in [fourth, first, third] {
        lab.registry.revoke(&mut lab.chain, &device);
        assert_eq!(*lab.tree().root(), lab.registry.leaves.root());
    }
    lab.enrolled(5);
    assert_eq!(*lab.tree().root(), lab.registry.leaves.root());
}

#[test]
fn revoke_leaf_with_another_path_fails() {
    let mut lab = Lab::new();
    let (first, second) = (lab.enrolled(1), lab.enrolled(2));
    // the neighbour's path, then each sibling changed, then one that is no field element
    let mut other = first.clone();
    other.index = second.index;
    lab.fails(lab.registry.revoke_leaf(&other), IdentityError::WrongLeaf);
    let good = lab.registry.revoke_leaf(&first);
    for level in 0..EID_TREE_DEPTH {
        for bad in [field(77), MODULUS] {
            let mut ix = good.clone();
            ix.data[8 + 32 * level..][..32].copy_from_slice(&bad);
            lab.fails(ix, IdentityError::WrongLeaf);
        }
    }
    // a path of yesterday
    lab.enrolled(3);
    lab.fails(good, IdentityError::WrongLeaf);
    assert_eq!(*lab.tree().root(), lab.registry.leaves.root());
}

#[test]
fn rotate_epoch_ok() {
    let mut lab = Lab::new();
    let device = lab.enrolled(1);
    let (ix, decoys, authority) =
        (lab.registry.rotate_epoch(&lab.chain, 1), lab.decoys(), lab.registry.authority.insecure_clone());
    let payers: Vec<_> = decoys.iter().copied().filter(|key| lab.pays(key)).collect();
    attack::everything(&mut lab.chain, &ix, &decoys, &|index, key| {
        index == 1 && (payers.contains(key) || attack::is_copy(key))
    });
    // no epoch is left out
    let skip = lab.registry.rotate_epoch(&lab.chain, 2);
    lab.chain.send(&[skip], &[&authority]).unwrap_err();
    let meta = lab.chain.ok(std::slice::from_ref(&ix), &[&authority]);
    let event = &meta.events::<events::EpochRotated>()[0];
    assert_eq!((event.epoch, event.leaves, event.old_tree), (1, 1, lab.registry.tree));
    lab.chain.send(&[ix], &[&authority]).unwrap_err();
    let stale = lab.registry.rotate_epoch(&lab.chain, 2);
    lab.chain.fails(&[stale], &[&authority], IdentityError::WrongTree);
    // the old tree is dead
    let (append, revoke) = (
        lab.registry.append_leaf(&lab.chain, &Device { expiry: device.expiry, ..Device::new(2) }),
        lab.registry.revoke_leaf(&device),
    );
    lab.fails(append, IdentityError::WrongTree);
    lab.fails(revoke, IdentityError::WrongTree);
    let old = lab.registry.tree;
    (lab.registry.tree, lab.registry.leaves) = (event.tree, EidTree::new());
    // an enrolment of the old tree is none of the new one
    let mut mixed = lab.registry.revoke_leaf(&device);
    mixed.accounts[3].pubkey = seeds::enrolment(&old, &device.tag_commitment()).0;
    attack::must_fail(&mut lab.chain, &mixed, "an enrolment of the old tree");
    let again = lab.enrolled(1);
    assert_eq!((again.index, *lab.tree().root()), (0, lab.registry.leaves.root()));
    assert_eq!(lab.tree().epoch, 1);
}

#[test]
fn enrolling_can_be_paused_ok() {
    let mut lab = Lab::new();
    let device = lab.enrolled(1);
    let ix = set_paused(lab.chain.payer.pubkey(), pause::ENROL);
    lab.chain.ok(&[ix], &[]);
    let append = lab.registry.append_leaf(&lab.chain, &Device { expiry: device.expiry, ..Device::new(2) });
    lab.fails(append, IdentityError::Paused);
    lab.fails(lab.registry.create(&lab.chain, 2), IdentityError::Paused);
    // ending enrolments cannot
    lab.registry.revoke(&mut lab.chain, &device);
    let rotate = lab.registry.rotate_epoch(&lab.chain, 1);
    lab.chain.ok(&[rotate], &[&lab.registry.authority]);
}

fn empty() -> Tree {
    Tree {
        registrar: Pubkey::default(),
        epoch: 0,
        count: 0,
        newest: 0,
        valid: 0,
        frontier: [[0; 32]; EID_TREE_DEPTH],
        roots: [[0; 32]; ROOTS],
        version: 0,
        bump: 0,
        reserved: [0; 62],
    }
}

/// What the program keeps is enough to be the whole tree, and it knows the roots it should and no others.
#[derive(Default)]
struct Model {
    tree: EidTree,
    /// Every root, the newest last; a revocation begins anew.
    roots: Vec<Field>,
    forgotten: Vec<Field>,
}

impl Model {
    fn check(&self, tree: &Tree) {
        assert_eq!((*tree.root(), tree.count), (self.tree.root(), self.tree.len()));
        let (old, recent) = self.roots.split_at(self.roots.len().saturating_sub(ROOTS));
        assert!(recent.iter().all(|root| tree.knows(root)));
        // clearing all leaves leads back to a root that was there before
        let mut old = old.iter().chain(&self.forgotten).filter(|root| !recent.contains(root));
        assert!(!old.any(|root| tree.knows(root)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn frontier_is_the_whole_tree_ok(steps in proptest::collection::vec(proptest::option::weighted(0.2, any::<u32>()), 1..120)) {
        let (mut tree, mut model) = (empty(), Model::default());
        let mut live = Vec::<u32>::new();
        for (number, step) in (0i64..).zip(steps) {
            match step {
                Some(at) if !live.is_empty() => {
                    let index = live.swap_remove(at as usize % live.len());
                    let (leaf, path) = (model.tree.leaf(index), model.tree.path(index));
                    // at another place, or as another leaf, it is refused and changes nothing
                    prop_assert!(tree.revoke(index ^ 1, &leaf, &path).is_err());
                    prop_assert!(tree.revoke(index, &field(1), &path).is_err());
                    prop_assert!(tree.revoke(index | EID_LEAVES, &leaf, &path).is_err());
                    model.check(&tree);
                    tree.revoke(index, &leaf, &path).unwrap();
                    model.tree.clear(index).unwrap();
                    model.forgotten.append(&mut model.roots);
                }
                _ => {
                    let leaf = leaf(&field(1), &field(2), &field(3), number).unwrap();
                    let index = tree.append(leaf).unwrap();
                    prop_assert_eq!(model.tree.push(leaf).unwrap(), index);
                    live.push(index);
                }
            }
            model.roots.push(model.tree.root());
            model.check(&tree);
        }
    }
}

/// The ring, turned several times over.
#[test]
fn ring_of_roots_ok() {
    let (mut tree, mut model) = (empty(), Model::default());
    for number in 0..3 * ROOTS as u64 + 7 {
        tree.append(field(number + 1)).unwrap();
        model.tree.push(field(number + 1)).unwrap();
        model.roots.push(model.tree.root());
        model.check(&tree);
    }
    assert_eq!((tree.valid as usize, model.roots.len()), (ROOTS, 3 * ROOTS + 7));
    assert!(!tree.knows(&[0; 32]));
}

#[test]
fn nothing_to_revoke_fails() {
    let mut tree = empty();
    assert!(tree.revoke(0, &[0; 32], &EidTree::new().path(0)).is_err());
    tree.append(field(1)).unwrap();
    // an unused place leads to the root, but no leaf is there
    let whole = EidTree::from_leaves([field(1)]).unwrap();
    assert!(tree.revoke(1, &[0; 32], &whole.path(1)).is_err());
}
