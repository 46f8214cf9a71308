//! What is wrong with settings.

use thiserror::Error;

/// A setting that cannot be used. Never tells its value, which may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the setting {setting} cannot be used: {problem}")]
pub struct SettingsError {
    /// The name of the setting within its section.
    pub setting: &'static str,
    /// What is wrong with it.
    pub problem: &'static str,
}

impl SettingsError {
    pub(crate) const fn new(setting: &'static str, problem: &'static str) -> Self {
        Self { setting, problem }
    }
}

/// Refuses a setting that was left empty.
pub(crate) fn require(setting: &'static str, value: &str) -> Result<(), SettingsError> {
    if value.trim().is_empty() {
        Err(SettingsError::new(setting, "it is empty"))
    } else {
        Ok(())
    }
}
