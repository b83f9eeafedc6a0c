//! Vectors of the vault against a card that was written apart from it.

mod usim;

use std::sync::{
    atomic::{AtomicU64, Ordering},
    Arc,
};

use gesim_vault::{
    kdf, milenage::Answers, sqn::Sqn, Argon2Cost, AuthRequest, AuthVector, Imsi, KeyVault, Keys, Milenage, Network,
    NewSubscriber, Secret, SoftVault, SubscriberKeys, VaultError,
};
use tempfile::TempDir;
use usim::{Refused, Usim};

struct Bench {
    _folder: TempDir,
    vault: SoftVault,
    card: Usim,
    imsi: Imsi,
    clock: Arc<AtomicU64>,
}

fn bench(limit: u32, sqn: Sqn) -> Bench {
    let folder = TempDir::new().expect("folder");
    let keys = SubscriberKeys::generate().expect("keys");
    let card = Usim::new(keys.ki.expose(), keys.opc.expose());
    let clock = Arc::new(AtomicU64::new(1_000_000));
    let read = clock.clone();
    let vault =
        SoftVault::create(&folder.path().join("vault"), "correct horse battery", Argon2Cost::LEAST).expect("vault");
    let mut vault = vault.with_clock(move || read.load(Ordering::Relaxed));
    let imsi: Imsi = "001010000000001".parse().expect("IMSI");
    vault
        .import(NewSubscriber { imsi: imsi.clone(), keys, amf: [0x80, 0], sqn, limit, grants: Vec::new() })
        .expect("import");
    Bench { _folder: folder, vault, card, imsi, clock }
}

impl Bench {
    fn ask(&mut self, network: Network) -> Result<AuthVector, VaultError> {
        self.vault.auth_vector(&self.imsi, &AuthRequest { network })
    }
}

#[test]
fn the_card_accepts_and_answers_alike_ok() {
    let mut bench = bench(1000, Sqn::default());
    for _ in 0..70 {
        let vector = bench.ask(Network::Umts).expect("vector");
        let accepted = bench.card.authenticate(&vector.rand, &vector.autn).expect("accepted");
        let Keys::Umts { xres, ck, ik } = &vector.keys else { panic!("kind") };
        assert_eq!((xres.expose(), ck.expose(), ik.expose()), (&accepted.res, &accepted.ck, &accepted.ik));
        assert_eq!(vector.autn[6] & 0x80, 0);
    }
}

/// 32 vectors may be used in any order; each of them once.
#[test]
fn vectors_out_of_order_ok() {
    let mut bench = bench(1000, Sqn::default());
    let mut vectors: Vec<_> = (0..32).map(|_| bench.ask(Network::Umts).expect("vector")).collect();
    vectors.reverse();
    for vector in &vectors {
        bench.card.authenticate(&vector.rand, &vector.autn).expect("accepted");
    }
    for vector in &vectors {
        assert!(matches!(bench.card.authenticate(&vector.rand, &vector.autn), Err(Refused::Sync(_))));
    }
}

/// A card that is ahead, as after a vault came back from an old backup.
#[test]
fn a_card_that_is_ahead_resynchronises_ok() {
    let mut bench = bench(1000, Sqn::default());
    bench.card.rows = [5000 << 5; 32];
    let vector = bench.ask(Network::Umts).expect("vector");
    let Err(Refused::Sync(auts)) = bench.card.authenticate(&vector.rand, &vector.autn) else { panic!("refused") };
    bench.vault.resynchronise(&bench.imsi, &vector.rand, &auts).expect("token");
    let vector = bench.ask(Network::Umts).expect("vector");
    let accepted = bench.card.authenticate(&vector.rand, &vector.autn).expect("accepted");
    assert_eq!(accepted.sqn >> 5, 5001);
    // The old token again: the number does not go back.
    bench.vault.resynchronise(&bench.imsi, &[0; 16], &bench.card.auts(&[0; 16])).expect("token");
    let vector = bench.ask(Network::Umts).expect("vector");
    assert_eq!(bench.card.authenticate(&vector.rand, &vector.autn).expect("accepted").sqn >> 5, 5002);
}

#[test]
fn a_token_with_any_flipped_bit_fails() {
    let mut bench = bench(1000, Sqn::default());
    bench.card.rows = [77 << 5; 32];
    let rand = [3; 16];
    let auts = bench.card.auts(&rand);
    for bit in 0..112 {
        let mut bad = auts;
        bad[bit / 8] ^= 1 << (bit % 8);
        assert!(matches!(bench.vault.resynchronise(&bench.imsi, &rand, &bad), Err(VaultError::Resync)), "{bit}");
    }
    assert!(matches!(bench.vault.resynchronise(&bench.imsi, &[4; 16], &auts), Err(VaultError::Resync)));
    assert_eq!(bench.vault.subscribers().next().expect("one").sqn, Sqn::default());
    bench.vault.resynchronise(&bench.imsi, &rand, &auts).expect("the whole one");
}

