//! What is told of settings that cannot be read: where, and never what stands there, because it
//! may be a secret in the wrong place.

use config::ConfigError;

/// Tells where a TOML file breaks off.
pub(super) fn of_file(name: &str, text: &str, error: &toml::de::Error) -> String {
    let before = error
        .span()
        .and_then(|span| text.get(..span.start))
        .unwrap_or_default();
    let line = before.matches('\n').count().saturating_add(1);
    let column = before
        .chars()
        .rev()
        .take_while(|character| *character != '\n')
        .count()
        .saturating_add(1);
    format!("{name}: not valid TOML at line {line}, column {column}")
}

/// Tells which name is unknown, or which setting has a wrong type.
pub(super) fn of_names(error: &ConfigError) -> String {
    match error {
        ConfigError::Type { key, expected, .. } => match key {
            Some(key) => format!("{key}: must be {expected}"),
            None => format!("a setting is not {expected}, as it must be"),
        },
        ConfigError::At { error, key, .. } => match key {
            Some(key) => format!("{key}: {}", of_names(error)),
            None => of_names(error),
        },
        // An unknown or a missing name, quoted without its value.
        ConfigError::Message(text) if names_a_field(text) => text.clone(),
        ConfigError::NotFound(name) => format!("{name} is missing"),
        _ => "a setting has the wrong form".to_owned(),
    }
}

fn names_a_field(text: &str) -> bool {
    text.starts_with("unknown field `") || text.starts_with("missing field `")
}
