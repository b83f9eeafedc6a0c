//! `gesim-localnet`: a real Solana node on this machine, with GeSIM's programs and a funded stablecoin.
//!
//! It speaks JSON-RPC and WebSocket as a validator does, keeps everything in memory and needs no network.

mod args;
mod ready;
mod stablecoin;

use std::{process::ExitCode, thread};

use anyhow::{anyhow, Context, Result};
use clap::Parser;
use crossbeam_channel::{unbounded, Receiver, Sender};
use surfpool_core::{
    runloops::start_local_surfnet_runloop,
    surfnet::{
        locker::SurfnetSvmLocker,
        svm::{SurfnetSvm, SurfnetSvmConfig},
    },
};
use surfpool_types::{SimnetCommand, SimnetEvent};

use args::Args;
use ready::Ready;

fn main() -> ExitCode {
    match run(Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: Args) -> Result<()> {
    let funded = args.funded()?;
    let config = args.surfpool()?;
    let svm = SurfnetSvmConfig {
        slot_time: args.slot_time,
        instruction_profiling_enabled: false,
        log_bytes_limit: None,
        ..SurfnetSvmConfig::default()
    };
    let (svm, events, geyser) = SurfnetSvm::new(svm).map_err(|e| anyhow!("{e}")).context("starting the SVM")?;
    let locker = SurfnetSvmLocker::new(svm);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        for program in args.programs() {
            let authority = funded.first().copied();
            locker
                .write_program(program.id.into(), authority, 0, program.elf, &None)
                .await
                .map_err(|e| anyhow!("{e}"))
                .with_context(|| format!("loading the {} program", program.name))?;
        }
        stablecoin::create(&locker, &funded)
    })?;

    let (commands, received) = unbounded();
    let stop = commands.clone();
    let node = thread::Builder::new().name("node".into()).spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|e| e.to_string())?;
        runtime
            .block_on(start_local_surfnet_runloop(locker, config, commands, received, geyser))
            .map_err(|e| e.to_string())
    })?;
    wait_until_ready(&events, &node)?;
    Ready::new(&args, &funded).print(args.output)?;
    drain(events);
    runtime.block_on(until_stopped())?;
    stop_node(&stop, node)
}

/// Blocks until the node answers, or says why it cannot.
fn wait_until_ready(
    events: &Receiver<SimnetEvent>,
    node: &thread::JoinHandle<std::result::Result<(), String>>,
) -> Result<()> {
    let mut last_error = None;
    loop {
        match events.recv_timeout(std::time::Duration::from_millis(100)) {
            Ok(SimnetEvent::CoreStarted(_)) => return Ok(()),
            Ok(SimnetEvent::ErrorLog(_, text) | SimnetEvent::Aborted(text)) => last_error = Some(text),
            Ok(_) => {}
            Err(_) if node.is_finished() => {
                return Err(anyhow!(last_error.unwrap_or_else(|| "the node stopped while starting".into()))
                    .context("is another node on these ports? Choose others with --rpc-port and --ws-port"));
            }
            Err(_) => {}
        }
    }
}

/// Events nobody reads would pile up in memory.
fn drain(events: Receiver<SimnetEvent>) {
    thread::spawn(move || while events.recv().is_ok() {});
}

async fn until_stopped() -> Result<()> {
    use tokio::signal::unix::{signal, SignalKind};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => result.context("waiting for ctrl-c"),
        _ = terminate.recv() => Ok(()),
        _ = hangup.recv() => Ok(()),
    }
}

fn stop_node(
    commands: &Sender<SimnetCommand>,
    node: thread::JoinHandle<std::result::Result<(), String>>,
) -> Result<()> {
    eprintln!("Stopping the node.");
    // A closed channel means that the node has stopped already.
    let _ = commands.send(SimnetCommand::Terminate(None));
    node.join().map_err(|_| anyhow!("the node panicked"))?.map_err(|e| anyhow!(e))
}
