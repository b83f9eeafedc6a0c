//! What the circuits take in, and the witness they compute from it.

mod inputs;

use std::sync::Arc;

use snarkrs_field::Fr;
use snarkrs_witness::{Console, Input, WitnessCalculator};

use crate::{ProverError, Result};

pub use inputs::{opening, usage};

/// The compiled witness program of one circuit.
pub struct Calculator(WitnessCalculator);

/// The program's reports come back as errors; nothing of a secret input belongs on a terminal.
struct Quiet;

impl Console for Quiet {
    fn log(&self, _: &str) {}
    fn error(&self, _: &str) {}
}

impl Calculator {
    /// Compiles a `circuit.wasm`.
    pub fn new(wasm: &[u8]) -> Result<Self> {
        let program = WitnessCalculator::new(wasm).map_err(|e| ProverError::Witness(e.to_string()))?;
        Ok(Self(program.with_console(Arc::new(Quiet))))
    }

    /// Every wire's value: 1, the public input, then the rest. An input that the circuit refuses is an error.
    pub fn calculate(&self, input: &serde_json::Value) -> Result<Vec<Fr>> {
        let refused = |e: snarkrs_witness::WitnessError| ProverError::Witness(e.to_string().trim().to_owned());
        self.0.calculate(&Input::from_value(input).map_err(refused)?).map_err(refused)
    }
}
