//! The people of a settlement on a local node, and the steps every story begins with.

use std::fs;

use serde_json::json;

use super::{node::Node, text, Home, Person};

/// A node and who lives on it.
pub struct World {
    pub home: Home,
    pub node: Node,
    /// Authority of the programs, and the MVNO.
    pub mvno: Person,
    pub mno: Person,
    pub subscriber: Person,
    pub prover: Person,
    pub stranger: Person,
}

impl World {
    pub fn start() -> Self {
        let mut home = Home::new();
        let people = ["mvno", "mno", "subscriber", "prover", "stranger"].map(|name| home.person(name));
        let node = Node::start(&mut home, &people.each_ref(), &[]);
        let [mvno, mno, subscriber, prover, stranger] = people;
        Self { home, node, mvno, mno, subscriber, prover, stranger }
    }

    pub fn coin(&self, person: &Person) -> u64 {
        self.node.balance(&self.node.account(&person.address))
    }

    /// Programs initialised, agreement signed by both, period 202601 opened.
    pub fn agreement(&self) -> String {
        self.agreement_of(|document| document)
    }

    /// [`World::agreement`] of a document that `edit` has changed. The prover is its arbiter, too.
    pub fn agreement_of(&self, edit: impl Fn(String) -> String) -> String {
        let home = &self.home;
        home.step(&self.mvno, &["migrate"]);
        home.step(&self.mvno, &["mno", "register", "WERFD", "--authority", &self.mno.address]);
        let document = self.document("agreement.md", &["--prover-reward", "0.01"]);
        let arbiter = format!("\narbiter = \"{}\"\n\n[money]", self.prover.address);
        let written = fs::read_to_string(&document).expect("document").replace("\n\n[money]", &arbiter);
        home.write("agreement.md", &edit(written));
        let agreement = text(&home.step(&self.mvno, &["agreement", "create", &document]), "agreement");

        // Only the other side can sign.
        let ran = home.as_person(&self.stranger, &["agreement", "sign", &document]);
        let error = ran.failed(1).error();
        assert!(text(&error, "message").contains("is neither"), "{error}");
        assert!(text(&error, "hint").contains("--keypair"), "{error}");

        let signed = home.step(&self.mno, &["agreement", "sign", &document]);
        assert_eq!((&signed["state"], &signed["terms"]), (&"active".into(), &1.into()));
        self.open_period(&agreement, "202601");
        agreement
    }

    /// Opens a period at 1,000 stablecoin units for a tariff unit.
    pub fn open_period(&self, agreement: &str, period: &str) {
        let (home, co_signer) = (&self.home, self.mno.file.display().to_string());
        let open = ["period", "open", agreement, "--period", period, "--rate", "1000", "--date", "20260102"];
        let alone = home.as_person(&self.mvno, &open);
        assert!(alone.failed(1).err.contains("must sign"), "{}", alone.err);
        home.step(&self.mvno, &[&open[..], &["--co-signer", &co_signer]].concat());
        let shown = home.ok(&self.stranger, &["period", "show", agreement, "--period", period]);
        assert_eq!((text(&shown, "numerator").as_str(), &shown["state"]), ("1000", &json!("open")));
    }

    /// Commits, proves and opens a batch folder; its address.
    pub fn open_batch(&self, folder: &str) -> String {
        let home = &self.home;
        let committed = home.ok(&self.mno, &["batch", "commit", folder, "--prover", &self.prover.address]);
        home.ok(&self.mno, &["batch", "prove", folder]);
        assert_eq!(home.ok(&self.mno, &["batch", "submit", folder])["chain"]["state"], "opened");
        text(&committed, "batch")
    }

    /// A batch folder of `records` call events of January 2026, billed in `period`.
    pub fn ingest_as(&self, agreement: &str, seed: &str, records: &str, period: &str, sequence: &str) -> String {
        let file = self.home.path(&format!("{seed}.tap")).display().to_string();
        let made = ["cdr", "generate", "--file", &file, "--records", records, "--seed", seed, "--sequence", seed];
        assert_eq!(self.home.run(&made).code, 0);
        // The same file twice is what the ledger of files prevents, and what claims are about.
        let ingest =
            ["cdr", "ingest", &file, "--again", "--agreement", agreement, "--period", period, "--sequence", sequence];
        text(&self.home.ok(&self.mno, &ingest)["folder"], "path")
    }

    /// A document of the two: charges are billed as they are.
    pub fn document(&self, name: &str, more: &[&str]) -> String {
        let file = self.home.path(name).display().to_string();
        let parties = ["agreement", "new", "--mno", "WERFD", "--mvno", "XLKJE", "--mvno-address", &self.mvno.address];
        let money = ["--mint", &self.node.coin, "--file", &file];
        let made = self.home.run(&[&parties[..], &money, more].concat());
        assert_eq!(made.code, 0, "{}", made.err);
        file
    }

    /// A plan on sale; two units bought, one activated.
    pub fn plan(&self, agreement: &str, more: &[&str]) -> String {
        let home = &self.home;
        home.step(&self.mvno, &["catalog", "create", "--mint", &self.node.coin]);
        let create = ["plan", "create", "--agreement", agreement, "--name", "Month", "--symbol", "MON"];
        let terms = [
            "--price",
            "2000",
            "--quota",
            "data=5000000000",
            "--activation-window",
            "7d",
            "--uri",
            "https://mvno.example/month",
        ];
        let plan = text(&home.step(&self.mvno, &[&create[..], &terms, more].concat()), "plan");
        let listed = home.ok(&self.subscriber, &["plan", "list"]);
        assert_eq!(listed["plans"][0]["plan"], plan.as_str());
        assert_eq!(listed["plans"][0]["price"], "2000000000");

        plan
    }

    /// Two units are bought and one is activated.
    pub fn buy_and_activate(&self, plan: &str) {
        let home = &self.home;
        let before = self.coin(&self.subscriber);
        let dry = home.ok(&self.subscriber, &["plan", "buy", plan, "--units", "2", "--dry-run"]);
        assert_eq!(dry["dryRun"], true);
        assert!(dry["previews"][0]["balances"].as_array().expect("balances").len() > 2, "{dry}");
        assert_eq!(self.coin(&self.subscriber), before, "a dry run moves nothing");

        let bought = home.step(&self.subscriber, &["plan", "buy", plan, "--units", "2"]);
        assert_eq!(bought["paid"], "4000000000");
        assert_eq!(before - self.coin(&self.subscriber), 4_000_000_000);
        let entitlement = home.step(&self.subscriber, &["entitlement", "activate", plan]);
        assert_eq!(entitlement["state"], "active");
        let shown = home.ok(&self.subscriber, &["entitlement", "show"]);
        assert_eq!((&shown["purchases"][0]["bought"], &shown["purchases"][0]["open"]), (&json!("2"), &json!("1")));
    }

    /// A batch folder from a billing file.
    pub fn ingest(&self, agreement: &str) -> String {
        let file = self.home.path("cdr.tap").display().to_string();
        let made = ["cdr", "generate", "--file", &file, "--records", "260", "--sequence", "7"];
        assert_eq!(self.home.run(&made).code, 0);
        let batch = self.home.ok(&self.mno, &["cdr", "ingest", &file, "--agreement", agreement]);
        assert_eq!((batch["period"].as_u64(), batch["sequence"].as_u64()), (Some(202_601), Some(7)));
        text(&batch["folder"], "path")
    }
}
