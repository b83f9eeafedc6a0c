//! From a transaction error and its logs to the program, the name and the number of what went wrong.

use gesim_core::ids;
use solana_instruction::error::InstructionError;
use solana_pubkey::Pubkey;
use solana_transaction_error::TransactionError;

use crate::{
    error::{ClientError, Refusal},
    hints,
};

/// An error that a program returned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgramError {
    pub program: String,
    pub code: u32,
    pub name: Option<String>,
    pub message: Option<String>,
}

impl std::fmt::Display for ProgramError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the {} program refused with error {}", self.program, self.code)?;
        if let Some(name) = &self.name {
            write!(f, " {name}")?;
        }
        match &self.message {
            Some(message) => write!(f, ": {}", message.trim_end_matches('.')),
            None => Ok(()),
        }
    }
}

impl ProgramError {
    pub fn hint(&self) -> Option<&'static str> {
        hints::hint(self.code)
    }
}

/// Builds the refusal of a transaction.
pub fn refusal(step: &str, error: TransactionError, logs: Vec<String>) -> Refusal {
    let custom = match &error {
        TransactionError::InstructionError(_, InstructionError::Custom(code)) => Some(*code),
        _ => None,
    };
    let program = custom.map(|code| program_error(code, &logs));
    Refusal { step: step.into(), signature: None, error, program, log: relevant(&logs), logs }
}

pub fn refused(step: &str, error: TransactionError, logs: Vec<String>) -> ClientError {
    ClientError::Refused(Box::new(refusal(step, error, logs)))
}

fn program_error(code: u32, logs: &[String]) -> ProgramError {
    let anchor = logs.iter().rev().find(|line| {
        line.contains("AnchorError") && number_after(line, "Error Number: ").is_some_and(|number| number == code)
    });
    ProgramError {
        program: failing_program(logs),
        code,
        name: anchor.and_then(|line| between(line, "Error Code: ", ". Error Number")),
        message: anchor.and_then(|line| between(line, "Error Message: ", "\n")),
    }
}

fn number_after(line: &str, key: &str) -> Option<u32> {
    let rest = &line[line.find(key)? + key.len()..];
    rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

fn between(line: &str, from: &str, to: &str) -> Option<String> {
    let rest = &line[line.find(from)? + from.len()..];
    Some(rest.split(to).next().unwrap_or(rest).trim_end_matches('.').to_string())
}

/// The innermost program that failed: it is the first to log its failure.
fn failing_program(logs: &[String]) -> String {
    logs.iter()
        .find_map(|line| line.strip_prefix("Program ")?.split_once(" failed: ").map(|(address, _)| address))
        .map_or_else(|| "called".into(), program_name)
}

/// A short name for the programs one meets.
pub fn program_name(address: &str) -> String {
    let known = [
        (Pubkey::from(ids::CATALOG), "catalog"),
        (Pubkey::from(ids::ESCROW), "escrow"),
        (Pubkey::from(ids::IDENTITY), "identity"),
        (Pubkey::from(ids::SETTLEMENT), "settlement"),
        (solana_sdk_ids::system_program::ID, "system"),
        (solana_sdk_ids::bpf_loader_upgradeable::ID, "loader"),
        (spl_token_interface::ID, "token"),
        (anchor_spl::token_2022::ID, "token-2022"),
        (spl_associated_token_account_interface::program::ID, "associated-token-account"),
    ];
    known.iter().find(|(id, _)| id.to_string() == address).map_or(address, |(_, name)| name).to_string()
}

/// The first line a person should read.
pub fn relevant(logs: &[String]) -> Option<String> {
    let says = |line: &&String| line.contains("AnchorError") || line.starts_with("Program log: Error");
    let failed = |line: &&String| line.contains(" failed: ") || line.contains("insufficient");
    let line = logs.iter().find(says).or_else(|| logs.iter().find(failed))?;
    Some(line.trim_start_matches("Program log: ").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logs() -> Vec<String> {
        [
            "Program 7cXLa6zofPaC97yrCwWZHiPhZ1M1NQ8y1NMbYQTy3oTd invoke [1]",
            "Program 6J8xzjBMHzQPbvMhsdcgAK4yW2wF7arDZ1quSUhC5Pu3 invoke [2]",
            "Program log: AnchorError thrown in programs/escrow/src/x.rs:1. Error Code: Paused. Error Number: 6201. \
             Error Message: This operation is paused.",
            "Program 6J8xzjBMHzQPbvMhsdcgAK4yW2wF7arDZ1quSUhC5Pu3 failed: custom program error: 0x1839",
            "Program 7cXLa6zofPaC97yrCwWZHiPhZ1M1NQ8y1NMbYQTy3oTd failed: custom program error: 0x1839",
        ]
        .map(String::from)
        .to_vec()
    }

    #[test]
    fn names_the_innermost_program_ok() {
        let error = TransactionError::InstructionError(0, InstructionError::Custom(6201));
        let refusal = refusal("settle", error, logs());
        let program = refusal.program.clone().expect("decoded");
        assert_eq!((program.program.as_str(), program.code), ("escrow", 6201));
        assert_eq!(program.name.as_deref(), Some("Paused"));
        assert_eq!(
            refusal.to_string(),
            "settle: the escrow program refused with error 6201 Paused: This operation is paused"
        );
        assert!(refusal.log.expect("log").starts_with("AnchorError thrown"));
    }

    #[test]
    fn another_programs_anchor_error_is_not_taken_fails() {
        let error = TransactionError::InstructionError(0, InstructionError::Custom(1));
        assert_eq!(refusal("", error, logs()).program.expect("decoded").name, None);
    }
}
