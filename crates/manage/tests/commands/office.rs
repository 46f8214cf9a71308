//! A ticket office that is run by its command line alone.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::clock::Clock as _;
use domain::ports::UnitOfWork;
use domain::visit_date::VisitDate;
use gateways::clock::SystemClock;
use persistence::test_support::{EmptyDatabase, TestDatabase};
use tempfile::TempDir;
use wechat_sandbox::{RunningSandbox, Sandbox, Settings};

/// What a command answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Answer {
    /// The standard output of a command that was to succeed.
    #[track_caller]
    pub(crate) fn done(self) -> String {
        assert_eq!(self.code, 0, "{self:?}");
        self.out
    }

    /// What was said on standard error by a command that was to end with `code`.
    #[track_caller]
    pub(crate) fn refused(self, code: i32) -> String {
        assert_eq!(self.code, code, "{self:?}");
        assert!(self.err.contains("error: "), "{self:?}");
        self.err
    }
}

impl From<Output> for Answer {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self {
            code: output.status.code().unwrap(),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }
}

/// A command with the settings of a test; nothing of this process's own settings reaches it.
pub(crate) fn command(url: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_manage"));
    let foreign = std::env::vars_os().map(|(name, _)| name);
    for name in foreign.filter(|name| name.to_string_lossy().starts_with("PALACE")) {
        command.env_remove(name);
    }
    command
        .env("PALACE_ENV", "test")
        .env("PALACE__DATABASE__URL", url);
    command
}

/// Runs a command on the database at `url`; words are separated by spaces.
pub(crate) fn manage_on(url: &str, words: &str) -> Answer {
    let mut command = command(url);
    command.args(words.split_whitespace());
    command.output().unwrap().into()
}

/// A migrated database and WeChat's sandbox.
pub(crate) struct Office {
    pub(crate) database: TestDatabase,
    pub(crate) sandbox: RunningSandbox,
    keys: TempDir,
}

impl Office {
    pub(crate) fn open() -> Self {
        let keys = TempDir::new().unwrap();
        let settings = Settings {
            key_dir: Some(keys.path().to_owned()),
            ..Settings::for_tests(Arc::new(SystemClock::system()))
        };
        Self {
            database: TestDatabase::create(),
            sandbox: Sandbox::start(settings).unwrap(),
            keys,
        }
    }

    /// With sessions, venues and prices, and 2026's holidays.
    pub(crate) fn furnished() -> Self {
        let office = Self::open();
        office.manage("ticket-types load").done();
        office.manage("holidays import").done();
        office
    }

    /// As `furnished`, with `day` open and its quotas, whatever the calendar says.
    pub(crate) fn selling(day: VisitDate) -> Self {
        let office = Self::furnished();
        office
            .manage(&format!("opening-days set --date {day} --state open"))
            .done();
        office.manage(&format!("quota create --date {day}")).done();
        office
    }

    pub(crate) fn manage(&self, words: &str) -> Answer {
        self.command(words).output().unwrap().into()
    }

    /// The same with something on standard input.
    pub(crate) fn manage_told(&self, words: &str, input: &str) -> Answer {
        let mut command = self.command(words);
        let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = pipes.stderr(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(input.as_bytes()).unwrap();
        drop(stdin);
        child.wait_with_output().unwrap().into()
    }

    fn command(&self, words: &str) -> Command {
        let mut command = command(self.database.url());
        self.tell_wechat(&mut command);
        command.args(words.split_whitespace());
        command
    }

    /// Tells a command where WeChat is, and the keys it is spoken to with.
    pub(crate) fn tell_wechat(&self, command: &mut Command) {
        let key = |name: &str| self.keys.path().join(name);
        command
            .env("PALACE__WECHAT__PAY__BASE_URL", self.sandbox.base_url())
            .env(
                "PALACE__WECHAT__PAY__PRIVATE_KEY_FILE",
                key("merchant_private.pem"),
            )
            .env(
                "PALACE__WECHAT__PAY__PLATFORM_PUBLIC_KEY_FILE",
                key("platform_public.pem"),
            );
    }

    pub(crate) fn unit_of_work(&self) -> Arc<dyn UnitOfWork> {
        Arc::new(self.database.unit_of_work())
    }
}

/// A database without tables.
pub(crate) fn empty_database() -> EmptyDatabase {
    EmptyDatabase::create()
}

pub(crate) fn now() -> DateTime<Utc> {
    SystemClock::system().now()
}

pub(crate) fn day(text: &str) -> VisitDate {
    VisitDate::parse(text).unwrap()
}
