//! What the secp256r1 precompile verified counts in one layout only: each rule is broken by itself, in a transaction whose
//! signature the precompile accepts.

use anchor_lang::{error::ErrorCode, prelude::Pubkey, solana_program::instruction::Instruction};
use gesim_tests::{
    attack,
    identity::{
        calls,
        certificates::{server_signed, Servers, DN, EUICC_CHALLENGE, R},
        pki::{precompile, Key, Subject, HOST},
    },
};
use identity::error::IdentityError;
use solana_signer::Signer;
use solana_transaction_error::TransactionError;

const SIGNATURE_AT: u16 = 49;
const KEY_AT: u16 = 16;
const MESSAGE_AT: u16 = 113;
/// "This instruction", as the precompile takes it.
const OWN: u16 = 0xFFFF;
/// Where the precompile's instruction stands in a test's transaction: after the compute budget.
const AT: u16 = 1;

/// The precompile's header with everything in it free.
struct Header {
    count: u8,
    padding: u8,
    signature: (u16, u16),
    key: (u16, u16),
    message: (u16, u16, u16),
}

impl Header {
    fn honest(message: &[u8]) -> Self {
        let message = (MESSAGE_AT, message.len() as u16, OWN);
        Self { count: 1, padding: 0, signature: (SIGNATURE_AT, OWN), key: (KEY_AT, OWN), message }
    }

    /// In front of whatever else the instruction holds.
    fn with(&self, rest: &[&[u8]]) -> Instruction {
        let Self { count, padding, signature, key, message } = self;
        let fields = [signature.0, signature.1, key.0, key.1, message.0, message.1, message.2];
        let mut data = vec![*count, *padding];
        data.extend(fields.iter().flat_map(|field| field.to_le_bytes()));
        data.extend(rest.concat());
        Instruction { data, ..precompile(&[0; 33], &[0; 64], &[]) }
    }
}

/// A chain, a TBS that is not registered yet, and the CI's key and signature over it.
struct Case {
    servers: Servers,
    tbs: Vec<u8>,
    key: [u8; 33],
    signature: [u8; 64],
    ours: Instruction,
}

impl Case {
    fn new() -> Self {
        let servers = Servers::new();
        let tbs = Subject { serial: 77, ..Subject::new(5) }.tbs(&Key::new(9), &servers.ci);
        let [_, ours] = servers.register(&tbs);
        let (key, signature) = (servers.ci.compressed(), servers.ci.sign(&tbs));
        Self { servers, tbs, key, signature, ours }
    }

    /// The precompile accepts what stands in front, we do not.
    #[track_caller]
    fn fails(&mut self, front: Instruction, error: IdentityError) {
        let failure = self.servers.fails(&[front, self.ours.clone()], error);
        assert!(matches!(failure.error, TransactionError::InstructionError(2, _)), "the precompile refused: {failure}");
        self.ok();
    }

    /// Nothing but what was broken is wrong.
    #[track_caller]
    fn ok(&self) {
        let honest = Header::honest(&self.tbs).with(&[&self.key, &self.signature, &self.tbs]);
        let sent = self.servers.chain.clone().impersonate(&[honest, self.ours.clone()]);
        sent.unwrap_or_else(|failure| panic!("the honest transaction fails: {failure}"));
    }
}

#[test]
fn signatures_are_verified_here_fails() {
    let mut case = Case::new();
    let mut wrong = case.signature;
    wrong[63] ^= 1;
    // the same signature with s in the upper half
    let order = p256_order_minus(&case.signature[32..]);
    let high = [&case.signature[..32], &order].concat().try_into().unwrap();
    for signature in [wrong, high] {
        let front = precompile(&case.key, &signature, &case.tbs);
        let failure = case.servers.chain.send(&[front, case.ours.clone()], &[]).unwrap_err();
        assert!(matches!(failure.error, TransactionError::InstructionError(1, _)), "{failure}");
    }
    case.ok();
}

/// n - s, big-endian.
fn p256_order_minus(s: &[u8]) -> [u8; 32] {
    const ORDER: [u8; 32] = [
        0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xBC, 0xE6, 0xFA, 0xAD,
        0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51,
    ];
    let (mut out, mut borrow) = ([0; 32], 0);
    for at in (0..32).rev() {
        let difference = i16::from(ORDER[at]) - i16::from(s[at]) - borrow;
        borrow = i16::from(difference < 0);
        out[at] = difference.rem_euclid(256) as u8;
    }
    out
}

#[test]
fn another_program_in_front_fails() {
    let mut case = Case::new();
    let price = Instruction {
        program_id: Pubkey::from_str_const("ComputeBudget111111111111111111111111111111"),
        accounts: vec![],
        data: [&[3][..], &7u64.to_le_bytes()].concat(),
    };
    case.fails(price, IdentityError::NoPrecompile);
}

#[test]
fn not_directly_in_front_fails() {
    let mut case = Case::new();
    let signed = precompile(&case.key, &case.signature, &case.tbs);
    let between = calls::set_paused(case.servers.authority(), 0);
    case.servers.fails(&[signed.clone(), between, case.ours.clone()], IdentityError::NoPrecompile);
    case.servers.fails(&[case.ours.clone(), signed], IdentityError::NoPrecompile);
    case.ok();
}

