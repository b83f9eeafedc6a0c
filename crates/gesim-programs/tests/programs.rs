//! Addresses and bytes of the embedded programs.

use gesim_programs::{by_id, development, PROGRAMS};
use solana_signer::Signer;

#[test]
fn development_keys_have_the_programs_addresses_ok() {
    for program in PROGRAMS {
        assert_eq!(development::keypair(program.name).pubkey().to_bytes(), program.id, "{}", program.name);
    }
}

#[test]
fn addresses_read_as_in_the_sources_ok() {
    let text = PROGRAMS.map(|program| bs58::encode(program.id).into_string());
    assert_eq!(
        text,
        [
            "6J8xzjBMHzQPbvMhsdcgAK4yW2wF7arDZ1quSUhC5Pu3",
            "7cXLa6zofPaC97yrCwWZHiPhZ1M1NQ8y1NMbYQTy3oTd",
            "9oFUiFgTxcgmxHUDRa6ANBqrtXVEm2YapPwk13vduFbK",
            "7aUQHSMnkodaMH9Zr1uoJ8HZR7iSBMa2ME2aqLmwqrp9",
        ]
    );
}

/// ELF, 64 bits, little-endian, a shared object for eBPF, and SBPF version 3 in its flags.
#[test]
fn programs_are_sbpf_v3_ok() {
    for program in PROGRAMS {
        assert_eq!(program.elf[..6], *b"\x7fELF\x02\x01", "{}", program.name);
        assert_eq!(program.elf[16..20], [3, 0, 247, 0], "{}: type and machine", program.name);
        assert_eq!(program.elf[48..52], [3, 0, 0, 0], "{}: flags", program.name);
    }
}

#[test]
fn unknown_address_fails() {
    assert!(by_id(&[0; 32]).is_none());
    assert_eq!(by_id(&gesim_core::ids::ESCROW).map(|program| program.name), Some("escrow"));
}
