//! The README's walk through identity: a node, an SM-DP+, the gateway and a registrar, all of them processes of their own.

mod cli_support;

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use cli_support::{
    identity::{begun, hint, lab, refused, told, trusted, Stage},
    text,
};

const DAY: u64 = 86_400;

#[test]
fn certificates_are_trusted_registered_and_shown_ok() {
    let world = begun();
    let home = &world.home;
    let (tls, auth) = (lab(home, "dptls.pem"), lab(home, "dpauth.pem"));
    let ci_file = lab(home, "ci.pem");
    let register = ["smdp", "register", tls.as_str(), auth.as_str()];

    // Nobody's CI, then a CI that only the authority names.
    told(&home.as_person(&world.stranger, &register), 1, "is not registered");
    assert_eq!(refused(&home.as_person(&world.stranger, &["smdp", "ci", "propose", &ci_file])), "Unauthorized");
    told(&home.as_person(&world.mvno, &["smdp", "ci", "propose", &tls]), 1, "not the certificate of a CI");
    let ci = trusted(&world);
    let listed = home.ok(&world.stranger, &["smdp", "ci", "list"]);
    assert_eq!(
        (&listed["issuers"][0]["issuer"], &listed["issuers"][0]["state"]),
        (&ci.as_str().into(), &"active".into())
    );
    assert_eq!(listed["issuers"].as_array().map(Vec::len), Some(1));

    // Anyone registers; what is there already is left as it is.
    let made = home.step(&world.stranger, &register);
    let rows = made["certificates"].as_array().expect("certificates");
    let roles: Vec<_> = rows.iter().map(|row| text(row, "role")).collect();
    assert_eq!(roles, ["DPtls", "DPauth"]);
    assert!(rows.iter().all(|row| row["already"] == false && row["issuer"] == ci.as_str()), "{made}");
    let again = home.ok(&world.subscriber, &register);
    assert_eq!(again["transactions"].as_array().map(Vec::len), Some(0), "{again}");
    assert!(again["certificates"].as_array().expect("certificates").iter().all(|row| row["already"] == true));
    let shown = home.ok(&world.stranger, &["smdp", "show"]);
    assert_eq!(shown["certificates"].as_array().map(Vec::len), Some(2));
    let one = text(&rows[0], "address");
    let one = home.ok(&world.stranger, &["smdp", "show", &one]);
    assert_eq!(
        (&one["role"], &one["registeredId"], &one["revoked"]),
        (&"DPtls".into(), &"2.999.10".into(), &false.into())
    );

    // A retired CI certifies nothing new, until it is taken back.
    let other = home.path("other").display().to_string();
    home.ok(&world.mvno, &["smdp", "lab", &other]);
    told(&home.as_person(&world.mvno, &["smdp", "lab", &other]), 1, "is there already");
    assert_eq!(home.step(&world.mvno, &["smdp", "ci", "retire", &ci])["state"], "retiring");
    let pb = lab(home, "dppb.pem");
    told(&home.as_person(&world.stranger, &["smdp", "register", &pb]), 1, "is retired");
    assert_eq!(home.step(&world.mvno, &["smdp", "ci", "restore", &ci])["state"], "active");

    // Of a CI that nobody named; and files that are no certificates, of which nothing is sent.
    let unknown = home.path("other/dptls.pem").display().to_string();
    told(&home.as_person(&world.stranger, &["smdp", "register", &unknown]), 1, "is not registered");
    let garbage = home.write("garbage.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    let garbage = garbage.display().to_string();
    let mixed = home.as_person(&world.stranger, &["smdp", "register", &unknown, &garbage]);
    told(&mixed, 1, "garbage.pem is not a certificate");
    told(&home.as_person(&world.stranger, &["smdp", "register", &lab(home, "dptls.key")]), 1, "is not a certificate");
    assert_eq!(home.ok(&world.stranger, &["smdp", "show"])["certificates"].as_array().map(Vec::len), Some(2));

    let brainpool =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/fixtures/sgp26/DPauth/CERT_S_SM_DPauth_ECDSA_BRP.der");
    if !brainpool.exists() {
        eprintln!("skipped: no external fixtures");
        return;
    }
    let ran = home.as_person(&world.stranger, &["smdp", "register", &brainpool.display().to_string()]);
    assert!(hint(&ran, 1).contains("Brainpool"), "{}", ran.err);
}

#[test]
fn from_a_lab_to_an_activated_unit_ok() {
    let stage = Stage::start();
    let (world, home, plan) = (&stage.world, &stage.world.home, stage.plan.as_str());
    let me = &world.subscriber;
    let enrolled = stage.enrol(me);
    assert_eq!(enrolled["index"], 0);
    let credential = fs::metadata(text(&enrolled, "credential")).expect("credential");
    assert_eq!(credential.permissions().mode() & 0o777, 0o600);
    home.step(me, &["plan", "buy", plan, "--units", "2"]);
    let bare = home.as_person(me, &["entitlement", "activate", plan]);
    assert!(hint(&bare, 1).contains("--session"), "{}", bare.err);

    let session = stage.open(me);
    let activate = ["entitlement", "activate", plan, "--session", &session];
    told(&home.as_person(me, &activate), 1, "no EID is bound");
    told(&home.as_person(me, &["session", "record", &session]), 1, "has not answered");
    let verified = stage.verify(me, &session, &[]).json();
    assert_eq!((&verified["tls"], &verified["server"]), (&"1.2".into(), &"smdp.gesim.test".into()));
    assert_eq!((text(&verified, "iccid").len(), &verified["profile"]), (20, &"GeSIM lab".into()));
    told(&stage.verify(me, &session, &[]), 1, "answered already");
    let recorded = home.step(me, &["session", "record", &session]);
    assert_eq!((&recorded["state"], &recorded["bound"]), (&"authenticated".into(), &false.into()));
    assert_eq!(recorded["transactions"].as_array().map(Vec::len), Some(2));
    // Again: everything stands there.
    let again = home.ok(me, &["session", "record", &session]);
    assert_eq!(again["transactions"].as_array().map(Vec::len), Some(0), "{again}");

    told(&home.as_person(me, &["eid", "bind", &session]), 1, "reading the proof");
    let proven = home.ok(me, &["eid", "prove", &session]);
    assert!(proven["milliseconds"].as_u64().is_some_and(|took| took < 10_000), "{proven}");
    assert_eq!(refused(&home.as_person(&world.stranger, &["eid", "bind", &session])), "NotTheWallet");
    let bound = home.step(me, &["eid", "bind", &session]);
    assert_eq!((&bound["wallet"], &bound["plan"]), (&me.address.as_str().into(), &plan.into()));
    assert_eq!((&bound["nullifier"], &bound["moves"]), (&proven["nullifier"], &0.into()));
    let shown = home.ok(me, &["eid", "show"]);
    assert_eq!(shown["bindings"].as_array().map(Vec::len), Some(1));
    assert_eq!(shown["bindings"][0]["binding"], bound["binding"]);
    assert_eq!(home.ok(me, &["session", "show"])["sessions"][0]["bound"], true);

    let active = home.step(me, &activate);
    assert_eq!((&active["state"], &active["entitlement"]), (&"active".into(), &bound["entitlement"]));
    // The session was for one entitlement; and its binding lasts.
    home.as_person(me, &activate).failed(1);
    let binding = text(&bound, "binding");
    assert_eq!(refused(&home.as_person(me, &["eid", "unbind", &binding])), "BindingLive");
    assert_eq!(refused(&home.as_person(&world.stranger, &["session", "close", &session])), "SessionLive");
    home.step(me, &["session", "close", &session]);
    assert_eq!(home.ok(me, &["session", "show"])["sessions"].as_array().map(Vec::len), Some(0));

    moves_to_another_wallet(&stage, &binding);
    world.node.travel(60 * DAY);
    home.step(&world.prover, &["eid", "unbind", &binding]);
    assert_eq!(home.ok(me, &["eid", "show"])["bindings"].as_array().map(Vec::len), Some(0));
}

/// The device's owner has another wallet now. TLS 1.3 this time.
fn moves_to_another_wallet(stage: &Stage, binding: &str) {
    let (home, me) = (&stage.world.home, &stage.world.stranger);
    let session = stage.open(me);
    assert_eq!(stage.verify(me, &session, &["--tls", "1.3"]).json()["tls"], "1.3");
    let recorded = home.ok(me, &["session", "record", &session]);
    assert_eq!(recorded["state"], "authenticated");
    assert!(recorded["transactions"].as_array().map(Vec::len) > Some(4), "the transcript goes on-chain: {recorded}");
    home.ok(me, &["eid", "prove", &session]);
    // One EID, one binding a plan.
    home.as_person(me, &["eid", "bind", &session]).failed(1);
    let moved = home.step(me, &["eid", "rebind", &session]);
    assert_eq!((&moved["binding"], &moved["moves"]), (&binding.into(), &1.into()));
    assert_eq!(moved["wallet"], me.address.as_str());
    assert_eq!(refused(&home.as_person(me, &["eid", "rebind", &session])), "SessionUsed");
    home.ok(me, &["plan", "buy", &stage.plan]);
    let active = home.ok(me, &["entitlement", "activate", &stage.plan, "--session", &session]);
    assert_eq!((&active["state"], &active["entitlement"]), (&"active".into(), &moved["entitlement"]));
}
