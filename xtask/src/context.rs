//! Where things are: the tree, the cache, and the environment that child processes get.

use anyhow::{Context as _, Result};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

pub struct Context {
    /// The tree this xtask belongs to.
    pub root: PathBuf,
    /// `$GESIM_CACHE`: all that can be made again.
    pub cache: PathBuf,
    /// Host builds: `$CARGO_TARGET_DIR`, or `target/` in the cache.
    pub target: PathBuf,
}

impl Context {
    pub fn find() -> Result<Self> {
        let manifest = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = Path::new(&manifest).parent().context("xtask has no folder above it")?.to_path_buf();
        let cache = match env::var_os("GESIM_CACHE") {
            Some(path) => std::path::absolute(path)?,
            None => {
                PathBuf::from(env::var_os("HOME").context("neither GESIM_CACHE nor HOME is set")?).join(".cache/gesim")
            }
        };
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(path) => std::path::absolute(path)?,
            None => cache.join("target"),
        };
        let context = Context { root, cache, target };
        for folder in [context.logs(), context.cache.join("stamps")] {
            fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
        }
        Ok(context)
    }

    pub fn sbf(&self) -> PathBuf {
        self.cache.join("sbf")
    }

    /// One folder a tree: their output would mix in one file.
    fn logs(&self) -> PathBuf {
        self.cache.join("logs").join(self.tree_id())
    }

    pub fn log(&self, name: &str) -> PathBuf {
        self.logs().join(format!("{}.log", name.replace(' ', "-")))
    }

    pub fn deployed(&self, program: &str) -> PathBuf {
        self.root.join("target/deploy").join(format!("{program}.so"))
    }

    /// Tells trees apart that share one cache.
    pub fn tree_id(&self) -> String {
        crate::stamp::digest(self.root.as_os_str().as_encoded_bytes())[..12].to_string()
    }

    /// A command in the tree with an environment as a shell would give it: `cargo run` and rustup leave
    /// variables behind that send nested builds to another toolchain.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        for (name, _) in env::vars_os() {
            if name.to_str().is_some_and(left_behind) {
                command.env_remove(&name);
            }
        }
        command.env("GESIM_CACHE", &self.cache).env("CARGO_TARGET_DIR", &self.target);
        command
    }

    pub fn cargo(&self) -> Command {
        self.command("cargo")
    }
}

fn left_behind(name: &str) -> bool {
    let exact = ["RUSTUP_TOOLCHAIN", "RUST_RECURSION_COUNT", "CARGO", "CARGO_TARGET_DIR", "OUT_DIR"];
    let prefixes = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"];
    exact.contains(&name) || prefixes.iter().any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_toolchain_is_left_behind_ok() {
        assert!(left_behind("RUSTUP_TOOLCHAIN") && left_behind("CARGO_PKG_NAME") && left_behind("CARGO"));
    }

    #[test]
    fn users_own_settings_stay_ok() {
        assert!(!left_behind("CARGO_HOME") && !left_behind("CARGO_NET_OFFLINE") && !left_behind("RUSTFLAGS"));
    }
}
