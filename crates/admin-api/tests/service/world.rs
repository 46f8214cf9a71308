//! A database, WeChat's sandbox, and the settings that lead to them.

use std::sync::Arc;

use api_kit::settings::{Program, Settings, Source};
use gateways::clock::SystemClock;
use persistence::test_support::TestDatabase;
use tempfile::TempDir;
use wechat_sandbox::{RunningSandbox, Sandbox};

pub(crate) struct World {
    pub(crate) database: TestDatabase,
    sandbox: RunningSandbox,
    keys: TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        let keys = TempDir::new().unwrap();
        let settings = wechat_sandbox::Settings {
            key_dir: Some(keys.path().to_owned()),
            ..wechat_sandbox::Settings::for_tests(Arc::new(SystemClock::system()))
        };
        Self {
            database: TestDatabase::create(),
            sandbox: Sandbox::start(settings).unwrap(),
            keys,
        }
    }

    /// The variables of a service on the database at `url`.
    pub(crate) fn variables(&self, url: &str) -> [(&'static str, String); 5] {
        let key = |name: &str| self.keys.path().join(name).display().to_string();
        [
            ("PALACE_ENV", "test".to_owned()),
            ("PALACE__DATABASE__URL", url.to_owned()),
            ("PALACE__WECHAT__PAY__BASE_URL", self.sandbox.base_url()),
            (
                "PALACE__WECHAT__PAY__PRIVATE_KEY_FILE",
                key("merchant_private.pem"),
            ),
            (
                "PALACE__WECHAT__PAY__PLATFORM_PUBLIC_KEY_FILE",
                key("platform_public.pem"),
            ),
        ]
    }

    pub(crate) fn settings(&self, url: &str) -> Settings {
        let source = Source::of_variables(self.variables(url));
        Settings::load(Program::AdminApi, &source).unwrap()
    }
}
