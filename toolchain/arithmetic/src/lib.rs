//! One 128-bit operation an instruction: operator and two operands in, the answer out as return data.
//!
//! The toolchain brings its own 128-bit libcalls. `tests/on_chain.rs` runs this program and compares.

/// Bytes of an instruction: operator, then both operands, little-endian.
pub const REQUEST: usize = 33;

/// The operators; their order is the encoding.
pub const OPERATORS: &str = "*/%da+-<>}^oS";

/// Returns the answer and whether it is one: `None` stands for an overflow that was caught.
#[inline(never)]
pub fn answer(operator: u8, a: u128, b: u128) -> Option<u128> {
    let (x, y) = (a as i128, b as i128);
    let bits = (b % 128) as u32;
    match operator {
        b'*' => Some(a.wrapping_mul(b)),
        b'/' => a.checked_div(b),
        b'%' => a.checked_rem(b),
        b'd' => x.checked_div(y).map(|n| n as u128),
        b'a' => x.checked_rem(y).map(|n| n as u128),
        b'+' => a.checked_add(b),
        b'-' => a.checked_sub(b),
        b'<' => Some(a << bits),
        b'>' => Some(a >> bits),
        b'}' => Some((x >> bits) as u128),
        b'^' => u64::try_from(b).ok().map(|b| (a as u64 as u128).pow((b % 3) as u32)),
        b'o' => a.checked_mul(b),
        b'S' => x.checked_mul(y).map(|n| n as u128),
        _ => None,
    }
}

/// Reads a request; anything but 33 bytes has no answer.
pub fn respond(data: &[u8]) -> Option<u128> {
    let data: &[u8; REQUEST] = data.try_into().ok()?;
    let word = |from: usize| {
        let bytes: [u8; 16] = data[from..from + 16].try_into().ok()?;
        Some(u128::from_le_bytes(bytes))
    };
    answer(data[0], word(1)?, word(17)?)
}

#[cfg(target_os = "solana")]
mod program {
    use core::panic::PanicInfo;
    use sbpf_builtins as _;

    extern "C" {
        fn sol_set_return_data(data: *const u8, length: u64);
    }

    const NO_ANSWER: u64 = 1;

    /// # Safety
    /// Called by the runtime: no accounts, so the input is a zero count, the data's length, the data.
    #[no_mangle]
    pub unsafe extern "C" fn entrypoint(input: *const u8) -> u64 {
        let length = input.add(8).cast::<u64>().read() as usize;
        match super::respond(core::slice::from_raw_parts(input.add(16), length)) {
            Some(answer) => {
                sol_set_return_data(answer.to_le_bytes().as_ptr(), 16);
                0
            }
            None => NO_ANSWER,
        }
    }

    #[no_mangle]
    fn custom_panic(_: &PanicInfo<'_>) {}
}
