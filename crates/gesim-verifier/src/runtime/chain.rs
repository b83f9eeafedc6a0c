use solana_define_syscall::definitions::{sol_alt_bn128_group_op, sol_memcpy_, sol_sha256};

#[inline(always)]
pub fn copy(to: &mut [u8], from: &[u8]) {
    // SAFETY: the caller's two lengths are the same constant, and a unique reference overlaps with no other.
    unsafe { sol_memcpy_(to.as_mut_ptr(), from.as_ptr(), from.len() as u64) }
}

#[inline(always)]
pub fn sha256(parts: &[&[u8]], out: &mut [u8]) {
    // SAFETY: slices lie in memory as the syscall reads them, address then length; it writes 32 bytes.
    unsafe { sol_sha256(parts.as_ptr().cast(), parts.len() as u64, out.as_mut_ptr()) };
}

#[inline(always)]
pub fn curve(operation: u64, input: &[u8], out: &mut [u8]) -> bool {
    // SAFETY: the syscall reads the input's length and writes 64 bytes (a point) or 32 (a pairing's answer): the caller's.
    unsafe { sol_alt_bn128_group_op(operation, input.as_ptr(), input.len() as u64, out.as_mut_ptr()) == 0 }
}
