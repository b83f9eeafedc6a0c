; The 128-bit libcalls LLVM emits for SBPF. LLVM wants both words of the answer in registers, which is how
; the pair { i64, i64 } returns; Rust would hand back a pointer. Division is done in toolchain/builtins.
target datalayout = "e-m:e-p:64:64-i64:64-i128:128-n32:64-S128"
target triple = "bpfel"

; Low 128 bits of a product. The low words multiply in 32-bit halves; the cross products only reach the
; high word. The empty assembly hides where a carry comes from: LLVM would see a wide multiplication in these
; lines, and this function would call itself.
define { i64, i64 } @__multi3(i64 %x.lo, i64 %x.hi, i64 %y.lo, i64 %y.hi) {
  %x.0 = and i64 %x.lo, u0xFFFFFFFF
  %x.1 = lshr i64 %x.lo, 32
  %y.0 = and i64 %y.lo, u0xFFFFFFFF
  %y.1 = lshr i64 %y.lo, 32
  ; columns of the school method, carries going right to left
  %bottom = mul i64 %x.0, %y.0
  %bottom.carry = lshr i64 %bottom, 32
  %left = mul i64 %x.1, %y.0
  %left.sum = add i64 %left, %bottom.carry
  %left.low = and i64 %left.sum, u0xFFFFFFFF
  %left.shifted = lshr i64 %left.sum, 32
  %left.carry = call i64 asm "", "=r,0"(i64 %left.shifted)
  %right = mul i64 %x.0, %y.1
  %right.sum = add i64 %right, %left.low
  %right.carry = lshr i64 %right.sum, 32
  %top = mul i64 %x.1, %y.1
  %top.1 = add i64 %top, %left.carry
  %top.2 = add i64 %top.1, %right.carry
  ; cross products of whole words
  %cross.x = mul i64 %x.hi, %y.lo
  %cross.y = mul i64 %x.lo, %y.hi
  %cross = add i64 %cross.x, %cross.y
  %hi = add i64 %top.2, %cross
  %lo = mul i64 %x.lo, %y.lo
  %half = insertvalue { i64, i64 } poison, i64 %lo, 0
  %product = insertvalue { i64, i64 } %half, i64 %hi, 1
  ret { i64, i64 } %product
}

declare void @gesim_udivti3(ptr, i64, i64, i64, i64)
declare void @gesim_umodti3(ptr, i64, i64, i64, i64)
declare void @gesim_divti3(ptr, i64, i64, i64, i64)
declare void @gesim_modti3(ptr, i64, i64, i64, i64)

define { i64, i64 } @__udivti3(i64 %n.lo, i64 %n.hi, i64 %d.lo, i64 %d.hi) {
  %out = alloca { i64, i64 }, align 8
  call void @gesim_udivti3(ptr %out, i64 %n.lo, i64 %n.hi, i64 %d.lo, i64 %d.hi)
  %answer = load { i64, i64 }, ptr %out, align 8
  ret { i64, i64 } %answer
}

define { i64, i64 } @__umodti3(i64 %n.lo, i64 %n.hi, i64 %d.lo, i64 %d.hi) {
  %out = alloca { i64, i64 }, align 8
  call void @gesim_umodti3(ptr %out, i64 %n.lo, i64 %n.hi, i64 %d.lo, i64 %d.hi)
  %answer = load { i64, i64 }, ptr %out, align 8
  ret { i64, i64 } %answer
}

define { i64, i64 } @__divti3(i64 %n.lo, i64 %n.hi, i64 %d.lo, i64 %d.hi) {
  %out = alloca { i64, i64 }, align 8
  call void @gesim_divti3(ptr %out, i64 %n.lo, i64 %n.hi, i64 %d.lo, i64 %d.hi)
  %answer = load { i64, i64 }, ptr %out, align 8
  ret { i64, i64 } %answer
}

define { i64, i64 } @__modti3(i64 %n.lo, i64 %n.hi, i64 %d.lo, i64 %d.hi) {
  %out = alloca { i64, i64 }, align 8
  call void @gesim_modti3(ptr %out, i64 %n.lo, i64 %n.hi, i64 %d.lo, i64 %d.hi)
  %answer = load { i64, i64 }, ptr %out, align 8
  ret { i64, i64 } %answer
}
