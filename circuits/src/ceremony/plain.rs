//! The ceremony of a key without a commitment: snarkjs', file for file.

use std::path::Path;

use anyhow::Result;
use snarkrs_ceremony::{
    contribute::{self, MpcParams},
    setup::{self, S_MPC_PARAMS, ZKEY_MAGIC, ZKEY_MAX_VERSION},
    ContributionKind, CpuKeyScale,
};
use snarkrs_formats::binfile::BinFile;
use snarkrs_msm::CpuMsm;

use super::{By, Contributed};

pub fn new(r1cs: &Path, ptau: &Path, out: &Path) -> Result<String> {
    Ok(hex::encode(setup::setup(r1cs, ptau, out, &CpuMsm::new())?.cs_hash))
}

pub fn contribute(key: &Path, out: &Path, name: &str, by: &By<'_>) -> Result<String> {
    let report = match by {
        By::Entropy(text) => contribute::contribute(key, out, Some(name), text, &CpuKeyScale)?,
        By::Beacon(value, exponent) => contribute::beacon(key, out, Some(name), value, *exponent, &CpuKeyScale)?,
    };
    Ok(hex::encode(report.hash))
}

pub fn verify(r1cs: &Path, ptau: &Path, key: &Path) -> Result<Vec<Contributed>> {
    let report = contribute::verify_from_r1cs(r1cs, ptau, key, &CpuMsm::new())?;
    let file = BinFile::open(key, ZKEY_MAGIC, ZKEY_MAX_VERSION)?;
    let records = MpcParams::read(file.unique_section(S_MPC_PARAMS)?)?.contributions;
    let named = |(hash, record): (_, contribute::ZkeyContribution)| Contributed {
        hash: hex::encode(hash),
        name: record.params.name.unwrap_or_default(),
        beacon: record.kind == ContributionKind::Beacon,
    };
    Ok(report.contribution_hashes.into_iter().zip(records).map(named).collect())
}
