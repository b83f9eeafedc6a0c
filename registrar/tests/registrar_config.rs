//! The configuration: the example is one, and what is wrong is said.

use std::path::PathBuf;

use gesim_registrar::{
    config::{Config, EXAMPLE},
    http::Settings,
    Policy,
};

fn refused(text: &str) -> String {
    Config::parse(text, PathBuf::new()).err().map(|error| error.to_string()).unwrap_or_default()
}

#[test]
fn the_example_is_a_configuration_ok() {
    let config = Config::parse(EXAMPLE, PathBuf::from("/etc/gesim")).expect("parses");
    assert_eq!(config.database(), PathBuf::from("/etc/gesim/registrar.db"));
    assert_eq!(config.key_file(), Some(PathBuf::from("/etc/gesim/tag.key")));
    assert_eq!(config.policy().expect("policy"), Policy::default());
}

#[test]
fn the_defaults_that_the_example_shows_are_the_defaults_ok() {
    // Each `# name = value` of [limits] and of the top, in force.
    let shown: String = EXAMPLE
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(key)
                if key.contains(" = ")
                    && !["[", "module", "token", "label", "pin", "origin", "payer", "certificate", "key"]
                        .iter()
                        .any(|start| key.starts_with(start)) =>
            {
                format!("{key}\n")
            }
            _ => format!("{line}\n"),
        })
        .collect();
    let config = Config::parse(&shown, PathBuf::new()).unwrap_or_else(|e| panic!("{e}\n{shown}"));
    let (settings, standard) = (config.settings().expect("settings"), Settings::default());
    assert_eq!(config.policy().expect("policy"), Policy::default());
    assert_eq!(settings.listen, standard.listen);
    assert_eq!((settings.connections, settings.body), (standard.connections, standard.body));
    assert_eq!((settings.per_minute, settings.wait), (standard.per_minute, standard.wait));
}

#[test]
fn a_configuration_that_is_wrong_fails() {
    assert!(refused("").contains("missing field"));
    assert!(refused(&format!("{EXAMPLE}\nunknown = 1")).contains("unknown field"));
    for (limit, words) in
        [("nonce_seconds = 5", "nonce_seconds"), ("leaf_days = 0", "leaf_days"), ("open_enrolments = 0", "at least 1")]
    {
        assert!(refused(&format!("{EXAMPLE}\n{limit}")).contains(words), "{limit}");
    }
    let many = Config::parse(&format!("{EXAMPLE}\nconnections = 0"), PathBuf::new()).expect("parses");
    assert!(many.settings().is_err());
    // A key is in one place.
    for keys in [
        "file = \"a\"\nmodule = \"b\"",
        "",
        "module = \"b\"\ntoken = \"t\"\nlabel = \"l\"",
        "file = \"a\"\npin_env = \"P\"",
    ] {
        let text = EXAMPLE.replace("file = \"tag.key\"", keys);
        let config = Config::parse(&text, PathBuf::new()).expect("parses");
        let error = config.tag_key().err().expect("refused").to_string();
        assert!(error.contains("tag_key has"), "{keys}: {error}");
    }
}
