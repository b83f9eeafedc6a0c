//! Progress on stderr: a spinner or bar for people, plain lines for logs, nothing when quiet.

use std::{borrow::Cow, time::Duration};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::output::{is_fancy, Output};

pub struct Progress {
    bar: Option<ProgressBar>,
    plain: bool,
}

impl Progress {
    /// Between tasks.
    pub fn none() -> Self {
        Self { bar: None, plain: false }
    }

    /// A task of unknown length.
    pub fn spinner(output: &Output, text: impl Into<Cow<'static, str>>) -> Self {
        Self::new(output, text.into(), None)
    }

    /// A task of `length` parts.
    pub fn bar(output: &Output, text: impl Into<Cow<'static, str>>, length: u64) -> Self {
        Self::new(output, text.into(), Some(length))
    }

    fn new(output: &Output, text: Cow<'static, str>, length: Option<u64>) -> Self {
        if output.quiet {
            return Self { bar: None, plain: false };
        }
        if !is_fancy() {
            eprintln!("{text}");
            return Self { bar: None, plain: true };
        }
        let bar = match length {
            Some(length) => ProgressBar::new(length),
            None => ProgressBar::new_spinner(),
        };
        bar.set_draw_target(ProgressDrawTarget::stderr());
        let template = match length {
            Some(_) => "{spinner:.green} {msg} {wide_bar:.green} {pos}/{len} {eta}",
            None => "{spinner:.green} {msg}",
        };
        bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_message(text);
        bar.enable_steady_tick(Duration::from_millis(120));
        Self { bar: Some(bar), plain: false }
    }

    /// The next step of the task.
    pub fn step(&self, text: impl Into<Cow<'static, str>>) {
        let text = text.into();
        match &self.bar {
            Some(bar) => bar.set_message(text),
            None if self.plain => eprintln!("  {text}"),
            None => {}
        }
    }

    pub fn set(&self, position: u64) {
        if let Some(bar) = &self.bar {
            bar.set_position(position);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
