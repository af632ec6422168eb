//! The settings of `simars serve` from a file and from the environment.
//!
//! Both hold what could be written on the command line, under the same names: `public-address` in the
//! file, `SIMARS_PUBLIC_ADDRESS` in the environment. What stands on the command line goes before the
//! environment, and that before the file.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, bail};
use clap::{Arg, ArgAction, ArgMatches};

/// The command that takes its settings from elsewhere, too.
const COMMAND: &str = "serve";
/// The option that names the file.
const FILE: &str = "config";
/// Options that are no settings.
const NONE: [&str; 3] = [FILE, "print-config", "help"];

/// The arguments with what file and environment say before them, so that those that were given count.
///
/// # Errors
/// If the file cannot be read or holds what is no setting.
pub(crate) fn arguments(
    mut given: Vec<OsString>,
    settings: &clap::Command,
    environment: impl Fn(&str) -> Option<OsString>,
) -> anyhow::Result<Vec<OsString>> {
    if given.get(1).is_none_or(|command| command != COMMAND) {
        return Ok(given);
    }
    let path = file(&given[2..]).or_else(|| environment(&variable(FILE)));
    let mut table = match &path {
        Some(path) => read(Path::new(path))?,
        None => toml::Table::new(),
    };
    let mut found = Vec::new();
    for setting in settings.get_arguments() {
        let Some(name) = setting.get_long().filter(|name| !NONE.contains(name)) else { continue };
        let in_file = table.remove(name);
        match environment(&variable(name)) {
            Some(value) => found.extend(argument(setting, name, &value)),
            None => {
                let value = in_file.map(|value| written(name, &value)).transpose()?;
                found.extend(value.and_then(|value| argument(setting, name, OsStr::new(&value))));
            }
        }
    }
    if let (Some(unknown), Some(path)) = (table.keys().next(), path) {
        let path = Path::new(&path).display();
        bail!("{path}: {unknown} is no setting; hint: simars serve --print-config lists all");
    }
    given.splice(2..2, found);
    Ok(given)
}

/// The file that the arguments name, the last one that they do.
fn file(given: &[OsString]) -> Option<OsString> {
    let option = format!("--{FILE}");
    let mut named = None;
    for (place, argument) in given.iter().enumerate() {
        let Some(text) = argument.to_str() else { continue };
        match text.strip_prefix(&option) {
            Some("") => named = given.get(place + 1).cloned(),
            Some(rest) => named = rest.strip_prefix('=').map(OsString::from).or(named),
            None => {}
        }
    }
    named
}

fn variable(name: &str) -> String {
    format!("SIMARS_{}", name.to_uppercase().replace('-', "_"))
}

fn read(path: &Path) -> anyhow::Result<toml::Table> {
    let text = fs::read_to_string(path)
        .with_context(|| format!("cannot read the settings in {}", path.display()))?;
    toml::from_str(&text).with_context(|| format!("{} is no TOML", path.display()))
}

/// A value of the file as it would be written on the command line.
fn written(name: &str, value: &toml::Value) -> anyhow::Result<String> {
    Ok(match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Boolean(on) => on.to_string(),
        _ => bail!("{name} takes a text in quotes, a whole number, true or false"),
    })
}

/// A setting as an argument; none for a switch that is off.
fn argument(setting: &Arg, name: &str, value: &OsStr) -> Option<OsString> {
    let is = |words: &[&str]| value.to_str().is_some_and(|value| words.contains(&value));
    let may_stand_alone = setting.get_num_args().is_some_and(|range| range.min_values() == 0);
    let switch = matches!(setting.get_action(), ArgAction::SetTrue) || may_stand_alone;
    let mut argument = OsString::from(format!("--{name}"));
    if switch && is(&["false", "0", ""]) {
        return None;
    }
    if !(switch && is(&["true", "1"])) {
        argument.push("=");
        argument.push(value);
    }
    Some(argument)
}

