//! What changes in the copy of std that programs are built with.
//!
//! The copy serves one target, so nothing needs a `cfg`. std's layer for zkVM guests fits a program: no
//! threads, no files, no clock. What would bring in writable statics goes through `solana.rs` instead.

use anyhow::{ensure, Context as _, Result};
use std::{fs, path::Path};

/// One place in one file. It must be there exactly once: std has moved otherwise, and somebody has to look.
pub struct Edit {
    pub file: &'static str,
    pub find: &'static str,
    pub replace: &'static str,
}

pub const EDITS: &[Edit] = &[
    Edit {
        file: "std/src/lib.rs",
        find: "\nmod panicking;\n",
        replace: "\nmod panicking;\nmod solana;\n",
    },
    // Alignment that the allocator promises without being asked.
    Edit {
        file: "std/src/sys/alloc/mod.rs",
        find: "    target_arch = \"wasm64\",\n",
        replace: "    target_arch = \"wasm64\",\n    target_arch = \"bpf\",\n",
    },
    Edit {
        file: "std/src/panicking.rs",
        find: "#[cfg(not(any(test, doctest)))]\n#[panic_handler]\npub fn panic_handler(",
        replace: "pub fn panic_handler(",
    },
    Edit {
        file: "std/src/panicking.rs",
        find: "pub const fn begin_panic<M: Any + Send>(msg: M) -> ! {\n    if cfg!(panic = \"immediate-abort\") {\n        intrinsics::abort()\n",
        replace: "pub const fn begin_panic<M: Any + Send>(msg: M) -> ! {\n    if cfg!(target_os = \"solana\") {\n        crate::solana::abort()\n",
    },
    Edit {
        file: "std/src/alloc.rs",
        find: "#[alloc_error_handler]\n#[unstable(feature = \"alloc_internals\", issue = \"none\")]\npub fn rust_oom(",
        replace: "#[unstable(feature = \"alloc_internals\", issue = \"none\")]\npub fn rust_oom(",
    },
    // Nothing on chain is random. Validators must agree, and a program's maps hold its own data only.
    Edit {
        file: "std/src/hash/random.rs",
        find: "    pub fn new() -> RandomState {\n",
        replace: "    pub fn new() -> RandomState {\n        if cfg!(target_os = \"solana\") {\n            return RandomState { k0: 0, k1: 0 };\n        }\n",
    },
];

/// The platform layer a program borrows.
const BORROWED: &str = "target_os = \"zkvm\"";
const OWN: &str = "target_os = \"solana\"";

pub fn apply(text: &str, edit: &Edit) -> Result<String> {
    let places = text.matches(edit.find).count();
    ensure!(places == 1, "{}: expected one place, found {places}, for:\n{}", edit.file, edit.find);
    Ok(text.replacen(edit.find, edit.replace, 1))
}

/// Edits `library/`, which holds `std/`, `core/` and so on; adds `solana.rs`.
pub fn apply_all(library: &Path, solana: &str) -> Result<()> {
    let std = library.join("std/src");
    let borrowed = rename_platform(&std)?;
    ensure!(borrowed > 0, "std no longer has a layer for {BORROWED}");
    for edit in EDITS {
        let path = library.join(edit.file);
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        fs::write(&path, apply(&text, edit)?)?;
    }
    fs::write(std.join("solana.rs"), solana)?;
    Ok(())
}

fn rename_platform(folder: &Path) -> Result<usize> {
    let mut changed = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            changed += rename_platform(&path)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path)?;
            if text.contains(BORROWED) {
                fs::write(&path, text.replace(BORROWED, OWN))?;
                changed += 1;
            }
        }
    }
    Ok(changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EDIT: Edit = Edit { file: "f", find: "one\n", replace: "one\ntwo\n" };

    #[test]
    fn edit_in_its_place_ok() {
        assert_eq!(apply("zero\none\nthree\n", &EDIT).unwrap(), "zero\none\ntwo\nthree\n");
    }

    #[test]
    fn edit_without_its_place_fails() {
        assert!(apply("zero\n", &EDIT).unwrap_err().to_string().contains("found 0"));
        assert!(apply("one\none\n", &EDIT).unwrap_err().to_string().contains("found 2"));
    }

    #[test]
    fn whole_library_ok() {
        let dir = tempfile::tempdir().unwrap();
        for edit in EDITS {
            let path = dir.path().join(edit.file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let before = fs::read_to_string(&path).unwrap_or_default();
            fs::write(&path, before + "// kept\n" + edit.find).unwrap();
        }
        fs::write(dir.path().join("std/src/sys/alloc/pal.rs"), "#[cfg(target_os = \"zkvm\")]\n").unwrap();
        apply_all(dir.path(), "// solana\n").unwrap();
        let read = |name: &str| fs::read_to_string(dir.path().join(name)).unwrap();
        assert_eq!(read("std/src/sys/alloc/pal.rs"), "#[cfg(target_os = \"solana\")]\n");
        assert_eq!(read("std/src/solana.rs"), "// solana\n");
        assert!(EDITS.iter().all(|edit| read(edit.file).contains(edit.replace)));
        // A library that has been edited is not edited again.
        assert!(apply_all(dir.path(), "").is_err());
    }
}
