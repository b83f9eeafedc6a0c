//! Whole ceremonies of the project's small circuits, and their outcome as the project's key.

use std::{fs, path::Path, process::Command};

use gesim_circuits::{
    cache::Cache,
    ceremony::{self, Ceremonial},
    check, circuit, keys,
    manifest::Manifest,
    node, setup,
    tree::Tree,
};

use crate::{ceremony::command, development::powers_of_tau, support::artifacts};

const LABEL: &str = "ceremony of a test";

/// A tree and artifacts of their own, as the real ones are now, with powers of tau.
struct Project {
    dir: tempfile::TempDir,
    cache: Cache,
    tree: Tree,
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

impl Project {
    fn new(name: &str, power: u32) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let there = artifacts(name);
        let cache = Cache { node: Cache::from_env().unwrap().node, ..Cache::at(dir.path()) };
        copy(&there, &cache.artifacts.join(there.file_name().unwrap()));
        let tree = Tree { circuits: dir.path().to_owned(), keys: dir.path().join("keys") };
        copy(&Tree::this().keys, &tree.keys);
        fs::copy(Tree::this().circuits.join("artifacts.json"), tree.circuits.join("artifacts.json")).unwrap();
        for file in ["circuit.r1cs", "circuit.sym"] {
            fs::copy(there.join(file), dir.path().join(file)).unwrap();
        }
        powers_of_tau(dir.path(), power);
        Self { dir, cache, tree }
    }

    fn command(&self, args: &[&str]) -> String {
        command(self.dir.path(), args).unwrap()
    }

    /// Two contributions and a beacon by the commands: 3.key.
    fn ceremony(&self, new: &[&str]) {
        let circuit = ["new", "--r1cs", "circuit.r1cs", "--ptau", "prepared", "--out", "0.key"];
        self.command(&[&circuit, new].concat());
        self.command(&["contribute", "--key", "0.key", "--out", "1.key", "--name", "Ann"]);
        self.command(&["contribute", "--key", "1.key", "--out", "2.key", "--name", "Bob"]);
        self.command(&["beacon", "--key", "2.key", "--out", "3.key", "--hash", "00c0ffee"]);
    }

    fn install(&self, name: &str, key: &str, label: &str) -> anyhow::Result<()> {
        let [key, ptau] = [key, "prepared"].map(|file| self.dir.path().join(file));
        ceremony::install(&self.cache, &self.tree, name, &Ceremonial { key: &key, ptau: &ptau, label })?;
        Ok(())
    }

    /// The outcome is the key of the circuit, in every place.
    fn check_installed(&self, name: &str) {
        let manifest = Manifest::read(&self.tree.circuits).unwrap();
        let entry = &manifest.circuits[name];
        assert_eq!(entry.setup, LABEL);
        let before = Manifest::read(circuit::folder()).unwrap();
        assert_ne!(entry.fingerprint, before.circuits[name].fingerprint);
        assert_eq!(entry.r1cs, before.circuits[name].r1cs);
        assert!(manifest.circuits.iter().all(|(other, entry)| other == name || *entry == before.circuits[other]));
        check::circuit(&self.cache, &self.tree, name, entry).unwrap();
        assert_eq!(&setup::setup(&self.cache, name, &manifest).unwrap(), entry);
        let key = check::verifying_key(&self.cache, entry).unwrap();
        let text = fs::read_to_string(self.tree.keys.join(format!("{name}.rs"))).unwrap();
        assert_eq!(text, keys::rust(name, LABEL, &key));
        assert!(text.contains(&format!("setup: {LABEL:?}")));
    }

    fn refusal(&self, name: &str, key: &str, label: &str) -> String {
        let before = fs::read(self.tree.circuits.join("artifacts.json")).unwrap();
        let error = format!("{:#}", self.install(name, key, label).unwrap_err());
        assert_eq!(fs::read(self.tree.circuits.join("artifacts.json")).unwrap(), before);
        error
    }
}

#[test]
fn plain_circuit_with_snarkjs_as_witness_ok() {
    let project = Project::new("opening_small", 13);
    project.ceremony(&[]);
    let modules = node::install(&project.cache).unwrap();
    let args = ["zkey", "verify", "circuit.r1cs", "prepared", "3.key"];
    let mut snarkjs = Command::new("node");
    let said = node::run(snarkjs.arg(node::snarkjs(&modules)).args(args).current_dir(project.dir.path())).unwrap();
    assert!(said.contains("ZKey Ok!") && said.contains("Ann") && said.contains("Bob"), "{said}");

    assert!(project.refusal("opening_small", "0.key", LABEL).contains("delta equals gamma"));
    assert!(project.refusal("opening_small", "3.key", "development").contains("label of the development setup"));
    assert!(project.refusal("usage_small", "3.key", LABEL).contains("of the other kind"));
    assert!(project.refusal("opening", "3.key", LABEL).contains("no circuit"));
    project.install("opening_small", "3.key", LABEL).unwrap();
    project.check_installed("opening_small");
}

#[test]
fn circuit_with_a_commitment_ok() {
    let project = Project::new("usage_small", 14);
    project.ceremony(&["--sym", "circuit.sym"]);
    assert!(project.refusal("usage_small", "0.key", LABEL).contains("delta equals gamma"));
    assert!(project.refusal("opening_small", "3.key", LABEL).contains("of the other kind"));
    project.install("usage_small", "3.key", LABEL).unwrap();
    project.check_installed("usage_small");
}
