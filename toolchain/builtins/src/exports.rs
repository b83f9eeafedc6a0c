//! What the thunks in `libcalls.ll` call. The result goes to `out`: two words, low first.

use crate::divide::{signed, unsigned, Wide};
use solana_compiler_builtins as _;

macro_rules! export {
    ($($name:ident = $divide:ident . $part:tt;)*) => {$(
        /// # Safety
        /// `out` points at 16 writable bytes, aligned to 8.
        #[no_mangle]
        pub unsafe extern "C" fn $name(out: *mut u64, n_lo: u64, n_hi: u64, d_lo: u64, d_hi: u64) {
            let answer = $divide(Wide { lo: n_lo, hi: n_hi }, Wide { lo: d_lo, hi: d_hi }).$part;
            out.write(answer.lo);
            out.add(1).write(answer.hi);
        }
    )*};
}

export! {
    gesim_udivti3 = unsigned.0;
    gesim_umodti3 = unsigned.1;
    gesim_divti3 = signed.0;
    gesim_modti3 = signed.1;
}
