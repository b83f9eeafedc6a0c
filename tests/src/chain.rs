//! A chain in process with all programs, a payer and a clock that tests can turn.

use anchor_lang::{
    prelude::{Clock, Pubkey},
    solana_program::instruction::{AccountMeta, Instruction},
    AccountDeserialize, InstructionData, ToAccountMetas,
};
use litesvm::LiteSVM;
use solana_account::Account;
use solana_keypair::Keypair;
use solana_message::{Message, VersionedMessage};
use solana_signature::Signature;
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;

use crate::{
    compute::Meter,
    outcome::{Failure, Meta},
};

/// Largest transaction the network carries.
pub const PACKET: usize = 1_232;
/// Where tests begin: 2026-01-01 00:00:00 UTC.
pub const START: i64 = 1_767_225_600;
const COMPUTE_BUDGET: Pubkey = Pubkey::from_str_const("ComputeBudget111111111111111111111111111111");
const LOADER: Pubkey = Pubkey::from_str_const("BPFLoaderUpgradeab1e11111111111111111111111");

#[derive(Clone)]
pub struct Chain {
    pub svm: LiteSVM,
    /// Pays every fee, and may upgrade the programs.
    pub payer: std::sync::Arc<Keypair>,
    /// Stands directly before whatever an attacker sends: what a precompile verified.
    pub front: Vec<Instruction>,
    meter: Meter,
}

impl Default for Chain {
    fn default() -> Self {
        Self::new()
    }
}

impl Chain {
    pub fn new() -> Self {
        let mut svm = LiteSVM::new().with_sigverify(false).with_log_bytes_limit(Some(1 << 20));
        let payer = Keypair::new();
        svm.airdrop(&payer.pubkey(), 1_000_000_000_000).expect("airdrop");
        for program in gesim_programs::PROGRAMS {
            svm.add_program(Pubkey::new_from_array(program.id), program.elf).expect("program loads");
        }
        let mut chain = Self { svm, payer: std::sync::Arc::new(payer), front: Vec::new(), meter: Meter::default() };
        chain.warp_to(START);
        for program in gesim_programs::PROGRAMS {
            chain.set_upgrade_authority(&Pubkey::new_from_array(program.id), Some(chain.payer.pubkey()));
        }
        chain
    }

    /// Says who may upgrade a program, as a deployment would.
    pub fn set_upgrade_authority(&mut self, program: &Pubkey, authority: Option<Pubkey>) {
        let address = program_data(program);
        let mut account = self.svm.get_account(&address).expect("program data");
        // the state's tag (4), the slot (8), then an optional key: a tag byte and 32 bytes
        account.data[12] = u8::from(authority.is_some());
        account.data[13..45].copy_from_slice(authority.unwrap_or_default().as_ref());
        self.svm.set_account(address, account).expect("program data is kept");
    }

    /// A new key with money for fees and rent.
    pub fn keypair(&mut self) -> Keypair {
        let key = Keypair::new();
        self.svm.airdrop(&key.pubkey(), 100_000_000_000).expect("airdrop");
        key
    }

    /// Signs and sends. Every signer an instruction names must be among `signers` or be the payer.
    pub fn send(&mut self, instructions: &[Instruction], signers: &[&Keypair]) -> Result<Meta, Failure> {
        let message = self.message(instructions);
        let required = usize::from(message.header.num_required_signatures);
        let bytes = message.serialize();
        let payer = self.payer.clone();
        let signatures = message.account_keys[..required].iter().map(|key| {
            let known = signers.iter().copied().chain([payer.as_ref()]).find(|signer| signer.pubkey() == *key);
            known.unwrap_or_else(|| panic!("no key to sign for {key}")).sign_message(&bytes)
        });
        let signatures: Vec<_> = signatures.collect();
        let size = 1 + signatures.len() * 64 + bytes.len();
        assert!(size <= PACKET, "the transaction has {size} bytes, the network carries {PACKET}");
        self.execute(message, signatures)
    }

