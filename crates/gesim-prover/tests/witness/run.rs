//! Talking to a circom witness program.
//!
//! Values pass through a small shared buffer, 32-bit words from the lowest up. `setInputSignal` takes one as the next
//! value of the signal whose name has the given FNV-1a hash; the last one runs the circuit. `getWitness(i)` puts wire
//! i there. Where the circuit refuses its input, the program explains itself and calls `exceptionHandler`.

use serde_json::Value;
use snarkrs_field::{Fr, PrimeField};
use wasmtime::{Caller, Instance, Store, TypedFunc, WasmParams, WasmResults};

use gesim_prover::poseidon::{from_bytes, to_bytes};

use crate::program::Messages;

type Result<T> = std::result::Result<T, String>;

/// 32-bit words in an element.
const WORDS: usize = 8;

/// `exceptionHandler`: ends the call with what the circuit said.
pub fn exception(caller: Caller<'_, Messages>, code: i32) -> wasmtime::Result<()> {
    let what = match code {
        1 => "there is no such signal",
        2 => "too many signals",
        3 => "a signal is set twice",
        4 => "a constraint does not hold",
        5 => "not enough memory",
        6 => "too many values for a signal",
        _ => "an unknown exception",
    };
    Err(wasmtime::Error::msg(format!("{what}; {}", caller.data().0.trim())))
}

/// `printErrorMessage`: one line about the exception to come, character by character.
pub fn message(mut caller: Caller<'_, Messages>) -> wasmtime::Result<()> {
    let next = caller.get_export("getMessageChar").and_then(|export| export.into_func());
    let next = next.ok_or_else(|| wasmtime::Error::msg("no getMessageChar"))?.typed::<(), i32>(&caller)?;
    loop {
        match next.call(&mut caller, ())? {
            0 => break caller.data_mut().0.push(' '),
            character => {
                let character = u8::try_from(character).map_or('?', char::from);
                caller.data_mut().0.push(character);
            }
        }
    }
    Ok(())
}

pub fn calculate(store: &mut Store<Messages>, instance: &Instance, input: &Value) -> Result<Vec<Fr>> {
    set_inputs(store, instance, input)?;
    let size = call::<(), i32>(store, instance, "getWitnessSize", ())?;
    let start = call::<(), i32>(store, instance, "getSharedRWMemoryStart", ())? as usize;
    let memory = instance.get_memory(&mut *store, "memory").ok_or_else(|| refused("the program has no memory"))?;
    let wire: TypedFunc<i32, ()> = function(store, instance, "getWitness")?;
    (0..size)
        .map(|index| {
            wire.call(&mut *store, index).map_err(failed)?;
            let bytes = memory.data(&*store).get(start..start + 4 * WORDS);
            let mut element = [0; 4 * WORDS];
            element.copy_from_slice(bytes.ok_or_else(|| refused("the buffer is outside the memory"))?);
            element.reverse();
            from_bytes(&element).ok_or_else(|| refused("a wire is not a field element"))
        })
        .collect()
}

fn set_inputs(store: &mut Store<Messages>, instance: &Instance, input: &Value) -> Result<()> {
    check_program(store, instance)?;
    call::<i32, ()>(store, instance, "init", 0)?;
    let size: TypedFunc<(i32, i32), i32> = function(store, instance, "getInputSignalSize")?;
    let write: TypedFunc<(i32, i32), ()> = function(store, instance, "writeSharedRWMemory")?;
    let set: TypedFunc<(i32, i32, i32), ()> = function(store, instance, "setInputSignal")?;
    let signals = input.as_object().ok_or_else(|| refused("the input is not an object"))?;
    let mut total = 0;
    for (name, value) in signals {
        let mut values = Vec::new();
        flatten(name, value, &mut values)?;
        let (high, low) = hash(name);
        let expected = size.call(&mut *store, (high, low)).map_err(failed)?;
        if usize::try_from(expected) != Ok(values.len()) {
            return Err(refused(&format!("signal {name} takes {expected} values, not {}", values.len())));
        }
        for (position, words) in (0..).zip(&values) {
            for (at, word) in (0..).zip(words) {
                write.call(&mut *store, (at, *word as i32)).map_err(failed)?;
            }
            set.call(&mut *store, (high, low, position)).map_err(failed)?;
        }
        total += values.len();
    }
    match usize::try_from(call::<(), i32>(store, instance, "getInputSize", ())?) {
        Ok(size) if size == total => Ok(()),
        _ => Err(refused("not every input signal is set")),
    }
}

/// The program must be circom 2's and compute over this field.
fn check_program(store: &mut Store<Messages>, instance: &Instance) -> Result<()> {
    if call::<(), i32>(store, instance, "getVersion", ())? != 2 {
        return Err(refused("not a program of circom 2"));
    }
    call::<(), ()>(store, instance, "getRawPrime", ())?;
    let read: TypedFunc<i32, i32> = function(store, instance, "readSharedRWMemory")?;
    for (at, word) in (0..).zip(split(&Fr::MODULUS.0)) {
        if read.call(&mut *store, at).map_err(failed)? as u32 != word {
            return Err(refused("the circuit is over another field"));
        }
    }
    Ok(())
}

fn split(limbs: &[u64; 4]) -> [u32; WORDS] {
    std::array::from_fn(|word| (limbs[word / 2] >> (32 * (word % 2))) as u32)
}

/// A signal's values in order. Only canonical elements: the program would reduce others without a word.
fn flatten(name: &str, value: &Value, out: &mut Vec<[u32; WORDS]>) -> Result<()> {
    let element = match value {
        Value::Array(values) => return values.iter().try_for_each(|value| flatten(name, value, out)),
        Value::Number(number) => number.as_u64().map(|number| [number, 0, 0, 0]),
        Value::String(text) => hexadecimal(text).map(|element| element.into_bigint().0),
        _ => None,
    };
    out.push(split(&element.ok_or_else(|| refused(&format!("signal {name}: {value} is not a field element")))?));
    Ok(())
}

fn hexadecimal(text: &str) -> Option<Fr> {
    let mut bytes = to_bytes(&Fr::default());
    hex::decode_to_slice(text.strip_prefix("0x")?, &mut bytes).ok()?;
    from_bytes(&bytes)
}

/// 64-bit FNV-1a of a signal's name, in two halves.
fn hash(name: &str) -> (i32, i32) {
    let hash = name
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    ((hash >> 32) as i32, hash as i32)
}

fn function<P: WasmParams, R: WasmResults>(
    store: &mut Store<Messages>,
    instance: &Instance,
    name: &str,
) -> Result<TypedFunc<P, R>> {
    instance.get_typed_func(store, name).map_err(|_| refused(&format!("the program has no {name}")))
}

fn call<P: WasmParams, R: WasmResults>(
    store: &mut Store<Messages>,
    instance: &Instance,
    name: &str,
    parameters: P,
) -> Result<R> {
    function(store, instance, name)?.call(store, parameters).map_err(failed)
}

fn refused(reason: &str) -> String {
    reason.to_owned()
}

/// The innermost cause: what [`exception`] said, without the runtime's backtrace.
fn failed(error: wasmtime::Error) -> String {
    error.root_cause().to_string()
}