#[test]
fn nothing_in_front_fails() {
    let mut case = Case::new();
    // without the compute budget that other tests have in front
    let failure = case.servers.chain.send_bare(&[case.ours.clone()]).unwrap_err();
    failure.expect(IdentityError::NoPrecompile);
    case.ok();
}

#[test]
fn counts_fails() {
    let mut case = Case::new();
    // none: the precompile itself wants one at least
    let none = Header { count: 0, ..Header::honest(&case.tbs) }.with(&[&case.key, &case.signature, &case.tbs]);
    let failure = case.servers.chain.send(&[none, case.ours.clone()], &[]).unwrap_err();
    assert!(matches!(failure.error, TransactionError::InstructionError(1, _)), "{failure}");
    // two: the second's offsets stand where the key would, and point at the first's
    let at = MESSAGE_AT + case.tbs.len() as u16;
    let moved = Header { signature: (at + 33, OWN), key: (at, OWN), ..Header::honest(&case.tbs) };
    let mut two = Header { count: 2, ..moved }.with(&[]);
    let offsets = two.data[2..].to_vec();
    two.data.extend(offsets);
    two.data.resize(MESSAGE_AT as usize, 0);
    two.data.extend([&case.tbs[..], &case.key, &case.signature].concat());
    case.fails(two, IdentityError::PrecompileLayout);
}

#[test]
fn padding_fails() {
    let mut case = Case::new();
    let front = Header { padding: 1, ..Header::honest(&case.tbs) }.with(&[&case.key, &case.signature, &case.tbs]);
    case.fails(front, IdentityError::PrecompileLayout);
}

#[test]
fn instruction_indices_fails() {
    let mut case = Case::new();
    let honest = || Header::honest(&[0; 0]);
    let length = case.tbs.len() as u16;
    // the very same bytes, named by the instruction's number
    for header in [
        Header { signature: (SIGNATURE_AT, AT), message: (MESSAGE_AT, length, OWN), ..honest() },
        Header { key: (KEY_AT, AT), message: (MESSAGE_AT, length, OWN), ..honest() },
        Header { message: (MESSAGE_AT, length, AT), ..honest() },
    ] {
        let front = header.with(&[&case.key, &case.signature, &case.tbs]);
        case.fails(front, IdentityError::PrecompileLayout);
    }
}

#[test]
fn bytes_of_another_instruction_fails() {
    let mut case = Case::new();
    // what is verified stands in our own instruction's data, what is read is the attacker's
    let other = Key::new(66);
    let message = case.ours.data.clone();
    let header = Header { message: (0, message.len() as u16, AT + 1), ..Header::honest(&case.tbs) };
    let front = header.with(&[&other.compressed(), &other.sign(&message), &case.tbs]);
    case.fails(front, IdentityError::PrecompileLayout);
}

#[test]
fn offsets_fails() {
    let mut case = Case::new();
    let length = case.tbs.len() as u16;
    let end = MESSAGE_AT + length;
    // the key's copy is part of the message, so that nothing but its offset is unusual
    let message = [&case.tbs[..], &case.key].concat();
    let signature = case.servers.ci.sign(&message);
    let header = Header { key: (end, OWN), ..Header::honest(&message) };
    let forged = Key::new(66).compressed();
    case.fails(header.with(&[&forged, &signature, &message]), IdentityError::PrecompileLayout);
    // a copy of the signature behind the message
    let header = Header { signature: (end, OWN), ..Header::honest(&case.tbs) };
    let front = header.with(&[&case.key, &[0; 64], &case.tbs, &case.signature]);
    case.fails(front, IdentityError::PrecompileLayout);
    // the message one octet later, and before the key
    let header = Header { message: (MESSAGE_AT + 1, length, OWN), ..Header::honest(&case.tbs) };
    case.fails(header.with(&[&case.key, &case.signature, &[0], &case.tbs]), IdentityError::PrecompileLayout);
    let header = Header {
        signature: (SIGNATURE_AT + length, OWN),
        key: (KEY_AT + length, OWN),
        message: (KEY_AT, length, OWN),
        ..Header::honest(&case.tbs)
    };
    case.fails(header.with(&[&case.tbs, &case.key, &case.signature]), IdentityError::PrecompileLayout);
}

