#!/bin/sh
# The linker rustc calls for a Solana program, installed by `cargo xtask` as gesim-sbf-link.
#
# GESIM_SBF      the toolchain's folder
# GESIM_PROGRAM  the program being built
# GESIM_LINKED   where it is put: one folder a tree, since trees may share a cache
#
# A program that another program depends on is a cdylib too, without an entry point and under the same file
# name as the real one. Only the program asked for is linked; its file is kept apart, in linked/.
set -eu

out=
previous=
for argument in "$@"; do
  [ "$previous" = "-o" ] && out=$argument
  previous=$argument
done

if [ "${out##*/}" != "lib$GESIM_PROGRAM.so" ]; then
  : >>"$out"
  exit 0
fi

# sbpf-linker loads LLVM built for a newer C library than the system's: run both on the loader that came along.
libs=$GESIM_SBF/llvm/usr/lib/x86_64-linux-gnu
log=$GESIM_LINKED/$GESIM_PROGRAM.log
mkdir -p "$GESIM_LINKED"
status=0
RUST_BACKTRACE=0 LD_LIBRARY_PATH=$libs "$GESIM_SBF/llvm/usr/lib64/ld-linux-x86-64.so.2" --library-path "$libs" \
  "$GESIM_SBF/bin/sbpf-linker" "$@" >"$log" 2>&1 || status=$?
# A function with too large a frame is an error, said once for each time LLVM looks at it.
awk 'NF && !seen[$0]++' "$log" >&2
[ "$status" = 0 ] || exit "$status"

cp "$out" "$GESIM_LINKED/$GESIM_PROGRAM.so.new"
mv "$GESIM_LINKED/$GESIM_PROGRAM.so.new" "$GESIM_LINKED/$GESIM_PROGRAM.so"
