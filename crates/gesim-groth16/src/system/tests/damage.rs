//! Files that are not what they should be.

use std::fs;

use super::{sample, Files, Made};
use crate::{system::System, Error, Fr};

fn refused(r1cs: &[u8], sym: &str, what: &str) {
    let error = Files::new(r1cs, sym).build().expect_err(what);
    assert!(matches!(error, Error::File { .. }), "{what}: {error}");
}

#[test]
fn damaged_r1cs_fails() {
    let (good, sym) = (sample().r1cs(), sample().sym());
    for length in 0..good.len() {
        refused(&good[..length], &sym, "cut off");
    }
    refused(&[&good[..], b"\0"].concat(), &sym, "something behind the end");
    // Constraints start at 24: the first row has one term, wire 1 times 1.
    let with = |at: usize, bytes: &[u8]| {
        let mut file = good.clone();
        file[at..at + bytes.len()].copy_from_slice(bytes);
        file
    };
    refused(&with(0, b"r1ct"), &sym, "magic");
    refused(&with(4, &[2]), &sym, "version");
    refused(&with(12, &[4]), &sym, "custom gates");
    refused(&with(12, &[1]), &sym, "a section twice");
    refused(&with(24, &[9]), &sym, "more terms than wires");
    refused(&with(28, &[8]), &sym, "a wire that is not there");
    refused(&with(32, &[0xff; 32]), &sym, "a coefficient above the modulus");
    let header = good.windows(4).position(|bytes| bytes == 32u32.to_le_bytes()).unwrap();
    refused(&with(header + 4, &[2]), &sym, "another field");
    refused(&with(header + 36, &[1]), &sym, "fewer wires than inputs");
    refused(&with(header + 60, &[4]), &sym, "another number of constraints");
}

#[test]
fn wire_twice_in_a_row_fails() {
    let constraints = vec![[vec![(1, 1), (1, 1)], vec![(2, 1)], vec![(3, 1)]]];
    let made = Made { wires: 4, public: 1, private: 1, constraints };
    refused(&made.r1cs(), &made.sym(), "a wire twice");
}

#[test]
fn damaged_sym_fails() {
    for sym in ["1,1,0", "1,x,0,main.w", "1,8,0,main.w", "1,-2,0,main.w", "x,1,0,main.w", "1,1,x,main.w"] {
        refused(&sample().r1cs(), sym, sym);
    }
}

#[test]
fn missing_file_fails() {
    let files = Files::new(&[], "");
    assert!(matches!(System::open(&files.out), Err(Error::Io { .. })));
    fs::remove_file(&files.sym).unwrap();
    assert!(files.build().is_err());
}

/// A changed `circuit.sys` is refused, or it solves something else; it never does anything worse.
#[test]
fn damaged_system_never_panics_ok() {
    let (files, _) = sample().build();
    let good = fs::read(&files.out).unwrap();
    let open = |bytes: &[u8]| {
        // A new file: the old one may be mapped.
        let files = Files::new(&[], "");
        fs::write(&files.out, bytes).unwrap();
        System::open(&files.out)
    };
    for length in 0..good.len() {
        assert!(open(&good[..length]).is_err());
    }
    assert!(open(&[&good[..], b"\0"].concat()).is_err());
    let (mut refused, mut solved) = (0, 0);
    for at in 0..good.len() {
        let mut bytes = good.clone();
        bytes[at] ^= [1, 0x80, 0xff][at % 3];
        match open(&bytes) {
            Err(error) => {
                assert!(matches!(error, Error::File { .. }), "{error}");
                refused += 1;
            }
            Ok(system) => {
                let given = vec![Fr::from(1); system.size().given];
                let public = vec![Fr::from(10); system.size().public];
                solved += u32::from(system.solve(&given, &public).is_ok());
            }
        }
    }
    assert!(refused > 500 && solved > 0, "{refused} {solved}");
}
