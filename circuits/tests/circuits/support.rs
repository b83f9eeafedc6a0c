//! Artifacts of the small circuits (made on first use) and witnesses of their programs.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, LazyLock},
};

use gesim_circuits::{cache::Cache, circuit, manifest::Manifest, node, setup};
use serde_json::{Map, Value};
use snarkrs_field::Fr;
use snarkrs_witness::{Console, Input, WitnessCalculator};

use crate::constraints::System;

/// One compiled circuit.
pub struct Compiled {
    pub dir: PathBuf,
    pub system: System,
    program: WitnessCalculator,
}

pub static USAGE: LazyLock<Compiled> = LazyLock::new(|| Compiled::new("usage_small"));
pub static OPENING: LazyLock<Compiled> = LazyLock::new(|| Compiled::new("opening_small"));
pub static EID: LazyLock<Compiled> = LazyLock::new(|| Compiled::new("eid_possession"));

struct Quiet;

impl Console for Quiet {
    fn log(&self, _: &str) {}
    fn error(&self, _: &str) {}
}

impl Compiled {
    fn new(name: &str) -> Self {
        let dir = artifacts(name);
        let program = WitnessCalculator::from_file(&dir.join("circuit.wasm")).expect("witness program");
        Self { system: System::load(&dir), program: program.with_console(Arc::new(Quiet)), dir }
    }

    /// The witness, or the reason why the program refuses the input.
    pub fn witness(&self, input: &Signals) -> Result<Vec<Fr>, String> {
        let input = Input::from_value(&input.json()).map_err(|e| e.to_string())?;
        self.program.calculate(&input).map_err(|e| e.to_string())
    }
}

/// Folder of a circuit's artifacts.
pub fn artifacts(name: &str) -> PathBuf {
    let cache = Cache::from_env().expect("cache");
    let committed = Manifest::read(circuit::folder()).expect("manifest");
    cache.artifacts.join(setup::setup(&cache, name, &committed).expect("artifacts").dir)
}

/// Compiles a small circuit of its own into a folder; gives its r1cs.
pub fn compile(dir: &Path, source: &str) -> PathBuf {
    let modules = node::install(&Cache::from_env().unwrap()).unwrap();
    let library = "circomlib/circuits";
    fs::create_dir_all(dir.join(library)).unwrap();
    for file in ["poseidon.circom", "poseidon_constants.circom"] {
        fs::copy(modules.join("node_modules").join(library).join(file), dir.join(library).join(file)).unwrap();
    }
    fs::write(dir.join("tiny.circom"), source).unwrap();
    let mut compiler = Command::new("node");
    compiler.arg(node::compiler(&modules)).args(["tiny.circom", "--O2", "--r1cs", "--sym", "-l", "."]).current_dir(dir);
    node::run(&mut compiler).unwrap();
    dir.join("tiny.r1cs")
}

/// Input signals by name, flat.
#[derive(Clone, Default)]
pub struct Signals(pub BTreeMap<&'static str, Vec<Fr>>);

impl Signals {
    pub fn set(&mut self, name: &'static str, values: impl IntoIterator<Item = Fr>) {
        self.0.insert(name, values.into_iter().collect());
    }

    pub fn at(&mut self, name: &str, at: usize) -> &mut Fr {
        &mut self.0.get_mut(name).expect("known signal")[at]
    }

    pub fn json(&self) -> Value {
        let signal = |values: &Vec<Fr>| match &values[..] {
            [one] => Value::String(one.to_string()),
            many => many.iter().map(|value| Value::String(value.to_string())).collect(),
        };
        Value::Object(self.0.iter().map(|(name, values)| ((*name).to_owned(), signal(values))).collect::<Map<_, _>>())
    }
}
