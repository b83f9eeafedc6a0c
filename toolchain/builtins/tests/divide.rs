//! The division of `sbpf-builtins` against the host's own.

use sbpf_builtins::divide::{signed, unsigned, Wide};

fn wide(n: u128) -> Wide {
    Wide { lo: n as u64, hi: (n >> 64) as u64 }
}

/// Numbers whose neighbours trip long division: powers of two, all ones, and what lies beside them.
fn edges() -> Vec<u128> {
    let mut all = vec![0, 1, 2, 3, 7, 10, 10_000, 1_000_000_007, u128::MAX, u128::MAX / 3, i128::MAX as u128];
    for bit in [1, 31, 32, 33, 62, 63, 64, 65, 95, 96, 97, 126, 127] {
        let power = 1u128 << bit;
        all.extend([power - 1, power, power + 1, !power, power | 0x5555_5555_5555_5555]);
    }
    all
}

/// A fixed pseudo-random sequence whose words differ in length.
fn random(count: usize) -> Vec<u128> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut word = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    (0..count).map(|_| (((word() as u128) << 64) | word() as u128) >> (word() % 128)).collect()
}

fn check(n: u128, d: u128) {
    assert_eq!(unsigned(wide(n), wide(d)), (wide(n / d), wide(n % d)), "{n} by {d}");
    let (a, b) = (n as i128, d as i128);
    // i128::MIN / -1 wraps here; programs never reach it, the compiler's check stops it first.
    let expected = (wide(a.wrapping_div(b) as u128), wide(a.wrapping_rem(b) as u128));
    assert_eq!(signed(wide(n), wide(d)), expected, "{a} by {b}");
}

#[test]
fn division_at_the_edges_ok() {
    for n in edges() {
        edges().into_iter().filter(|d| *d != 0).for_each(|d| check(n, d));
    }
}

#[test]
fn division_of_random_numbers_ok() {
    let numbers = random(4_000);
    for pair in numbers.windows(2).filter(|pair| pair[1] != 0) {
        check(pair[0], pair[1]);
        check(pair[0].saturating_mul(3), pair[1]);
    }
}
