//! Child processes: output goes to a log file, and its last lines into the error when it fails.

use crate::{context::Context, progress};
use anyhow::{bail, Context as _, Result};
use std::{
    fs::{self, File},
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

const TAIL: usize = 30;

/// Runs to the end with output in `<name>.log`; shows life meanwhile.
pub fn logged(context: &Context, name: &str, command: &mut Command) -> Result<()> {
    let path = context.log(name);
    let log = File::options().create(true).append(true).open(&path)?;
    let shown = words(command);
    let started = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .spawn()
        .with_context(|| format!("starting {}", command.get_program().to_string_lossy()))?;
    let mut pause = Duration::from_millis(5);
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(250));
        progress::alive(started.elapsed(), || last_line(&path));
    };
    if !status.success() {
        bail!("{}\n{status}: {}\nlog: {}", tail(&path, TAIL), shorten(&shown), path.display());
    }
    Ok(())
}

/// Each step starts its log anew.
pub fn start_log(context: &Context, name: &str) {
    fs::remove_file(context.log(name)).unwrap_or_default();
}

/// What a command prints, trimmed; an error when it fails.
pub fn output(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("starting {name}"))?;
    if !output.status.success() {
        bail!("{name}: {}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_string())
}

/// Runs with the terminal's own input and output; passes the exit code on.
pub fn shown(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("starting {name}"))?;
    if !status.success() {
        bail!("{name}: {status}");
    }
    Ok(())
}

pub fn tail(path: &Path, lines: usize) -> String {
    let bytes = fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].iter().map(|line| shorten(line)).collect::<Vec<_>>().join("\n")
}

/// The command without its environment.
fn words(command: &Command) -> String {
    let all = [command.get_program()].into_iter().chain(command.get_args());
    all.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

fn last_line(path: &Path) -> String {
    tail(path, 1)
}

/// A linker's command line may have ten thousand characters; nobody reads past the first hundreds.
fn shorten(text: &str) -> String {
    const MOST: usize = 400;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{} ...", &text[..end]),
        None => text.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(dir: &Path) -> Context {
        let context = Context { root: dir.to_path_buf(), cache: dir.to_path_buf(), target: dir.to_path_buf() };
        fs::create_dir_all(context.log("t").parent().unwrap()).unwrap();
        context
    }

    #[test]
    fn child_output_is_kept_ok() {
        let dir = tempfile::tempdir().unwrap();
        let context = context(dir.path());
        logged(&context, "t", Command::new("sh").args(["-c", "echo out; echo err >&2"])).unwrap();
        let log = fs::read_to_string(context.log("t")).unwrap();
        assert!(log.contains("out") && log.contains("err"));
    }

    #[test]
    fn failing_child_shows_its_last_words_fails() {
        let dir = tempfile::tempdir().unwrap();
        let context = context(dir.path());
        let error = logged(&context, "t", Command::new("sh").args(["-c", "seq 100; exit 3"])).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("\n100\n") && text.contains("exit status: 3") && !text.contains("\n70\n"), "{text}");
    }

    #[test]
    fn missing_program_fails() {
        let dir = tempfile::tempdir().unwrap();
        assert!(logged(&context(dir.path()), "t", &mut Command::new("no-such-program")).is_err());
    }
}
