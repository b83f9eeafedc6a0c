//! The committed wires of a circuit (ADR 0005), found by name in the compiler's `.sym`.

use std::{
    collections::{HashMap, HashSet},
    fs,
    path::Path,
};

use anyhow::{bail, ensure, Context, Result};
use snarkrs_ceremony::r1cs::R1cs;

/// Inputs of the main component whose wires are committed, in the order of the commitment.
pub const COMMITTED: [&str; 3] = ["limbs", "multiplicity", "blind"];

/// Wires of the committed inputs, in order; an array's elements come in the order of their indices.
pub fn committed(sym: &Path, public: usize) -> Result<Vec<u32>> {
    let text = fs::read_to_string(sym).with_context(|| format!("cannot read {}", sym.display()))?;
    find(&text, public).with_context(|| format!("{} does not name the committed wires", sym.display()))
}

/// Fails unless each committed wire is the only one of them on some side of some constraint. Its point K_j then has a term
/// that no other has, and the points are independent: a commitment binds every wire by itself (ADR 0005).
pub fn independent(r1cs: &R1cs, wires: &[u32]) -> Result<()> {
    let mut alone: HashMap<u32, bool> = wires.iter().map(|wire| (*wire, false)).collect();
    for constraint in r1cs.constraints().context("the circuit has no constraints")? {
        for side in [constraint.a, constraint.b, constraint.c] {
            let mut committed = side.iter().map(|term| term.signal).filter(|wire| alone.contains_key(wire));
            if let (Some(wire), None) = (committed.next(), committed.next()) {
                alone.insert(wire, true);
            }
        }
    }
    let bound = wires.iter().find(|wire| !alone[wire]);
    ensure!(bound.is_none(), "the committed wire {bound:?} shares every side of a constraint with others");
    Ok(())
}

fn find(text: &str, public: usize) -> Result<Vec<u32>> {
    let mut groups: [Vec<(Vec<u32>, u32)>; COMMITTED.len()] = Default::default();
    for line in text.lines() {
        let fields: Vec<&str> = line.split(',').collect();
        let [_, wire, _, name] = fields[..] else { bail!("{line:?} is not a symbol") };
        let Some((group, indices)) = element(name) else { continue };
        let wire: i64 = wire.parse().with_context(|| format!("{name} has the wire {wire:?}"))?;
        ensure!(wire >= 0, "{name} was optimised away: it meets no constraint of its own");
        let wire = u32::try_from(wire).with_context(|| format!("{name} has the wire {wire}"))?;
        ensure!(wire as usize > public, "{name} is public");
        groups[group].push((indices, wire));
    }
    let mut wires = Vec::new();
    let mut seen = HashSet::new();
    for (name, mut group) in COMMITTED.into_iter().zip(groups) {
        ensure!(!group.is_empty(), "there is no main.{name}");
        group.sort_unstable();
        for pair in group.windows(2) {
            ensure!(pair[0].0 != pair[1].0, "main.{name}{:?} is there twice", pair[0].0);
        }
        for (indices, wire) in group {
            ensure!(seen.insert(wire), "main.{name}{indices:?} shares its wire with another committed input");
            wires.push(wire);
        }
    }
    Ok(wires)
}

/// `main.limbs[3][1]` is element `[3, 1]` of group 0; other names, and names below a component, are none.
fn element(name: &str) -> Option<(usize, Vec<u32>)> {
    let rest = name.strip_prefix("main.")?;
    let end = rest.find('[').unwrap_or(rest.len());
    let (base, brackets) = rest.split_at(end);
    let group = COMMITTED.iter().position(|committed| *committed == base)?;
    let indices = brackets
        .split_inclusive(']')
        .map(|part| part.strip_prefix('[')?.strip_suffix(']')?.parse().ok())
        .collect::<Option<Vec<u32>>>()?;
    Some((group, indices))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SYM: &str = "1,1,3,main.x\n2,2,3,main.challenge\n3,3,3,main.limbs[0][0]\n4,4,3,main.limbs[0][1]\n\
                       5,12,3,main.limbs[10][0]\n6,6,3,main.limbs[2][0]\n7,7,3,main.multiplicity[0]\n\
                       8,8,3,main.blind\n9,9,2,main.sub.blind\n10,-1,2,main.other\n";

    #[test]
    fn order_is_that_of_the_indices_ok() {
        assert_eq!(find(SYM, 2).unwrap(), [3, 4, 6, 12, 7, 8]);
    }

    #[test]
    fn missing_shared_public_and_malformed_fails() {
        let error = |from: &str, to: &str| {
            assert!(SYM.contains(from), "{from}");
            format!("{:#}", find(&SYM.replace(from, to), 2).unwrap_err())
        };
        assert!(error("3,3,3,main.limbs", "3,-1,3,main.limbs").contains("optimised away"));
        assert!(error("main.blind", "main.other").contains("no main.blind"));
        assert!(error("8,8,3,main.blind", "8,7,3,main.blind").contains("shares its wire"));
        assert!(error("8,8,3,main.blind", "8,2,3,main.blind").contains("public"));
        assert!(error("main.limbs[0][1]", "main.limbs[0][0]").contains("twice"));
        assert!(error("8,8,3,", "8,8,").contains("not a symbol"));
        assert!(error("8,8,3,", "8,4294967296,3,").contains("wire"));
    }
}
