//! One file a command.

pub mod agreement;
pub mod batch;
mod bench;
mod bond;
pub mod catalog;
mod cdr;
mod claim;
mod completions;
mod config;
mod demo;
mod doctor;
pub mod eid;
mod entitlement;
mod explain;
mod localnet;
mod migrate;
mod mno;
pub mod period;
mod plan;
mod prover;
mod rate;
mod reconcile;
mod session;
mod settle;
mod smdp;
mod vault;
pub mod view;

use anyhow::Result;
use clap::Subcommand;

use crate::context::Context;

#[derive(Subcommand, Debug)]
pub enum Command {
    /// The whole way in this process: from a billing file to a paid operator
    Demo(demo::Demo),
    /// Catalogs of virtual operators
    #[command(subcommand)]
    Catalog(catalog::Catalog),
    /// Plans: offers that are sold as tokens
    #[command(subcommand)]
    Plan(plan::Plan),
    /// What activated tokens become
    #[command(subcommand)]
    Entitlement(entitlement::Entitlement),
    /// SM-DP+ servers: certificates on-chain, and a lab
    #[command(subcommand)]
    Smdp(smdp::Smdp),
    /// Provisioning sessions: a server proves itself to a device and to the chain
    #[command(subcommand)]
    Session(session::Session),
    /// EIDs: enrolment, possession proofs, bindings
    #[command(subcommand)]
    Eid(eid::Eid),
    /// Operators and their TADIG codes
    #[command(subcommand)]
    Mno(mno::Mno),
    /// Agreements between an operator and a virtual operator
    #[command(subcommand)]
    Agreement(agreement::Agreement),
    /// The books of a billing period
    #[command(subcommand)]
    Period(period::Period),
    /// Rate usage by a contract of the wholesale roaming JSON
    Rate(rate::Rate),
    /// Billing files
    #[command(subcommand)]
    Cdr(cdr::Cdr),
    /// Compare what one side bills with what the other has seen
    Reconcile(reconcile::Reconcile),
    /// Batches of usage records and their proofs
    #[command(subcommand)]
    Batch(batch::Batch),
    /// Records that must not have been billed
    #[command(subcommand)]
    Claim(claim::Claim),
    /// The bond that answers for them
    #[command(subcommand)]
    Bond(bond::Bond),
    /// A fleet: batches proven by workers on several machines
    #[command(subcommand)]
    Prover(prover::Prover),
    /// Pay a batch out of escrow
    Settle(settle::Settle),
    /// Keys of a card that stay with their user, and vectors made from them
    #[command(subcommand)]
    Vault(vault::Vault),
    /// Bring a cluster up to date: deploy, initialise, upgrade
    Migrate(migrate::Migrate),
    /// Start a real local node with the programs loaded
    Localnet(localnet::Localnet),
    /// Measure verification and proving
    #[command(subcommand)]
    Bench(bench::Bench),
    /// Settings and where they come from
    #[command(subcommand)]
    Config(config::Config),
    /// Check what the other commands need
    Doctor(doctor::Doctor),
    /// Write a completion script
    Completions(completions::Completions),
}

impl Command {
    pub fn run(self, context: &Context) -> Result<()> {
        match self {
            Self::Demo(command) => command.run(context),
            Self::Catalog(command) => command.run(context),
            Self::Plan(command) => command.run(context),
            Self::Entitlement(command) => command.run(context),
            Self::Smdp(command) => command.run(context),
            Self::Session(command) => command.run(context),
            Self::Eid(command) => command.run(context),
            Self::Mno(command) => command.run(context),
            Self::Agreement(command) => command.run(context),
            Self::Period(command) => command.run(context),
            Self::Rate(command) => command.run(context),
            Self::Cdr(command) => command.run(context),
            Self::Reconcile(command) => command.run(context),
            Self::Batch(command) => command.run(context),
            Self::Claim(command) => command.run(context),
            Self::Bond(command) => command.run(context),
            Self::Prover(command) => command.run(context),
            Self::Settle(command) => command.run(context),
            Self::Vault(command) => command.run(context),
            Self::Migrate(command) => command.run(context),
            Self::Localnet(command) => command.run(context),
            Self::Bench(command) => command.run(context),
            Self::Config(command) => command.run(context),
            Self::Doctor(command) => command.run(context),
            Self::Completions(command) => command.run(),
        }
    }
}
