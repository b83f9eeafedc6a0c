//! What defines what, and what solving says about values that do not fit.

use super::{sample, Made};
use crate::{Error, Fr};

fn message(error: Error) -> String {
    match error {
        Error::Witness(text) => text,
        other => panic!("{other}"),
    }
}

#[test]
fn products_quotients_and_bits_ok() {
    let wires = sample().solve(&[(2, 7), (6, 1)], &[10]).unwrap();
    // 3 w4 = 70 * 7 - 20 + 5
    assert_eq!(wires[4] * Fr::from(3), Fr::from(475));
    assert_eq!(wires[7], wires[4]);
    let size = sample().build().1;
    assert_eq!((size.products, size.quotients, size.checks, size.given), (3, 1, 1, 2));
}

#[test]
fn constraint_that_does_not_hold_fails_by_its_number() {
    let error = message(sample().solve(&[(2, 7), (6, 2)], &[10]).unwrap_err());
    assert_eq!(error, "constraint 3 does not hold");
}

#[test]
fn division_by_zero_fails() {
    // w1 = w4: 3 w1 = w1 w2^2 - 2 w1 + 5, as for w1 = 5 and w2 = 2.
    let error = message(sample().solve(&[(2, 2), (6, 0)], &[5]).unwrap_err());
    assert_eq!(error, "wire 5 would be a quotient by zero");
}

#[test]
fn wrong_number_of_values_fails() {
    let system = sample().open(&[2, 6]);
    let one = Fr::from(1);
    for (given, public) in [(vec![one; 1], vec![one; 1]), (vec![one; 3], vec![one; 1]), (vec![one; 2], vec![])] {
        assert!(system.solve(&given, &public).is_err());
    }
}

/// Terms of a lookup: quotients by a public challenge, two of them only known by their sum.
#[test]
fn lookup_sums_ok() {
    let made = Made {
        wires: 8,
        public: 1,
        private: 3,
        // w5 = 1 / (c - w2); (w6 - w5) (c - w3) = 1, w6 being the sum; w7 (c - 9) = w4
        constraints: vec![
            [vec![(5, 1)], vec![(1, 1), (2, -1)], vec![(0, 1)]],
            [vec![(1, 1), (3, -1)], vec![(5, -1), (6, 1)], vec![(0, 1)]],
            [vec![(7, 1)], vec![(0, -9), (1, 1)], vec![(4, 1)]],
        ],
    };
    made.solve(&[(2, 3), (3, 4), (4, 5)], &[1000]).unwrap();
    let error = message(made.solve(&[(2, 3), (3, 4), (4, 5)], &[9]).unwrap_err());
    assert_eq!(error, "wire 7 would be a quotient by zero");
    assert_eq!(made.build().1.quotients, 3);
}

/// Zero times a wire is zero: this must not make a quotient of the wire.
#[test]
fn wires_that_nothing_defines_are_given_ok() {
    let made = Made {
        wires: 4,
        public: 1,
        private: 0,
        constraints: vec![[vec![(1, 1)], vec![(2, 1)], vec![]], [vec![(2, 1)], vec![(2, 1)], vec![(3, 1)]]],
    };
    let wires = made.solve(&[(2, 6)], &[0]).unwrap();
    assert_eq!(wires[3], Fr::from(36));
    assert!(made.solve(&[(2, 6)], &[1]).is_err());
}

/// Two products that are two sums of the same two wires, and one row that both must be known for.
#[test]
fn coupled_sums_ok() {
    let made = Made {
        wires: 6,
        public: 2,
        private: 0,
        constraints: vec![
            [vec![(1, 1)], vec![(1, 1)], vec![(3, 2), (4, 3)]],
            [vec![(1, 1)], vec![(2, 1)], vec![(3, 1), (4, -1)]],
            [vec![(3, 1)], vec![(4, 1)], vec![(5, 1)]],
        ],
    };
    let size = made.build().1;
    assert_eq!((size.kept, size.checks, size.given), (2, 0, 0));
    made.solve(&[], &[11, 13]).unwrap();
}

/// A sum that is known before its wires are, as between the rounds of a hash: only w3 + w4 is known when it is squared,
/// and the square tells the rest.
#[test]
fn sum_known_before_its_wires_ok() {
    let made = Made {
        wires: 7,
        public: 2,
        private: 0,
        constraints: vec![
            [vec![(1, 1)], vec![(2, 1)], vec![(3, 2), (4, 2)]],
            [vec![(3, 1), (4, 1)], vec![(3, 1), (4, 1)], vec![(5, 1)]],
            [vec![(5, 1)], vec![(3, 1), (4, 1)], vec![(3, 1), (4, 5)]],
            [vec![(3, 1)], vec![(4, 1)], vec![(6, 1)]],
        ],
    };
    let size = made.build().1;
    assert_eq!((size.kept, size.checks, size.given), (2, 0, 0));
    made.solve(&[], &[6, 35]).unwrap();
}

/// The same sum twice: one is used, the other one is checked, and so is what it was combined with.
#[test]
fn repeated_sum_is_checked_ok() {
    let sum = || vec![(3, 2), (4, 3)];
    let made = Made {
        wires: 5,
        public: 2,
        private: 0,
        constraints: vec![
            [vec![(1, 1)], vec![(1, 1)], sum()],
            [vec![(1, 1)], vec![(2, 1)], sum()],
            [vec![(1, 1)], vec![(1, 2)], vec![(3, 1), (4, -1)]],
        ],
    };
    assert!(made.build().1.checks >= 1);
    made.solve(&[], &[4, 4]).unwrap();
    let error = message(made.solve(&[], &[4, 5]).unwrap_err());
    assert!(error.ends_with("does not hold"), "{error}");
}

#[test]
fn build_is_reproducible_ok() {
    let read = || {
        let files = sample().build().0;
        std::fs::read(&files.out).unwrap()
    };
    assert_eq!(read(), read());
}
