//! A circuit's witness program: the `circuit.wasm` that the circom compiler emits, compiled for this machine.

use serde_json::Value;
use snarkrs_field::Fr;
use wasmtime::{Caller, Config, Engine, InstancePre, Linker, Module, OptLevel, Store};

use crate::run;

/// The compiled witness program of one circuit. Every calculation has an instance of its own.
pub struct Calculator {
    engine: Engine,
    program: InstancePre<Messages>,
}

/// What an instance says before it raises an exception.
#[derive(Default)]
pub struct Messages(pub String);

impl Calculator {
    /// Compiles a `circuit.wasm`.
    pub fn new(wasm: &[u8]) -> Self {
        let mut config = Config::new();
        config.cranelift_opt_level(OptLevel::None);
        let engine = Engine::new(&config).unwrap();
        let module = Module::new(&engine, wasm).unwrap();
        let mut linker: Linker<Messages> = Linker::new(&engine);
        let nothing = |_: Caller<'_, Messages>| {};
        linker
            .func_wrap("runtime", "exceptionHandler", run::exception)
            .and_then(|linker| linker.func_wrap("runtime", "printErrorMessage", run::message))
            .and_then(|linker| linker.func_wrap("runtime", "writeBufferMessage", nothing))
            .and_then(|linker| linker.func_wrap("runtime", "showSharedRWMemory", nothing))
            .unwrap();
        let program = linker.instantiate_pre(&module).unwrap();
        Self { engine, program }
    }

    /// Every wire's value: 1, the public inputs, then the rest. An input that the circuit refuses is an error.
    ///
    /// `input` is an object of signals by name: arrays (of arrays) of integers, or of hexadecimal strings with `0x`.
    pub fn calculate(&self, input: &Value) -> Result<Vec<Fr>, String> {
        let mut store = Store::new(&self.engine, Messages::default());
        let instance = self.program.instantiate(&mut store).unwrap();
        run::calculate(&mut store, &instance, input)
    }
}
