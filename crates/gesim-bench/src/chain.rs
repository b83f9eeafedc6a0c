use litesvm::LiteSVM;
use solana_account::Account;
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_instruction::{AccountMeta, Instruction};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_transaction::Transaction;

use crate::BenchError;

static PROGRAM: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/deploy/verify_bench.so"));

/// A transaction's most compute units.
pub const MOST_UNITS: u32 = 1_400_000;
/// Units of the instruction that asks for them: a builtin's fixed price.
const BUDGET_UNITS: u64 = 150;

/// What a transaction did.
#[derive(Debug)]
pub struct Done {
    pub units: u64,
    #[cfg(test)]
    pub return_data: Vec<u8>,
}

/// A chain in process with the benchmark's program and a verifying key.
pub struct Chain {
    svm: LiteSVM,
    payer: Keypair,
    program: Pubkey,
    key: Pubkey,
    proofs: Pubkey,
}

impl Chain {
    pub fn new(verifying_key: Vec<u8>) -> Result<Self, BenchError> {
        let load = |error: String| BenchError::Load(error);
        let [program, key, proofs] = [1, 2, 3].map(|byte| Pubkey::new_from_array([byte; 32]));
        let svm = LiteSVM::new().with_mainnet_features();
        let mut chain = Self { svm, payer: Keypair::new(), program, key, proofs };
        chain.svm.add_program(program, PROGRAM).map_err(|error| load(error.to_string()))?;
        chain.svm.airdrop(&chain.payer.pubkey(), 1_000_000_000_000).map_err(|error| load(error.err.to_string()))?;
        chain.put(chain.key, verifying_key).map_err(load)?;
        Ok(chain)
    }

    fn put(&mut self, address: Pubkey, data: Vec<u8>) -> Result<(), String> {
        let lamports = self.svm.minimum_balance_for_rent_exemption(data.len());
        let account = Account { lamports, data, owner: self.program, executable: false, rent_epoch: u64::MAX };
        self.svm.set_account(address, account).map_err(|error| error.to_string())
    }

    /// Runs the program over inputs and proofs as they are.
    pub fn send(&mut self, mode: u8, data: Vec<u8>) -> Result<Done, String> {
        self.put(self.proofs, data)?;
        let accounts = [self.key, self.proofs].map(|address| AccountMeta::new_readonly(address, false)).to_vec();
        let instructions = [
            ComputeBudgetInstruction::set_compute_unit_limit(MOST_UNITS),
            Instruction { program_id: self.program, accounts, data: vec![mode] },
        ];
        self.svm.expire_blockhash();
        let blockhash = self.svm.latest_blockhash();
        let payer = self.payer.pubkey();
        let transaction = Transaction::new_signed_with_payer(&instructions, Some(&payer), &[&self.payer], blockhash);
        match self.svm.send_transaction(transaction) {
            Ok(done) => {
                let units = done.compute_units_consumed.saturating_sub(BUDGET_UNITS);
                Ok(Done {
                    units,
                    #[cfg(test)]
                    return_data: done.return_data.data,
                })
            }
            Err(failed) => Err(format!("{}: {}", failed.err, failed.meta.logs.join("; "))),
        }
    }
}