#[test]
fn message_lengths_fails() {
    let mut case = Case::new();
    // the last octet is there, but was not signed
    let signed = &case.tbs[..case.tbs.len() - 1];
    let front = Header::honest(signed).with(&[&case.key, &case.servers.ci.sign(signed), &case.tbs]);
    case.fails(front, IdentityError::PrecompileLayout);
    // trailing data
    let front = Header::honest(&case.tbs).with(&[&case.key, &case.signature, &case.tbs, &[0]]);
    case.fails(front, IdentityError::PrecompileLayout);
    // longer than the data: the precompile itself refuses
    let longer = Header { message: (MESSAGE_AT, case.tbs.len() as u16 + 1, OWN), ..Header::honest(&case.tbs) };
    let front = longer.with(&[&case.key, &case.signature, &case.tbs]);
    let failure = case.servers.chain.send(&[front, case.ours.clone()], &[]).unwrap_err();
    assert!(matches!(failure.error, TransactionError::InstructionError(1, _)), "{failure}");
    // too short for the layout: everything stands in an honest instruction further in front
    let honest = precompile(&case.key, &case.signature, &case.tbs);
    let length = case.tbs.len() as u16;
    let header = Header {
        count: 1,
        padding: 0,
        signature: (SIGNATURE_AT, AT),
        key: (KEY_AT, AT),
        message: (MESSAGE_AT, length, AT),
    };
    let failure = case.servers.fails(&[honest, header.with(&[]), case.ours.clone()], IdentityError::PrecompileLayout);
    assert!(matches!(failure.error, TransactionError::InstructionError(3, _)), "{failure}");
}

#[test]
fn key_of_another_issuer_fails() {
    let mut case = Case::new();
    let other = Key::new(66);
    case.servers.accredit(&other);
    case.fails(other.signs(&case.tbs), IdentityError::WrongKey);
}

#[test]
fn message_of_another_certificate_fails() {
    let mut case = Case::new();
    let other = Subject { serial: 78, ..Subject::new(5) }.tbs(&Key::new(9), &case.servers.ci);
    case.fails(case.servers.ci.signs(&other), IdentityError::WrongMessage);
    // the CI signs other things too: none of them is a certificate
    case.fails(case.servers.ci.signs(b"no certificate"), IdentityError::WrongMessage);
}

#[test]
fn wrong_sysvar_fails() {
    let mut case = Case::new();
    let signed = precompile(&case.key, &case.signature, &case.tbs);
    // a copy of the sysvar of a transaction that would do
    let forged = Pubkey::new_unique();
    let mut account = case.servers.chain.account(&case.servers.ci_address()).unwrap();
    account.owner = Pubkey::from_str_const("Sysvar1111111111111111111111111111111111111");
    account.data = sysvar_bytes(&signed);
    case.servers.chain.svm.set_account(forged, account).unwrap();
    for wrong in [forged, Pubkey::from_str_const("SysvarC1ock11111111111111111111111111111111")] {
        let mut ours = case.ours.clone();
        let index = ours.accounts.iter().position(|meta| meta.pubkey == calls::INSTRUCTIONS).unwrap();
        ours.accounts[index].pubkey = wrong;
        case.servers.fails(&[signed.clone(), ours], ErrorCode::ConstraintAddress);
    }
    case.ok();
}

/// The sysvar as it would be with this instruction first and the second one running.
fn sysvar_bytes(first: &Instruction) -> Vec<u8> {
    let mut data = vec![1, 0, 4, 0];
    data.extend([0, 0]);
    data.extend(first.program_id.to_bytes());
    data.extend((first.data.len() as u16).to_le_bytes());
    data.extend(&first.data);
    data.extend([1, 0]);
    data
}

/// Everyone who reads the precompile refuses to be without it, and an honest call fails for nothing else.
#[test]
fn every_reader_fails() {
    let mut servers = Servers::new();
    let (open, shaken) = (servers.open(servers.args(1)), servers.shaken(2));
    let below = Key::new(8);
    let ca = Subject::new(0).tbs(&below, &servers.ci);
    let chain = &servers.chain;
    let readers = [
        (
            servers.ci.signs(&ca),
            calls::register_intermediate(servers.authority(), servers.ci_address(), below.compressed()),
        ),
        (
            servers.tls.key.signs(&servers.key_exchange(&open)),
            calls::record_provenance(chain, open, servers.tls.address, DN),
        ),
        (
            servers.auth.key.signs(&server_signed(&EUICC_CHALLENGE, HOST)),
            calls::record_server_auth(chain, shaken, servers.auth.address, R),
        ),
    ];
    for (signed, ours) in readers {
        servers.fails(std::slice::from_ref(&ours), IdentityError::NoPrecompile);
        let mut padded = signed.clone();
        padded.data[1] = 1;
        servers.fails(&[padded, ours.clone()], IdentityError::PrecompileLayout);
        let message = &signed.data[usize::from(MESSAGE_AT)..];
        servers.fails(&[Key::new(66).signs(message), ours.clone()], IdentityError::WrongKey);
        servers.ok(&[signed, ours]);
    }
}

#[test]
fn attacks_on_registration_fails() {
    let mut case = Case::new();
    let chain = &mut case.servers.chain;
    chain.front = vec![precompile(&case.key, &case.signature, &case.tbs)];
    let (stranger, ours) = (chain.keypair().pubkey(), case.ours.clone());
    let decoys = [stranger, case.servers.tls.address, case.servers.auth.address];
    // whoever pays may pay
    attack::everything(&mut case.servers.chain, &ours, &decoys, &|index, key| {
        index == 0 && (*key == stranger || attack::is_copy(key))
    });
}
