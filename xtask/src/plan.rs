//! Which steps a command takes, in which order.

use crate::{
    circomspect, circuits,
    context::Context,
    host, idl, process, programs,
    progress::{self, Step},
    sbf, system,
};
use anyhow::Result;

const SYSTEM: Step = Step {
    name: system::STEP,
    run: system::step,
    hint: "this works on Debian 12; elsewhere install the packages named in toolchain/lock.toml by hand",
};
const TOOLCHAIN: Step = Step {
    name: sbf::STEP,
    run: |context| sbf::set_up(context).map(|(_, outcome)| outcome),
    hint: "run the command again: it goes on where it stopped",
};
const PROGRAMS: Step =
    Step { name: programs::STEP, run: programs::step, hint: "`cargo check -p <program>` shows the same errors faster" };
const HOST: Step = Step {
    name: "host build",
    run: host::build,
    hint: "with too little memory, set CARGO_BUILD_JOBS=1; the log has the compiler's words",
};
const HOST_DEMO: Step = Step { run: host::build_demo, ..HOST };
pub const CIRCUITS: Step = Step {
    name: circuits::STEP,
    run: circuits::step,
    hint: "run the command again: finished stages are kept. It needs Node.js and the npm registry the first time",
};
pub const IDL: Step = Step { name: idl::STEP, run: idl::step, hint: "the log has the compiler's words" };
pub const IDL_CHECK: Step = Step { name: "idl check", run: idl::check, hint: "run `cargo xtask idl` and commit idl/" };
const DRIFT: Step = Step {
    name: "circuit drift",
    run: circuits::check,
    hint: "after a change of a circuit: `cargo xtask circuits keys`, then commit what changed",
};
const CIRCOMSPECT: Step = Step {
    name: circomspect::STEP,
    run: circomspect::step,
    hint: "change the circuit, or explain the finding in circuits/circomspect.toml",
};
const FORMAT: Step = Step { name: "format", run: host::format, hint: "run `cargo fmt --all`" };
const CLIPPY: Step = Step { name: "clippy", run: host::clippy, hint: "the log has each remark with its place" };

pub fn setup(context: &Context) -> bool {
    progress::run(context, &[SYSTEM, TOOLCHAIN, PROGRAMS, HOST, CIRCUITS, IDL])
}

pub fn lint(context: &Context) -> bool {
    progress::run(context, &[FORMAT, PROGRAMS, CLIPPY, CIRCOMSPECT])
}

/// Sets up what the demo needs, then becomes `gesim demo`.
pub fn demo(context: &Context, arguments: &[String]) -> Result<bool> {
    if !progress::run(context, &[SYSTEM, TOOLCHAIN, PROGRAMS, HOST_DEMO, CIRCUITS]) {
        return Ok(false);
    }
    let mut gesim = context.command(context.target.join("debug/gesim"));
    gesim.current_dir(std::env::current_dir()?);
    process::shown(gesim.arg("demo").args(arguments))?;
    Ok(true)
}

/// Cheap checks first; the tests last, with their own output.
pub fn test(context: &Context, arguments: &[String]) -> Result<bool> {
    let steps = [SYSTEM, FORMAT, TOOLCHAIN, PROGRAMS, HOST, CIRCUITS, DRIFT, CIRCOMSPECT, IDL_CHECK, CLIPPY];
    if !progress::run(context, &steps) {
        return Ok(false);
    }
    host::test(context, arguments)?;
    Ok(true)
}

/// Measurements, in the same build as everything else.
pub fn bench(context: &Context, arguments: &[String]) -> Result<bool> {
    if !progress::run(context, &[TOOLCHAIN, PROGRAMS, HOST_DEMO, CIRCUITS]) {
        return Ok(false);
    }
    let mut gesim = context.command(context.target.join("debug/gesim"));
    gesim.current_dir(std::env::current_dir()?);
    process::shown(gesim.arg("bench").args(arguments))?;
    Ok(true)
}
