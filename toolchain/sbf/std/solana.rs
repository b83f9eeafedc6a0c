//! Added to a copy of std for on-chain programs: how a program ends when it cannot go on.
//!
//! The usual ways count panics, take locks and call hooks. All of that lives in writable statics, which a
//! program does not have.

use crate::alloc::Layout;

unsafe extern "C" {
    /// Supplied by the program's entry point; writes the panic to the transaction's log.
    fn custom_panic(info: &core::panic::PanicInfo<'_>);
    #[link_name = "abort"]
    fn syscall_abort() -> !;
}

pub(crate) fn abort() -> ! {
    unsafe { syscall_abort() }
}

#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    unsafe { custom_panic(info) };
    abort()
}

#[alloc_error_handler]
fn out_of_memory(_layout: Layout) -> ! {
    abort()
}
