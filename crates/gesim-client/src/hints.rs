//! What to do about errors that people meet.

/// A hint for the number of a program's error.
pub fn hint(code: u32) -> Option<&'static str> {
    HINTS.iter().find(|(number, _)| *number == code).map(|(_, hint)| *hint)
}

const HINTS: &[(u32, &str)] = &[
    (1, "the token account holds too little: check its balance"),
    (3012, "an account does not exist yet: has the step before this one been made? See: gesim migrate --dry-run"),
];
