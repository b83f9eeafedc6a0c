use std::ops::Range;

use gesim_verifier::{sample::Sample, Proof};
use litesvm::LiteSVM;
use solana_account::Account;
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_instruction::{AccountMeta, Instruction};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_transaction::Transaction;
use verify_bench::{GROTH16_SOLANA, KEY_SIZE};

use crate::BenchError;

static PROGRAM: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/deploy/verify_bench.so"));

/// A transaction's most compute units.
const MOST_UNITS: u32 = 1_400_000;
/// Units of the instruction that asks for them: a builtin's fixed price.
const BUDGET_UNITS: u64 = 150;

/// A chain in process with the benchmark's program and the sample's key.
pub struct Chain<'a> {
    svm: LiteSVM,
    payer: Keypair,
    program: Pubkey,
    key: Pubkey,
    proofs: Pubkey,
    sample: &'a Sample,
}

impl<'a> Chain<'a> {
    pub fn new(sample: &'a Sample) -> Result<Self, BenchError> {
        let load = |error: String| BenchError::Load(error);
        let [program, key, proofs] = [1, 2, 3].map(|byte| Pubkey::new_from_array([byte; 32]));
        let mut chain =
            Self { svm: LiteSVM::new().with_mainnet_features(), payer: Keypair::new(), program, key, proofs, sample };
        chain.svm.add_program(program, PROGRAM).map_err(|error| load(error.to_string()))?;
        chain.svm.airdrop(&chain.payer.pubkey(), 1_000_000_000).map_err(|error| load(error.err.to_string()))?;
        let vk = &sample.key;
        let parts: [&[u8]; 7] =
            [&vk.alpha_g1, &vk.beta_g2, &vk.gamma_g2, &vk.delta_g2, &vk.ic[0], &vk.ic[1], &vk.fingerprint];
        let bytes = parts.concat();
        debug_assert_eq!(bytes.len(), KEY_SIZE);
        chain.put(chain.key, bytes).map_err(load)?;
        Ok(chain)
    }

    fn put(&mut self, address: Pubkey, data: Vec<u8>) -> Result<(), String> {
        let lamports = self.svm.minimum_balance_for_rent_exemption(data.len());
        let account = Account { lamports, data, owner: self.program, executable: false, rent_epoch: u64::MAX };
        self.svm.set_account(address, account).map_err(|error| error.to_string())
    }

    /// Verifies a range of the sample's proofs in one transaction; its compute units.
    pub fn run(&mut self, mode: u8, range: Range<usize>) -> Result<u64, BenchError> {
        let proofs = self.sample.proofs[range.clone()].iter().zip(&self.sample.ark_proofs[range.clone()]);
        let proofs: Vec<Proof> =
            proofs
                .map(|(proof, ark)| {
                    if mode == GROTH16_SOLANA {
                        gesim_verifier::encode::proof(&-ark.a, &ark.b, &ark.c)
                    } else {
                        *proof
                    }
                })
                .collect();
        let data = [self.sample.inputs[range.clone()].as_flattened(), proofs.as_flattened()].concat();
        self.send(mode, data).map_err(|reason| BenchError::Refused { mode, proofs: range.len(), reason })
    }

    /// Runs the program over inputs and proofs as they are.
    pub fn send(&mut self, mode: u8, data: Vec<u8>) -> Result<u64, String> {
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
            Ok(done) => Ok(done.compute_units_consumed - BUDGET_UNITS),
            Err(failed) => Err(format!("{}: {}", failed.err, failed.meta.logs.join("; "))),
        }
    }
}
