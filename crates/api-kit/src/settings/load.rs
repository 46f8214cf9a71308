//! The three layers: compiled-in defaults, the environment's file, environment variables.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use config::{Config, ConfigError, File, FileFormat};

use super::raw::RawSettings;
use super::{Program, Settings, SettingsError, check, faults};

const DEFAULT: &str = include_str!("../../../../config/default.toml");
const DEVELOPMENT: &str = include_str!("../../../../config/development.toml");
pub(super) const TEST: &str = include_str!("../../../../config/test.toml");

/// What stands in no file but that of tests.
const SECRETS: [&str; 10] = [
    "database.url",
    "wechat.app_secret",
    "wechat.pay.api_v3_key",
    "secrets.token_key",
    "secrets.document_keys",
    "secrets.document_hash_key",
    "secrets.document_hash_key_next",
    "secrets.request_key",
    "secrets.ticket_code_key",
    "mail.password",
];

/// Where settings come from.
#[derive(Debug, Clone, Default)]
pub struct Source {
    directory: PathBuf,
    variables: HashMap<String, String>,
}

impl Source {
    /// The working directory and the variables of this process.
    #[must_use]
    pub fn of_process() -> Self {
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Self {
            directory: PathBuf::new(),
            variables,
        }
    }

    /// No file and only these variables, for tests: `PALACE_ENV` and `PALACE__…`.
    pub fn of_variables<'a>(variables: impl IntoIterator<Item = (&'a str, String)>) -> Self {
        Self {
            directory: PathBuf::from("/nonexistent"),
            variables: variables
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        }
    }

    /// The same variables with the files of `directory` instead of the working directory.
    #[must_use]
    pub fn in_directory(mut self, directory: &Path) -> Self {
        self.directory = directory.to_owned();
        self
    }

    fn environment(&self) -> &str {
        self.variables
            .get("PALACE_ENV")
            .map(String::as_str)
            .filter(|name| !name.is_empty())
            .unwrap_or("production")
    }

    fn environment_file(&self) -> Result<EnvironmentFile, SettingsError> {
        let name = self.environment();
        if !name.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return Err(SettingsError::Unreadable(
                "PALACE_ENV is production, development or test".to_owned(),
            ));
        }
        let path = self.directory.join("config").join(format!("{name}.toml"));
        match std::fs::read_to_string(&path) {
            Ok(text) => return EnvironmentFile::parse(path.display().to_string(), text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => {
                let text = format!("{}: {error}", path.display());
                return Err(SettingsError::Unreadable(text));
            }
        }
        let compiled_in = match name {
            "production" => "",
            "development" => DEVELOPMENT,
            "test" => TEST,
            _ => {
                return Err(SettingsError::Unreadable(format!(
                    "PALACE_ENV names an environment without a file: {}",
                    path.display()
                )));
            }
        };
        EnvironmentFile::parse(format!("config/{name}.toml"), compiled_in.to_owned())
    }
}

/// The file of the environment, known to be TOML.
struct EnvironmentFile {
    text: String,
    table: toml::Table,
}

impl EnvironmentFile {
    fn parse(name: String, text: String) -> Result<Self, SettingsError> {
        match toml::from_str(&text) {
            Ok(table) => Ok(Self { text, table }),
            Err(error) => Err(SettingsError::Unreadable(faults::of_file(
                &name, &text, &error,
            ))),
        }
    }

    /// The secrets that stand in it.
    fn secrets(&self) -> Vec<&'static str> {
        let stands = |setting: &&str| {
            let mut names = setting.split('.');
            let first = names.next().and_then(|name| self.table.get(name));
            let value = names.fold(first, |value, name| value?.get(name));
            value.is_some_and(|value| value.as_str() != Some(""))
        };
        SECRETS.into_iter().filter(stands).collect()
    }
}

impl Program {
    fn ports(self) -> (u16, u16) {
        match self {
            Self::TouristApi | Self::Manage => (8080, 9080),
            Self::AdminApi => (8081, 9081),
        }
    }
}

impl Settings {
    /// Reads and checks the settings of `program`.
    ///
    /// # Errors
    /// [`SettingsError`]; its text is for the operator and holds no value of a setting that may
    /// be secret.
    pub fn load(program: Program, source: &Source) -> Result<Self, SettingsError> {
        let file = source.environment_file()?;
        let raw = read(program, &file.text, source)
            .map_err(|error| SettingsError::Unreadable(faults::of_names(&error)))?;
        check::check(raw, source.environment(), &file.secrets())
    }

    /// The settings that tests start from, those of `config/test.toml`.
    ///
    /// # Errors
    /// [`SettingsError`] if that file is not sound, which a test of this crate rules out.
    pub fn for_tests() -> Result<Self, SettingsError> {
        let variables = [("PALACE_ENV", "test".to_owned())];
        Self::load(Program::TouristApi, &Source::of_variables(variables))
    }
}

fn read(program: Program, file: &str, source: &Source) -> Result<RawSettings, ConfigError> {
    let (port, metrics_port) = program.ports();
    // Values are not guessed at (`try_parsing`): a key of digits would become a number.
    let variables = config::Environment::with_prefix("PALACE")
        .prefix_separator("__")
        .separator("__")
        .source(Some(source.variables.clone().into_iter().collect()));
    Config::builder()
        .set_default("server.port", port)?
        .set_default("server.metrics_port", metrics_port)?
        .add_source(File::from_str(DEFAULT, FileFormat::Toml))
        .add_source(File::from_str(file, FileFormat::Toml))
        .add_source(variables)
        .build()?
        .try_deserialize()
}
