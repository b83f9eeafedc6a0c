//! A circuit's witness program: the `circuit.wasm` that the circom compiler emits, compiled for this machine.
//!
//! Compiling takes seconds and the result does not change, so it is kept beside the artifact. The kept file starts
//! with a SHA-256 over the wasm and the machine code: one that was cut off, damaged, or belongs to another circuit is
//! compiled again. It is as trusted as the programs in the same user's build folder, no more.

use std::{fs, path::Path};

use serde_json::Value;
use sha2::{Digest, Sha256};
use snarkrs_field::Fr;
use wasmtime::{Caller, Config, Engine, InstancePre, Linker, Module, OptLevel, Store};

use super::run;
use crate::{Artifacts, ProverError, Result};

const DIGEST: usize = 32;
/// The runtime's version is in the name because its machine code is of no use to another one.
const KEPT: &str = "witness-wasmtime-34.0.2.bin";

/// The compiled witness program of one circuit. Every calculation has an instance of its own.
pub struct Calculator {
    engine: Engine,
    program: InstancePre<Messages>,
}

/// What an instance says before it raises an exception.
#[derive(Default)]
pub(super) struct Messages(pub String);

impl Calculator {
    /// Compiles a `circuit.wasm`.
    pub fn new(wasm: &[u8]) -> Result<Self> {
        let engine = engine()?;
        let module = Module::new(&engine, wasm).map_err(unusable)?;
        Self::link(engine, &module)
    }

    /// Loads an artifact's program, compiling it when that was not done before.
    pub fn load(artifacts: &Artifacts, name: &str) -> Result<Self> {
        let (path, wasm) = artifacts.wasm(name)?;
        let engine = engine()?;
        let module = compiled(&engine, &path.with_file_name(KEPT), &wasm)?;
        Self::link(engine, &module)
    }

    fn link(engine: Engine, module: &Module) -> Result<Self> {
        let mut linker: Linker<Messages> = Linker::new(&engine);
        let nothing = |_: Caller<'_, Messages>| {};
        linker
            .func_wrap("runtime", "exceptionHandler", run::exception)
            .and_then(|linker| linker.func_wrap("runtime", "printErrorMessage", run::message))
            // circom's log(): nothing of a secret input belongs on a terminal.
            .and_then(|linker| linker.func_wrap("runtime", "writeBufferMessage", nothing))
            .and_then(|linker| linker.func_wrap("runtime", "showSharedRWMemory", nothing))
            .map_err(unusable)?;
        let program = linker.instantiate_pre(module).map_err(unusable)?;
        Ok(Self { engine, program })
    }

    /// Every wire's value: 1, the public input, then the rest. An input that the circuit refuses is an error.
    ///
    /// `input` is an object of signals by name: arrays (of arrays) of integers, or of hexadecimal strings with `0x`.
    pub fn calculate(&self, input: &Value) -> Result<Vec<Fr>> {
        let mut store = Store::new(&self.engine, Messages::default());
        let instance = self.program.instantiate(&mut store).map_err(unusable)?;
        let witness = run::calculate(&mut store, &instance, input);
        // Inputs and wires are in the instance's memory; it is not to be found there afterwards.
        if let Some(memory) = instance.get_memory(&mut store, "memory") {
            memory.data_mut(&mut store).fill(0);
        }
        witness
    }
}

fn engine() -> Result<Engine> {
    let mut config = Config::new();
    config.cranelift_opt_level(OptLevel::Speed);
    Engine::new(&config).map_err(unusable)
}

fn unusable(error: wasmtime::Error) -> ProverError {
    ProverError::Witness(format!("not a usable witness program: {error:#}"))
}

/// The kept program, or a new one that is kept from now on.
fn compiled(engine: &Engine, kept: &Path, wasm: &[u8]) -> Result<Module> {
    if let Some(module) = read_kept(engine, kept, wasm) {
        return Ok(module);
    }
    let module = Module::new(engine, wasm).map_err(unusable)?;
    // A folder that cannot be written to costs time, nothing else.
    let _ = keep(&module, kept, wasm);
    Ok(module)
}

fn digest(wasm: &[u8], code: &[u8]) -> [u8; DIGEST] {
    Sha256::new().chain_update(Sha256::digest(wasm)).chain_update(code).finalize().into()
}

fn read_kept(engine: &Engine, path: &Path, wasm: &[u8]) -> Option<Module> {
    let bytes = fs::read(path).ok()?;
    let (expected, code) = bytes.split_first_chunk::<DIGEST>()?;
    if expected != &digest(wasm, code) {
        return None;
    }
    // SAFETY: `keep` wrote these bytes from `Module::serialize`, as the digest shows, into a folder of the user's own;
    // the runtime itself refuses what another version or another processor made.
    unsafe { Module::deserialize(engine, code) }.ok()
}

fn keep(module: &Module, path: &Path, wasm: &[u8]) -> Result<()> {
    let code = module.serialize().map_err(unusable)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    // Several processes may come here at once; each file is whole when it gets its name.
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(ProverError::io(path))?;
    std::io::Write::write_all(&mut file, &[&digest(wasm, &code)[..], &code].concat()).map_err(ProverError::io(path))?;
    file.persist(path).map_err(|e| ProverError::io(path)(e.error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Modules without content; the second one has an empty custom section.
    const WASM: &[u8] = b"\0asm\x01\0\0\0";
    const OTHER: &[u8] = b"\0asm\x01\0\0\0\0\x02\x01x";

    #[test]
    fn damaged_kept_program_is_compiled_again_ok() {
        let folder = tempfile::tempdir().unwrap();
        let (path, engine) = (folder.path().join(KEPT), engine().unwrap());
        compiled(&engine, &path, WASM).unwrap();
        let good = fs::read(&path).unwrap();
        assert!(read_kept(&engine, &path, WASM).is_some());
        assert!(read_kept(&engine, &path, OTHER).is_none());
        let mut flipped = good.clone();
        flipped[good.len() / 2] ^= 1;
        for bad in [&flipped[..], &good[..good.len() / 2], &[], WASM] {
            fs::write(&path, bad).unwrap();
            assert!(read_kept(&engine, &path, WASM).is_none());
            compiled(&engine, &path, WASM).unwrap();
            assert_eq!(fs::read(&path).unwrap(), good);
        }
    }

    #[test]
    fn folder_that_cannot_be_written_to_ok() {
        let engine = engine().unwrap();
        compiled(&engine, Path::new("/nowhere/at/all"), WASM).unwrap();
    }
}
