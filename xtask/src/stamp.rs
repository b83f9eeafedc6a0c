//! Stamps: a step is skipped when what it reads and what it made are as they were when it last succeeded.

use crate::context::Context;
use anyhow::{Context as _, Result};
use sha2::{Digest, Sha256};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

pub fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

pub fn file_digest(path: &Path) -> Result<String> {
    let mut hasher = Sha256::new();
    let mut file = fs::File::open(path).with_context(|| format!("reading {}", path.display()))?;
    io::copy(&mut file, &mut hasher)?;
    Ok(hex::encode(hasher.finalize()))
}

/// Collects what a step depends on.
#[derive(Default)]
pub struct Inputs(Sha256);

impl Inputs {
    pub fn text(mut self, text: &str) -> Self {
        self.0.update((text.len() as u64).to_le_bytes());
        self.0.update(text);
        self
    }

    /// Every file below `path`, or the file itself; names count, times do not. What is not there counts too.
    pub fn path(mut self, root: &Path, path: &Path) -> Result<Self> {
        for file in files_below(path)? {
            let name = file.strip_prefix(root).unwrap_or(&file).to_string_lossy().into_owned();
            self = self.text(&name).text(&file_digest(&file)?);
        }
        Ok(self.text("end"))
    }

    pub fn finish(self) -> String {
        hex::encode(self.0.finalize())
    }
}

/// Files in a stable order, without build output and hidden files.
pub fn files_below(path: &Path) -> Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut found = Vec::new();
    if !path.is_dir() {
        return Ok(found);
    }
    let mut entries = fs::read_dir(path)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(|entry| entry.file_name());
    for entry in entries {
        let name = entry.file_name();
        let hidden = name.to_string_lossy().starts_with('.');
        if !hidden && name != "target" && name != "node_modules" {
            found.extend(files_below(&entry.path())?);
        }
    }
    Ok(found)
}

pub struct Stamp {
    path: PathBuf,
    inputs: String,
}

impl Stamp {
    /// `name` may serve several trees: `inputs` tells their contents apart, not their places.
    pub fn new(context: &Context, name: &str, inputs: String) -> Self {
        Stamp { path: context.cache.join("stamps").join(name), inputs }
    }

    pub fn is_fresh(&self, outputs: &[&Path]) -> bool {
        match (fs::read_to_string(&self.path), self.line(outputs)) {
            (Ok(found), Ok(expected)) => found == expected,
            _ => false,
        }
    }

    pub fn write(&self, outputs: &[&Path]) -> Result<()> {
        fs::write(&self.path, self.line(outputs)?).with_context(|| format!("writing {}", self.path.display()))
    }

    fn line(&self, outputs: &[&Path]) -> Result<String> {
        let made: Vec<String> = outputs.iter().map(|path| file_digest(path)).collect::<Result<_>>()?;
        Ok(format!("{} {}\n", self.inputs, made.join(" ")))
    }
}

/// Puts `bytes` at `path` in one step; a file that has them already keeps its time, so nothing is rebuilt.
pub fn install(bytes: &[u8], path: &Path) -> Result<bool> {
    if fs::read(path).is_ok_and(|found| found == bytes) {
        return Ok(false);
    }
    let folder = path.parent().context("no folder")?;
    fs::create_dir_all(folder)?;
    let name = path.file_name().context("no file name")?.to_string_lossy();
    let beside = folder.join(format!(".{name}.{}", std::process::id()));
    fs::write(&beside, bytes).with_context(|| format!("writing {}", beside.display()))?;
    fs::rename(&beside, path).with_context(|| format!("writing {}", path.display()))?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(dir: &Path) -> Context {
        fs::create_dir_all(dir.join("stamps")).unwrap();
        Context { root: dir.join("tree"), cache: dir.to_path_buf(), target: dir.join("target") }
    }

    fn inputs(dir: &Path) -> String {
        Inputs::default().path(dir, &dir.join("src")).unwrap().finish()
    }

    #[test]
    fn stamp_of_unchanged_step_ok() {
        let dir = tempfile::tempdir().unwrap();
        let made = dir.path().join("made");
        fs::write(&made, "1").unwrap();
        let context = context(dir.path());
        assert!(!Stamp::new(&context, "s", "a".into()).is_fresh(&[&made]));
        Stamp::new(&context, "s", "a".into()).write(&[&made]).unwrap();
        assert!(Stamp::new(&context, "s", "a".into()).is_fresh(&[&made]));
    }

    #[test]
    fn stamp_of_changed_or_missing_output_fails() {
        let dir = tempfile::tempdir().unwrap();
        let made = dir.path().join("made");
        fs::write(&made, "1").unwrap();
        let context = context(dir.path());
        let stamp = Stamp::new(&context, "s", "a".into());
        stamp.write(&[&made]).unwrap();
        assert!(!Stamp::new(&context, "s", "b".into()).is_fresh(&[&made]));
        fs::write(&made, "2").unwrap();
        assert!(!stamp.is_fresh(&[&made]));
        fs::remove_file(&made).unwrap();
        assert!(!stamp.is_fresh(&[&made]));
    }

    #[test]
    fn inputs_see_names_and_contents_ok() {
        let dir = tempfile::tempdir().unwrap();
        let src = dir.path().join("src");
        fs::create_dir_all(src.join("target")).unwrap();
        fs::write(src.join("a"), "1").unwrap();
        let first = inputs(dir.path());
        fs::write(src.join("target/x"), "build output").unwrap();
        assert_eq!(inputs(dir.path()), first);
        fs::write(src.join("a"), "2").unwrap();
        let second = inputs(dir.path());
        assert_ne!(second, first);
        fs::rename(src.join("a"), src.join("b")).unwrap();
        assert_ne!(inputs(dir.path()), second);
    }

    #[test]
    fn install_keeps_an_equal_file_ok() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("deploy/x.so");
        assert!(install(b"one", &path).unwrap());
        assert!(!install(b"one", &path).unwrap());
        assert!(install(b"two", &path).unwrap());
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }
}