    /// Sends as if every signer had signed: an attacker at his strongest, or a program signing for itself.
    pub fn impersonate(&mut self, instructions: &[Instruction]) -> Result<Meta, Failure> {
        let message = self.message(&[self.front.as_slice(), instructions].concat());
        let required = usize::from(message.header.num_required_signatures);
        self.execute(message, vec![Signature::default(); required])
    }

    /// Sends these instructions and no compute budget in front of them, as if every signer had signed.
    pub fn send_bare(&mut self, instructions: &[Instruction]) -> Result<Meta, Failure> {
        self.svm.expire_blockhash();
        let message =
            Message::new_with_blockhash(instructions, Some(&self.payer.pubkey()), &self.svm.latest_blockhash());
        let required = usize::from(message.header.num_required_signatures);
        self.execute(message, vec![Signature::default(); required])
    }

    fn message(&mut self, instructions: &[Instruction]) -> Message {
        self.svm.expire_blockhash();
        let mut limit = vec![2];
        limit.extend(1_400_000u32.to_le_bytes());
        let mut all = vec![Instruction { program_id: COMPUTE_BUDGET, accounts: vec![], data: limit }];
        all.extend_from_slice(instructions);
        Message::new_with_blockhash(&all, Some(&self.payer.pubkey()), &self.svm.latest_blockhash())
    }

    fn execute(&mut self, message: Message, signatures: Vec<Signature>) -> Result<Meta, Failure> {
        let tx = VersionedTransaction { signatures, message: VersionedMessage::Legacy(message) };
        match self.svm.send_transaction(tx) {
            Ok(meta) => {
                self.meter.record(&meta.logs);
                Ok(Meta::from(meta))
            }
            Err(failed) => Err(Failure::from(failed)),
        }
    }

    /// Sends and expects success.
    #[track_caller]
    pub fn ok(&mut self, instructions: &[Instruction], signers: &[&Keypair]) -> Meta {
        self.send(instructions, signers).unwrap_or_else(|failure| panic!("{failure}"))
    }

    /// Sends and expects this program error.
    #[track_caller]
    pub fn fails(&mut self, instructions: &[Instruction], signers: &[&Keypair], error: impl Into<u32>) -> Failure {
        let failure = self.send(instructions, signers).expect_err("the transaction succeeded");
        failure.expect(error);
        failure
    }

    pub fn now(&self) -> i64 {
        self.svm.get_sysvar::<Clock>().unix_timestamp
    }

    pub fn warp_to(&mut self, time: i64) {
        let mut clock = self.svm.get_sysvar::<Clock>();
        clock.unix_timestamp = time;
        clock.slot += 1;
        self.svm.set_sysvar(&clock);
    }

    pub fn warp_by(&mut self, seconds: i64) {
        self.warp_to(self.now() + seconds);
    }

    pub fn account(&self, address: &Pubkey) -> Option<Account> {
        self.svm.get_account(address).filter(|account| account.lamports > 0)
    }

    pub fn exists(&self, address: &Pubkey) -> bool {
        self.account(address).is_some()
    }

    /// Reads an account of a program, discriminator checked.
    #[track_caller]
    pub fn fetch<T: AccountDeserialize>(&self, address: &Pubkey) -> T {
        let account = self.account(address).unwrap_or_else(|| panic!("no account at {address}"));
        T::try_deserialize(&mut account.data.as_slice()).unwrap_or_else(|error| panic!("{address}: {error}"))
    }

    pub fn lamports(&self, address: &Pubkey) -> u64 {
        self.svm.get_balance(address).unwrap_or(0)
    }
}

/// Where the loader keeps a program's code and who may replace it.
pub fn program_data(program: &Pubkey) -> Pubkey {
    Pubkey::find_program_address(&[program.as_ref()], &LOADER).0
}

/// Where a program's `emit_cpi!` signs from.
pub fn event_authority(program: &Pubkey) -> Pubkey {
    Pubkey::find_program_address(&[b"__event_authority"], program).0
}

/// An instruction out of the types that Anchor makes.
pub fn instruction(program: Pubkey, accounts: impl ToAccountMetas, data: impl InstructionData) -> Instruction {
    let accounts: Vec<AccountMeta> = accounts.to_account_metas(None);
    Instruction { program_id: program, accounts, data: data.data() }
}
