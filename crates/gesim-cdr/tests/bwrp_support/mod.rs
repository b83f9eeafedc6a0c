//! The external data sets, and answers held against expected documents.

#![allow(dead_code, clippy::missing_panics_doc)]

use std::{fs, path::PathBuf};

use gesim_cdr::{
    bwrp::{Contract, Usage},
    rating::{self, Rated},
};
use serde_json::Value;

pub const SETS: [&str; 3] = ["federico", "guillaume", "initial"];

/// A file of the external data sets; `None` when they are not there.
pub fn fixture(name: &str) -> Option<Vec<u8>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/fixtures/bwrp");
    if !folder.is_dir() {
        println!("skipped: no external fixtures");
        return None;
    }
    Some(fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}")))
}

pub fn contract(set: &str) -> Option<Contract> {
    let bytes = fixture(&format!("{set}/0003_JSON_DTAG_contract_body_to_create.json"))?;
    Some(Contract::read(&bytes[..]).unwrap())
}

pub fn usage(set: &str, party: &str) -> Option<Usage> {
    let bytes = fixture(&format!("{set}/0003_JSON_{party}_usage_body_to_create.json"))?;
    Some(Usage::read(&bytes[..]).unwrap())
}

pub fn expected(set: &str, party: &str, what: &str) -> Vec<u8> {
    fixture(&format!("{set}/0003_EXPECTED_JSON_{party}_local_{what}.json")).unwrap()
}

pub fn rated(set: &str, party: &str) -> Option<Rated> {
    Some(rating::rate(&contract(set)?.discounts, &usage(set, party)?).unwrap())
}

/// Compares documents: the same members, texts and lengths, numbers within a millionth. Lists of objects are sorted
/// by their names first: the expected ones come out of hash maps. Returns how many numbers were compared.
pub fn same(path: &str, got: &Value, want: &Value) -> u32 {
    match (got, want) {
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
            assert!((a - b).abs() <= 1e-6 * a.abs().max(b.abs()), "{path}: {a}, expected {b}");
            1
        }
        (Value::Object(a), Value::Object(b)) => {
            let names = |object: &serde_json::Map<String, Value>| {
                let mut names: Vec<_> = object.keys().cloned().collect();
                names.sort();
                names
            };
            assert_eq!(names(a), names(b), "{path}");
            a.iter().map(|(name, value)| same(&format!("{path}.{name}"), value, &b[name])).sum()
        }
        (Value::Array(a), Value::Array(b)) => {
            assert_eq!(a.len(), b.len(), "{path}");
            let (a, b) = (sorted(a), sorted(b));
            a.iter().zip(&b).enumerate().map(|(i, (a, b))| same(&format!("{path}[{i}]"), a, b)).sum()
        }
        _ => {
            assert_eq!(got, want, "{path}");
            0
        }
    }
}

fn sorted(items: &[Value]) -> Vec<Value> {
    let mut items = items.to_vec();
    let key = |item: &Value| {
        ["service", "yearMonth", "HTMN", "VPMN", "type", "name", "homeTadigs"]
            .map(|name| item[name].to_string())
            .join("/")
    };
    if items.iter().all(Value::is_object) {
        items.sort_by_key(key);
    }
    items
}
