//! The circuits against a reference written from ADR 0001 alone, against provers that cheat, and against the other
//! implementations of their proof system.

mod bypass;
mod ceremony;
mod committed;
mod constraints;
mod development;
mod generated;
mod install;
mod lookup;
mod mutation;
mod opening;
mod reference;
mod reproducible;
mod support;
mod usage;
mod vectors;