/// Prints the settings in force, as a file that can be used again.
///
/// # Errors
/// If they cannot be written.
pub(crate) fn print(settings: &clap::Command, matches: &ArgMatches) -> anyhow::Result<()> {
    let mut text = format!("# simars {}: the settings in force\n", env!("CARGO_PKG_VERSION"));
    for setting in settings.get_arguments() {
        let Some(name) = setting.get_long().filter(|name| !NONE.contains(name)) else { continue };
        let help = setting.get_help().map(ToString::to_string).unwrap_or_default();
        text.push_str(&format!("\n# {help}\n"));
        let values = matches.get_raw(setting.get_id().as_str());
        let value = values.and_then(|mut values| values.next()).map(OsStr::to_string_lossy);
        let line = match value {
            Some(value) => format!("{name} = {}\n", quoted(&value)),
            None if matches!(setting.get_action(), ArgAction::SetTrue) => {
                format!("{name} = false\n")
            }
            None => format!("# {name} =\n"),
        };
        text.push_str(&line);
    }
    std::io::stdout().write_all(text.as_bytes()).context("cannot print the settings")
}

/// A value as TOML.
fn quoted(value: &str) -> String {
    let plain = value.parse::<i64>().is_ok() || matches!(value, "true" | "false");
    if plain { value.to_owned() } else { toml::Value::from(value).to_string() }
}

#[cfg(test)]
mod tests {
    use clap::Args;

    use super::*;

    #[derive(Debug, Args)]
    struct Settings {
        #[arg(long)]
        config: Option<String>,
        #[arg(long, default_value = "x")]
        office: String,
        #[arg(long, default_value_t = 7)]
        check_every: u64,
        #[arg(long)]
        two_persons: bool,
        #[arg(long, num_args = 0..=1, default_missing_value = "samples")]
        samples: Option<String>,
    }

    fn settings() -> clap::Command {
        Settings::augment_args(clap::Command::new(COMMAND))
    }

    fn merged(given: &[&str], environment: &[(&str, &str)]) -> anyhow::Result<Vec<String>> {
        let given = ["simars"].iter().chain(given).map(OsString::from).collect();
        let look = |name: &str| {
            let found = environment.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| OsString::from(value))
        };
        let all = arguments(given, &settings(), look)?;
        Ok(all.into_iter().skip(1).map(|one| one.into_string().unwrap()).collect())
    }

    #[test]
    fn what_is_nearer_comes_later() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("simars.toml");
        fs::write(
            &path,
            "office = \"Kantor\"\ncheck-every = 3\ntwo-persons = true\nsamples = true\n",
        )
        .unwrap();
        let config = format!("--config={}", path.display());
        let environment = [("SIMARS_CHECK_EVERY", "5"), ("SIMARS_TWO_PERSONS", "0")];
        let all = merged(&["serve", &config, "--office", "Lain"], &environment).unwrap();
        assert_eq!(
            all,
            [
                "serve",
                "--office=Kantor",
                "--check-every=5",
                "--samples",
                &config,
                "--office",
                "Lain"
            ]
        );
        let by_variable = [("SIMARS_CONFIG", path.to_str().unwrap())];
        assert!(merged(&["serve"], &by_variable).unwrap().contains(&"--two-persons".to_owned()));
        assert_eq!(merged(&["search", "x"], &environment).unwrap(), ["search", "x"]);
    }

    #[test]
    fn a_wrong_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("simars.toml");
        let config = path.to_str().unwrap().to_owned();
        for (text, told) in [
            ("ofice = \"x\"", "ofice is no setting"),
            ("office = [1]", "office takes a text"),
            ("office", "is no TOML"),
        ] {
            fs::write(&path, text).unwrap();
            let error = merged(&["serve", "--config", &config], &[]).unwrap_err();
            assert!(format!("{error:#}").contains(told), "{error:#}");
        }
        let error = merged(&["serve", "--config", "/tidak/ada"], &[]).unwrap_err();
        assert!(error.to_string().contains("/tidak/ada"));
    }
}