#[test]
fn keys_of_eps_and_5g_ok() {
    let mut bench = bench(1000, Sqn::default());
    let vector = bench.ask(Network::Eps { plmn: "00101".into() }).expect("vector");
    assert_eq!(vector.autn[6] & 0x80, 0x80, "the separation bit");
    bench.card.authenticate(&vector.rand, &vector.autn).expect("accepted");
    let Keys::Eps { k_asme: first, .. } = &vector.keys else { panic!("kind") };
    assert_ne!(first.expose(), &[0; 32]);
    let name = "5G:mnc001.mcc001.3gppnetwork.org";
    let vector = bench.ask(Network::FiveG { serving_network: name.into() }).expect("vector");
    bench.card.authenticate(&vector.rand, &vector.autn).expect("accepted");
    let text = serde_json::to_string(&vector).expect("JSON");
    let back: AuthVector = serde_json::from_str(&text).expect("reads");
    assert_eq!(serde_json::to_string(&back).expect("JSON"), text);
}

/// A network that does not exist costs no sequence number.
#[test]
fn a_serving_network_is_checked_fails() {
    let mut bench = bench(1000, Sqn::default());
    for plmn in ["0010", "0010100", "00x01", ""] {
        assert!(matches!(bench.ask(Network::Eps { plmn: plmn.into() }), Err(VaultError::Network(_))), "{plmn}");
    }
    for name in
        ["5G:mnc01.mcc001.3gppnetwork.org", "mnc001.mcc001.3gppnetwork.org", "5G:mnc001.mcc001.3gppnetwork.org.", ""]
    {
        let network = Network::FiveG { serving_network: name.into() };
        assert!(matches!(bench.ask(network), Err(VaultError::Network(_))), "{name}");
    }
    assert_eq!(bench.vault.subscribers().next().expect("one").sqn, Sqn::default(), "no number is spent");
}

#[test]
fn the_rate_is_limited_over_restarts_fails() {
    let mut bench = bench(3, Sqn::default());
    for _ in 0..3 {
        bench.ask(Network::Umts).expect("vector");
    }
    assert!(matches!(bench.ask(Network::Umts), Err(VaultError::RateLimited(60))));
    let path = bench._folder.path().join("vault");
    let Bench { _folder, vault, imsi, clock, .. } = bench;
    drop(vault);
    let read = clock.clone();
    let vault = SoftVault::open(&path, "correct horse battery").expect("opens");
    let mut vault = vault.with_clock(move || read.load(Ordering::Relaxed));
    let request = AuthRequest { network: Network::Umts };
    assert!(matches!(vault.auth_vector(&imsi, &request), Err(VaultError::RateLimited(_))));
    clock.fetch_add(59, Ordering::Relaxed);
    assert!(matches!(vault.auth_vector(&imsi, &request), Err(VaultError::RateLimited(1))));
    clock.fetch_add(1, Ordering::Relaxed);
    vault.auth_vector(&imsi, &request).expect("a new minute");
}

#[test]
fn numbers_that_are_used_up_fails() {
    let last = Sqn::from_u64((1 << 48) - 1).expect("SQN");
    let mut bench = bench(10, last);
    assert!(matches!(bench.ask(Network::Umts), Err(VaultError::Exhausted)));
    assert!(Sqn::from_u64(1 << 48).is_none());
}

/// The KDF by hand for one vector: HMAC-SHA-256 over FC || P || L ..
#[test]
fn the_derivation_follows_its_layout_ok() {
    use hmac::{Hmac, Mac};
    let card = Milenage::new(&Secret::new([1; 16]), &Secret::new([2; 16]));
    let answers = card.f2345(&[3; 16]);
    let key = [&answers.ck.expose()[..], answers.ik.expose()].concat();
    let hmac = |text: &str| {
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&key).expect("key");
        mac.update(&hex::decode(text.replace(' ', "")).expect("hex"));
        hex::encode(mac.finalize().into_bytes())
    };
    let asme = kdf::k_asme(&answers, &[0x00, 0xf1, 0x10], &[1, 2, 3, 4, 5, 6]).expect("key");
    assert_eq!(hex::encode(asme.expose()), hmac("10 00f110 0003 010203040506 0006"));
    let name = "5G:mnc001.mcc001.3gppnetwork.org";
    let ausf = kdf::k_ausf(&answers, name, &[1, 2, 3, 4, 5, 6]).expect("key");
    assert_eq!(hex::encode(ausf.expose()), hmac(&format!("6a {} 0020 010203040506 0006", hex::encode(name))));
    let star = kdf::xres_star(&answers, name, &[3; 16]).expect("key");
    let (rand, res) = ("03".repeat(16), hex::encode(answers.res.expose()));
    let long = hmac(&format!("6b {} 0020 {rand} 0010 {res} 0008", hex::encode(name)));
    assert_eq!(hex::encode(star.expose()), long[32..]);
}

/// K_AUSF of a published worked example (CK = 01 02 .. 0f 00, IK = 02 03 .. 00 01).
#[test]
fn a_published_k_ausf_ok() {
    let answers = Answers {
        res: Secret::new([0; 8]),
        ck: Secret::from_hex("0102030405060708090a0b0c0d0e0f00").expect("CK"),
        ik: Secret::from_hex("02030405060708090a0b0c0d0e0f0001").expect("IK"),
        ak: Secret::new([3, 4, 5, 6, 7, 8]),
    };
    let key = kdf::k_ausf(&answers, "5G:mnc001.mcc001.3gppnetwork.org", &[3, 4, 5, 6, 7, 0xf7]).expect("key");
    assert_eq!(hex::encode(key.expose()), "20de4eb2b75c8dac301ad52773e2e37bd7b4b0c2fdb1c3751b98dd0df846aed5");
}
