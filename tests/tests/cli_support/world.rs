//! The people of a settlement on a local node, and the steps every story begins with.

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

    /// Programs initialised, agreement signed, rate set.
    pub fn agreement(&self) -> String {
        let (home, coin) = (&self.home, self.node.coin.as_str());
        home.step(&self.mvno, &["migrate"]);
        home.step(&self.mvno, &["mno", "register", "WERFD", "--authority", &self.mno.address]);
        let contract = home.write("contract.md", "The operator is paid for what its batches prove.");
        let contract = contract.display().to_string();
        let terms = ["--prover-reward", "0.01", "--contract", &contract];
        let create = [&["agreement", "create", "--mno", "WERFD", "--mint", coin][..], &terms].concat();
        let agreement = text(&home.step(&self.mvno, &create), "agreement");

        // Only the other side can sign.
        let ran = home.as_person(&self.stranger, &["agreement", "sign", &agreement]);
        let error = ran.failed(1).error();
        assert_eq!(error["program"]["name"], "settlement", "{error}");
        assert_eq!(error["program"]["error"], "NotTheMno", "{error}");
        assert!(text(&error, "hint").contains("--keypair"), "{error}");

        let signed = home.step(&self.mno, &["agreement", "sign", &agreement]);
        assert_eq!(signed["state"], "active");
        let co_signer = self.mno.file.display().to_string();
        let rate = ["rate", "set", &agreement, "--period", "202601", "--numerator", "1000", "--co-signer", &co_signer];
        home.step(&self.mvno, &rate);
        assert_eq!(home.ok(&self.mno, &["rate", "show", &agreement, "--period", "202601"])["numerator"], "1000");
        agreement
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
