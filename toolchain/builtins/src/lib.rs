//! 128-bit division for programs linked through upstream LLVM.
//!
//! LLVM expects a 128-bit libcall to answer in two registers; this Rust release answers through memory. So
//! the symbols LLVM asks for (`__udivti3` and its like) live in `toolchain/sbf/libcalls.ll`, and they call the
//! functions of `exports` with the address of the result. `divide` is plain arithmetic and tested on the host.
#![no_std]

pub mod divide;

#[cfg(all(target_arch = "bpf", target_os = "solana"))]
mod exports;
