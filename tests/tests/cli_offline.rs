//! The command without a cluster: settings, help, errors and exit codes.

mod cli_support;

use cli_support::{text, Home};
use serde_json::Value;

fn setting(shown: &Value, name: &str) -> (String, String) {
    let rows = shown["settings"].as_array().expect("settings");
    let row = rows.iter().find(|row| row["name"] == name).unwrap_or_else(|| panic!("no {name}"));
    (text(row, "value"), text(row, "origin"))
}

#[test]
fn every_setting_says_where_it_comes_from_ok() {
    let home = Home::new();
    let show = ["config", "show", "--output", "json"];
    let shown = home.run(&show).json();
    assert_eq!(setting(&shown, "url"), ("http://127.0.0.1:8899".into(), "default".into()));
    assert_eq!(setting(&shown, "output"), ("json".into(), "--output".into()));

    let solana = home.write(
        ".config/solana/cli/config.yml",
        "---\njson_rpc_url: \"https://solana.example\"\nwebsocket_url: ''\nkeypair_path: /keys/solana.json\n",
    );
    let shown = home.run(&show).json();
    assert_eq!(setting(&shown, "url"), ("https://solana.example".into(), solana.display().to_string()));
    assert_eq!(setting(&shown, "keypair").0, "/keys/solana.json");

    let file = home.write(".config/gesim/config.toml", "url = \"d\"\npriority-fee = 7\n");
    let shown = home.run(&show).json();
    assert_eq!(setting(&shown, "url"), ("https://api.devnet.solana.com".into(), file.display().to_string()));
    assert_eq!(setting(&shown, "priority-fee"), ("7".into(), file.display().to_string()));

    let output = home.command(&show).env("GESIM_URL", "l").output().expect("runs");
    let shown: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(setting(&shown, "url"), ("http://127.0.0.1:8899".into(), "GESIM_URL".into()));

    let shown = home.run(&[&show[..], &["--url", "http://other:1"]].concat()).json();
    assert_eq!(setting(&shown, "url"), ("http://other:1".into(), "--url".into()));
}

#[test]
fn settings_that_are_not_valid_fails() {
    let home = Home::new();
    home.write(".config/gesim/config.toml", "uri = \"d\"\n");
    let ran = home.run(&["config", "show"]);
    assert!(ran.failed(1).err.contains("Hint: keys are url"), "{}", ran.err);
    let ran = Home::new().run(&["--priority-fee", "much", "config", "show"]);
    ran.failed(2);
    let ran = Home::new().run(&["--commitment", "never", "config", "show"]);
    assert!(ran.failed(1).err.contains("--commitment"), "{}", ran.err);
    Home::new().run(&["--config", "nowhere.toml", "config", "show"]).failed(1);
}

/// Walks through every subcommand.
fn walk(home: &Home, path: &[&str], seen: &mut u32) {
    let ran = home.run(&[path, &["--help"]].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    let commands = ran.out.split("Commands:\n").nth(1).map(|rest| rest.split("\n\n").next().unwrap_or_default());
    let Some(commands) = commands else {
        assert!(ran.out.contains("Example"), "gesim {} --help has no example:\n{}", path.join(" "), ran.out);
        *seen += 1;
        return;
    };
    let names = commands.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    for name in names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help") {
        walk(home, &[path, &[name]].concat(), seen);
    }
}

#[test]
fn every_help_has_an_example_ok() {
    let mut seen = 0;
    walk(&Home::new(), &[], &mut seen);
    assert!(seen >= 30, "{seen} commands");
}

#[test]
fn completions_of_every_shell_ok() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = Home::new().run(&["completions", shell]);
        assert_eq!(ran.code, 0);
        assert!(ran.out.contains("open-record"), "{shell}");
    }
}

#[test]
fn a_missing_signer_says_what_to_do_fails() {
    let home = Home::new();
    let ran = home.run(&["migrate"]);
    assert!(ran.failed(4).err.contains("Hint: make one with: solana-keygen new"), "{}", ran.err);
    let ran = home.run(&["--keypair", "usb://ledger", "migrate"]);
    ran.failed(4);
    let file = home.write("bad.json", "[1,2,3]");
    let ran = home.run(&["--keypair", &file.display().to_string(), "--output", "json", "migrate"]);
    assert_eq!(ran.failed(4).error()["exitCode"], 4);
}

#[test]
fn a_cluster_that_is_away_is_a_network_error_fails() {
    let home = Home::new();
    let person = home.person("me");
    let ran = home.as_person(&person, &["plan", "list"]);
    let error = ran.failed(3).error();
    assert_eq!(error["exitCode"], 3);
    assert!(text(&error, "hint").contains("gesim localnet"), "{error}");
}

#[test]
fn unknown_arguments_are_usage_errors_fails() {
    for arguments in [&["fly"][..], &["plan", "buy"], &["period", "open", "x"], &["plan", "buy", "not-an-address"]] {
        Home::new().run(arguments).failed(2);
    }
}

#[test]
fn generated_files_are_inspected_ok() {
    let home = Home::new();
    let file = home.path("sample.tap").display().to_string();
    let made = home.run(&["cdr", "generate", "--file", &file, "--records", "50", "--output", "json"]).json();
    let seen = home.run(&["cdr", "inspect", &file, "--strict", "--output", "json"]).json();
    assert_eq!(seen["records"], 50);
    assert_eq!(seen["totalCharge"], made["totalCharge"]);
    assert_eq!(seen["kind"], "transferBatch");
    assert_eq!(seen["format"], "tap");
}
