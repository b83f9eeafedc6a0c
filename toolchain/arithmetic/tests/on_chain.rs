//! The linked program must compute what the host computes. The runtime here is Solana's own.

use arithmetic::{respond, OPERATORS, REQUEST};
use litesvm::LiteSVM;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_message::Message;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_transaction::Transaction;
use std::path::Path;

const PROGRAM: Pubkey = Pubkey::new_from_array([7; 32]);

const EDGES: [u128; 16] = [
    0,
    1,
    2,
    7,
    10_000,
    0xffff_ffff,
    1 << 32,
    (1 << 63) + 1,
    u64::MAX as u128,
    1 << 64,
    (1 << 64) + 1,
    0x1234_5678_9abc_def0_0fed_cba9_8765_4321,
    i128::MAX as u128,
    1 << 127,
    u128::MAX - 1,
    u128::MAX,
];

fn request(operator: u8, a: u128, b: u128) -> Vec<u8> {
    let mut data = Vec::with_capacity(REQUEST);
    data.push(operator);
    data.extend(a.to_le_bytes());
    data.extend(b.to_le_bytes());
    data
}

struct Chain {
    svm: LiteSVM,
    payer: Keypair,
}

impl Chain {
    fn start() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/deploy/arithmetic.so");
        let elf = std::fs::read(path).expect("run `cargo xtask programs`");
        let mut svm = LiteSVM::new();
        svm.add_program(PROGRAM, &elf).expect("the runtime loads the program");
        let payer = Keypair::new_from_array([1; 32]);
        svm.airdrop(&payer.pubkey(), 1_000_000_000).expect("airdrop");
        Chain { svm, payer }
    }

    /// The answer and the compute units it took.
    fn ask(&self, data: Vec<u8>) -> (Option<u128>, u64) {
        let instruction = Instruction { program_id: PROGRAM, accounts: vec![], data };
        let message = Message::new(&[instruction], Some(&self.payer.pubkey()));
        let transaction = Transaction::new(&[&self.payer], message, self.svm.latest_blockhash());
        match self.svm.simulate_transaction(transaction) {
            // Trailing zeros of return data are dropped on the way.
            Ok(done) => {
                let mut bytes = done.meta.return_data.data;
                bytes.resize(16, 0);
                (bytes.try_into().ok().map(u128::from_le_bytes), done.meta.compute_units_consumed)
            }
            Err(failed) => (None, failed.meta.compute_units_consumed),
        }
    }
}

/// A fixed pseudo-random sequence of numbers of all lengths.
fn random(count: usize) -> Vec<u128> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut word = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    (0..count).map(|_| (((word() as u128) << 64) | word() as u128) >> (word() % 128)).collect()
}

#[test]
fn arithmetic_matches_the_host_ok() {
    let chain = Chain::start();
    let numbers = random(200);
    let pairs = EDGES.iter().flat_map(|a| EDGES.iter().map(move |b| (*a, *b)));
    let pairs: Vec<(u128, u128)> = pairs.chain(numbers.windows(2).map(|pair| (pair[0], pair[1]))).collect();
    for operator in OPERATORS.bytes() {
        let mut most = 0;
        for (a, b) in &pairs {
            let data = request(operator, *a, *b);
            let (answer, units) = chain.ask(data.clone());
            assert_eq!(answer, respond(&data), "{a} {} {b}", operator as char);
            most = most.max(units);
        }
        println!("{}: at most {most} compute units", operator as char);
    }
}

#[test]
fn division_by_zero_fails() {
    let chain = Chain::start();
    for operator in *b"/%da" {
        assert_eq!(chain.ask(request(operator, 1, 0)).0, None);
    }
}

#[test]
fn short_request_fails() {
    assert_eq!(Chain::start().ask(vec![b'*'; REQUEST - 1]).0, None);
}
