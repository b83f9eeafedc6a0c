//! What identity's commands refuse: other devices, servers that are off, sessions that are over, certificates that are revoked.

mod cli_support;

use std::path::Path;

use cli_support::{
    identity::{hint, lab, refused, told, Stage, CODE},
    number, text,
};
use serde_json::Value;

const DAY: u64 = 86_400;

#[test]
fn other_devices_and_servers_are_refused_fails() {
    let mut stage = Stage::start();
    let cousin = stage.cousin();
    let foreign = stage.world.home.path("foreign").display().to_string();
    stage.world.home.ok(&stage.world.mvno, &["smdp", "lab", &foreign]);

    // The registrar takes eUICCs under its CI, each once.
    let url = format!("http://{}", stage.desk.address);
    {
        let (home, me) = (&stage.world.home, &stage.world.subscriber);
        stage.enrol(me);
        let theirs = format!("{foreign}/euicc.json");
        let register = |euicc: &str, more: &[&str]| {
            home.as_person(me, &[&["eid", "register", "--registrar", &url, "--euicc", euicc], more].concat())
        };
        let spare = home.path("spare.json").display().to_string();
        told(&register(&theirs, &["--credential", &spare]), 1, "registrar refused");
        told(&register(&stage.euicc(), &["--credential", &spare]), 1, "registrar refused");
        assert!(!Path::new(&spare).exists());
        let second = home.path("cousin.credential").display().to_string();
        assert_eq!(register(&cousin, &["--credential", &second]).json()["index"], 1);
        // A credential is not written over by another device's; its own device gets the same leaf again.
        told(&register(&cousin, &[]), 1, "another device's");
        assert_eq!(stage.enrol(me)["index"], 0);
        let waits = home.path("waits.json").display().to_string();
        let nobody =
            ["eid", "register", "--registrar", "http://127.0.0.1:1", "--euicc", &cousin, "--credential", &waits];
        told(&home.as_person(me, &nobody), 3, "does not answer");
        assert!(!Path::new(&waits).exists() && home.path("waits.json.begun").exists(), "the secret is kept");

        // Another device than the one that opened the session: of the same lab, and of another one.
        let session = stage.open(me);
        told(&stage.verify(me, &session, &["--euicc", &cousin]), 1, "opened with another eUICC");
        told(&stage.verify(me, &session, &["--euicc", &theirs]), 1, "signed by a CI that is not trusted here");
        let other = home.as_person(me, &["eid", "prove", &session, "--credential", &second]);
        told(&other, 1, "another EID");
        assert!(hint(&other, 1).contains("--credential"));
        // Nobody listens there.
        let off = stage.verify(me, &session, &["--connect", "127.0.0.1:1"]);
        assert!(hint(&off, 3).contains("runs"), "{}", off.err);
    }

    // The server is off behind the gateway, and comes back: the session still waits.
    let session = stage.open(&stage.world.subscriber);
    stage.restart_smdp(|stage| {
        let off = stage.verify(&stage.world.subscriber, &session, &[]);
        assert!(hint(&off, 3).contains("behind it"), "{}", off.err);
    });
    let (home, me) = (&stage.world.home, &stage.world.subscriber);
    stage.verify(me, &session, &[]).json();

    // A code for another server; a token that nobody ordered.
    let open = |code: &str| {
        let euicc = stage.euicc();
        home.as_person(me, &["session", "open", "--plan", &stage.plan, "--euicc", &euicc, "--code", code])
    };
    told(&open("LPA:1$elsewhere.test$GESIM-LAB"), 1, "no DPtls certificate for elsewhere.test");
    open("GESIM-LAB").failed(2);
    let session = text(&open("LPA:1$smdp.gesim.test$OTHER").json(), "session");
    let ran = stage.verify(me, &session, &[]);
    assert!(hint(&ran, 1).contains("activation code"), "{}", ran.err);
}

#[test]
fn sessions_end_and_certificates_are_revoked_fails() {
    let stage = Stage::start();
    let (world, home, me) = (&stage.world, &stage.world.home, &stage.world.subscriber);
    stage.enrol(me);
    // Answered in time, but recorded too late.
    let late = stage.open(me);
    stage.verify(me, &late, &[]).json();
    world.node.travel(DAY);
    assert_eq!(refused(&home.as_person(me, &["session", "record", &late])), "SessionExpired");
    home.step(&world.stranger, &["session", "close", &late]);
    told(&home.as_person(me, &["session", "record", &late]), 1, "there is no session");

    // The authority revokes: nothing of it counts from then on, and registering it again changes nothing.
    let session = stage.recorded(me, &[]);
    home.ok(me, &["eid", "prove", &session]);
    let all = home.ok(me, &["smdp", "show"]);
    let rows = all["certificates"].as_array().expect("certificates");
    let of = |role: &str| -> &Value { rows.iter().find(|row| row["role"] == role).expect("certificate") };
    let auth = text(of("DPauth"), "certificate");
    assert_eq!(refused(&home.as_person(&world.stranger, &["smdp", "revoke", &auth])), "Unauthorized");
    let answered = stage.open(me);
    stage.verify(me, &answered, &[]).json();
    assert_eq!(home.step(&world.mvno, &["smdp", "revoke", &auth])["revoked"], true);
    assert_eq!(refused(&home.as_person(me, &["session", "record", &answered])), "Revoked");
    let again = home.ok(&world.stranger, &["smdp", "register", &lab(home, "dpauth.pem")]);
    assert_eq!(again["certificates"][0]["already"], true);
    assert_eq!(home.ok(me, &["smdp", "show", &auth])["revoked"], true);
    // Without its DPtls certificate no session is opened with the server.
    let tls = text(of("DPtls"), "certificate");
    home.step(&world.mvno, &["smdp", "revoke", &tls]);
    let euicc = stage.euicc();
    let open = ["session", "open", "--plan", &stage.plan, "--euicc", &euicc, "--code", CODE];
    told(&home.as_person(me, &open), 1, "no DPtls certificate");
    assert!(number(&home.ok(me, &["session", "show", &session]), "authenticatedAt") > 0);
}
