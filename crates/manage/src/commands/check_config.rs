//! `manage check-config`: the settings and everything they lead to.

use api_kit::settings::{Environment, Settings};
use persistence::Database;

use crate::failure::Failure;
use crate::{house, output};

/// Checks one thing after the other, so that one call shows all that is wrong.
pub(crate) fn run() -> Result<(), Failure> {
    let settings = house::settings()?;
    let mut report = Report::default();
    report.good(&format!(
        "settings: {}",
        environment_name(settings.environment)
    ));
    check_database(&settings, &mut report);
    check_wechat(&settings, &mut report);
    match report.faults {
        0 => Ok(()),
        faults => Err(Failure::failed(format!("{faults} faults"))),
    }
}

/// What was found, printed as it is found.
#[derive(Default)]
struct Report {
    faults: usize,
}

impl Report {
    fn good(&self, text: &str) {
        output::line(&format!("ok    {text}"));
    }

    fn fault(&mut self, text: &str) {
        self.faults = self.faults.saturating_add(1);
        output::line(&format!("FAULT {text}"));
    }
}

fn environment_name(environment: Environment) -> &'static str {
    match environment {
        Environment::Production => "production",
        Environment::Development => "development",
        Environment::Test => "test",
    }
}

fn check_database(settings: &Settings, report: &mut Report) {
    match house::connect(settings) {
        Ok(database) => {
            check_server(&database, report);
            check_durability(&database, settings.environment, report);
            check_schema(&database, report);
        }
        Err(error) => report.fault(&format!("database: {error}")),
    }
}

fn check_server(database: &Database, report: &mut Report) {
    match database.server_version() {
        Ok(version) => report.good(&format!("database: connected, version {version}")),
        Err(error) => report.fault(&format!("database: {error}")),
    }
}

/// With anything but 1 a commit that was answered may be lost.
fn check_durability(database: &Database, environment: Environment, report: &mut Report) {
    match database.flush_log_at_trx_commit() {
        Ok(1) => report.good("database: innodb_flush_log_at_trx_commit is 1"),
        Ok(value) => {
            let text = format!("database: innodb_flush_log_at_trx_commit is {value}, not 1");
            if environment == Environment::Production {
                report.fault(&text);
            } else {
                output::warning(&text);
            }
        }
        Err(error) => report.fault(&format!("database: {error}")),
    }
}

fn check_schema(database: &Database, report: &mut Report) {
    match database.schema_is_current() {
        Ok(true) => report.good("database: all migrations have been run"),
        Ok(false) => report.fault("database: not up to date, run `manage migrate`"),
        Err(error) => report.fault(&format!("database: {error}")),
    }
}

/// Nothing is called: WeChat answers no call that changes nothing.
fn check_wechat(settings: &Settings, report: &mut Report) {
    let clock = assembly::clock(settings);
    match assembly::payment_provider(&settings.wechat, &clock) {
        Ok(_) => report.good("WeChat Pay: the keys can be used"),
        Err(error) => report.fault(&format!("WeChat Pay: {error}")),
    }
    match assembly::messenger(&settings.wechat, &clock) {
        Ok(_) => report.good(&format!("messages: {}", templates(settings))),
        Err(error) => report.fault(&format!("messages: {error}")),
    }
}

/// Which kinds of messages are sent; the others have no template.
fn templates(settings: &Settings) -> String {
    let templates = &settings.wechat.templates;
    let kinds: Vec<&str> = templates.iter().map(|(kind, _)| kind.code()).collect();
    if kinds.is_empty() {
        "none is sent, for no template is set".to_owned()
    } else {
        format!("sent are {}", kinds.join(", "))
    }
}
