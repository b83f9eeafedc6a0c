use std::fmt;

use anyhow::Result;
use clap::Subcommand;
use comfy_table::{presets::NOTHING, Table};
use serde::Serialize;

use crate::{config::Value, context::Context};

#[derive(Subcommand, Debug)]
pub enum Config {
    /// Show every setting and where it comes from
    #[command(after_help = "Example:\n  gesim config show --output json")]
    Show,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    settings_file: String,
    settings_file_exists: bool,
    settings: Vec<Row>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    name: &'static str,
    value: String,
    origin: String,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exists = if self.settings_file_exists { "" } else { " (not there)" };
        writeln!(f, "Settings file: {}{exists}", self.settings_file)?;
        let mut table = Table::new();
        table.load_preset(NOTHING);
        for row in &self.settings {
            table.add_row([row.name, &row.value, &row.origin]);
        }
        writeln!(f, "{}", table.trim_fmt())
    }
}

impl Config {
    pub fn run(&self, context: &Context) -> Result<()> {
        let settings = &context.settings;
        fn row<T>(name: &'static str, value: &Value<T>, shown: String) -> Row {
            Row { name, value: shown, origin: value.origin.to_string() }
        }
        let Self::Show = self;
        context.output.emit(&Shown {
            settings_file: settings.file.display().to_string(),
            settings_file_exists: settings.file.exists(),
            settings: vec![
                row("url", &settings.url, settings.url.value.clone()),
                row("keypair", &settings.keypair, settings.keypair.value.clone()),
                row("commitment", &settings.commitment, settings.commitment.value.commitment.to_string()),
                row("priority-fee", &settings.priority_fee, settings.priority_fee.value.to_string()),
                row("output", &settings.output, settings.output.value.to_string()),
                row("data", &settings.data, settings.data.value.display().to_string()),
            ],
        })
    }
}
