//! The circuits against references written from ADR 0001 and 0009 alone, against provers that cheat, and against the other
//! implementations of their proof system.

mod bypass;
mod ceremony;
mod committed;
mod constraints;
mod development;
mod eid;
mod eid_reference;
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
