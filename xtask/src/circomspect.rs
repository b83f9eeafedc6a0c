//! circomspect reads the circuits; each of its findings is explained in `circuits/circomspect.toml`, or fails.

use crate::{
    circuits,
    context::Context,
    lock::Lock,
    process,
    progress::Outcome,
    stamp::{self, Inputs, Stamp},
    tool,
};
use anyhow::{bail, ensure, Context as _, Result};
use serde::Deserialize;
use serde_json::Value;
use std::{collections::BTreeSet, fs, path::Path, path::PathBuf};

pub const STEP: &str = "circomspect";

/// A finding: the rule, the file below `circuits/`, and its line.
type Finding = (String, String, String);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Explanations {
    explained: Vec<Explanation>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Explanation {
    rule: String,
    file: String,
    code: String,
    reason: String,
}

pub fn step(context: &Context) -> Result<Outcome> {
    let lock = Lock::read(context)?.circomspect;
    let folder = context.root.join("circuits");
    let inputs = Inputs::default().text(&lock.version).path(&context.root, &folder)?;
    let stamp = Stamp::new(context, &format!("circomspect-{}", context.tree_id()), inputs.finish());
    if stamp.is_fresh(&[]) {
        return Ok(Outcome::Cached);
    }
    let home = context.cache.join("tools").join(format!("{}-{}", lock.name, lock.version));
    tool::ensure(context, STEP, &lock, &home)?;
    let library = library(context)?;
    if !library.is_dir() {
        // The circuits' set-up brings it.
        circuits::step(context)?;
    }
    let report = context.cache.join("tools").join(format!("circomspect-{}.sarif", context.tree_id()));
    fs::remove_file(&report).unwrap_or_default();
    let mut command = context.command(home.join("bin").join(&lock.name));
    command.args(["circuits/main", "circuits/templates", "-L"]).arg(library).arg("-s").arg(&report);
    // It fails when it finds something, and without a report when it cannot read.
    let ended = process::logged(context, STEP, &mut command);
    let found = match fs::read(&report) {
        Ok(bytes) => findings(&folder, &serde_json::from_slice(&bytes)?)?,
        Err(_) => return ended.and_then(|()| bail!("circomspect left no report")),
    };
    ensure!(ended.is_ok() || !found.is_empty(), "circomspect failed without a finding");
    let text = fs::read_to_string(folder.join("circomspect.toml")).context("circuits/circomspect.toml")?;
    compare(&found, &text)?;
    stamp.write(&[])?;
    Ok(Outcome::Note(format!("{} findings, all explained", found.len())))
}

/// circomlib, where `gesim-circuits` installed it.
fn library(context: &Context) -> Result<PathBuf> {
    let lock = stamp::file_digest(&context.root.join("circuits/package-lock.json"))?;
    Ok(context.cache.join("node").join(&lock[..16]).join("node_modules"))
}

/// The findings of a SARIF report about files of this folder.
fn findings(folder: &Path, report: &Value) -> Result<BTreeSet<Finding>> {
    let results = report["runs"][0]["results"].as_array().context("the report has no results")?;
    let finding = |result: &Value| {
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str()?;
        let path = Path::new(uri.strip_prefix("file://").unwrap_or(uri));
        let line = usize::try_from(place["region"]["startLine"].as_u64()?).ok()?;
        let text = fs::read_to_string(path).ok()?;
        let code = text.lines().nth(line.checked_sub(1)?)?.trim().to_owned();
        let file = path.strip_prefix(folder).ok()?.to_str()?.to_owned();
        Some((result["ruleId"].as_str()?.to_owned(), file, code))
    };
    results
        .iter()
        .map(|result| finding(result).with_context(|| format!("a finding without a place: {result}")))
        .collect()
}

/// Fails for a finding without explanation, and for an explanation without finding.
fn compare(found: &BTreeSet<Finding>, explanations: &str) -> Result<()> {
    let Explanations { explained } = toml::from_str(explanations).context("circuits/circomspect.toml")?;
    let mut known = BTreeSet::new();
    for Explanation { rule, file, code, reason } in explained {
        ensure!(!reason.trim().is_empty(), "no reason for {rule} in {file}: {code}");
        known.insert((rule, file, code));
    }
    let list = |label: &str, set: &BTreeSet<Finding>, other: &BTreeSet<Finding>| {
        let line = |(rule, file, code): &Finding| format!("{label}: {rule} in {file}: {code}\n");
        set.difference(other).map(line).collect::<String>()
    };
    let wrong = list("not explained", found, &known) + &list("explained, but not found", &known, found);
    ensure!(wrong.is_empty(), "{wrong}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "[[explained]]\nrule = \"CS1\"\nfile = \"a.circom\"\ncode = \"x <-- 1;\"\nreason = \"why\"\n";

    fn found() -> BTreeSet<Finding> {
        BTreeSet::from([("CS1".into(), "a.circom".into(), "x <-- 1;".into())])
    }

    #[test]
    fn explained_finding_ok() {
        compare(&found(), ONE).unwrap();
    }

    #[test]
    fn finding_and_explanation_without_the_other_fails() {
        assert!(compare(&found(), "explained = []").unwrap_err().to_string().starts_with("not explained: CS1"));
        assert!(compare(&BTreeSet::new(), ONE).unwrap_err().to_string().starts_with("explained, but not found"));
        assert!(compare(&found(), &ONE.replace("why", " ")).is_err());
    }

    #[test]
    fn place_of_a_finding_is_read_from_the_report_ok_and_elsewhere_fails() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a.circom"), "first\n    x <-- 1;\n").unwrap();
        let report = |file: &str, line: u64| {
            let uri = format!("file://{}/{file}", dir.path().display());
            let place = serde_json::json!({"artifactLocation": {"uri": uri}, "region": {"startLine": line}});
            let result = serde_json::json!({"ruleId": "CS1", "locations": [{"physicalLocation": place}]});
            serde_json::json!({"runs": [{"results": [result]}]})
        };
        assert_eq!(findings(dir.path(), &report("a.circom", 2)).unwrap(), found());
        for bad in [report("a.circom", 0), report("a.circom", 9), report("b.circom", 2), serde_json::json!({})] {
            assert!(findings(dir.path(), &bad).is_err());
        }
        assert!(findings(&dir.path().join("sub"), &report("a.circom", 2)).is_err());
    }
}
