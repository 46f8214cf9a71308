//! `.local/stack.json`: where everything is that `cargo xtask up` runs, for programs and for a
//! second `up`.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::failure::{Context as _, Failure};
use crate::{lock, private_file, workspace};

/// The addresses. The shape is a contract: browsers' tests, the benchmark and people read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stack {
    /// With `/api/v1`.
    pub(crate) tourist_api: String,
    /// With `/api/v1`.
    pub(crate) admin_api: String,
    /// The stand-in for WeChat.
    pub(crate) wechat_sandbox: String,
    /// For Prometheus, one for each service.
    pub(crate) metrics: Vec<String>,
    /// With its password, which is why the file is private.
    pub(crate) database_url: String,
    /// The tourists' front end, once it exists.
    pub(crate) tourist_page: Option<String>,
    /// The staff's front end, once it exists.
    pub(crate) staff_page: Option<String>,
    /// The first administrator, once staff exist.
    pub(crate) admin: Option<Administrator>,
}

/// Who may sign in to the back office.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Administrator {
    username: String,
    password: String,
}

impl Stack {
    /// The stack of the `up` that runs now. The file alone does not tell: it survives an `up`
    /// that was killed.
    pub(crate) fn running() -> Result<Option<Self>, Failure> {
        match lock::try_up()? {
            Some(_nobody_else) => Ok(None),
            None => Self::load(),
        }
    }

    /// What the last `up` has written, unless it has withdrawn it.
    pub(crate) fn load() -> Result<Option<Self>, Failure> {
        private_file::read(&file()?)?
            .map(|json| serde_json::from_str(&json).context("reading .local/stack.json"))
            .transpose()
    }

    /// Tells the others.
    pub(crate) fn publish(&self) -> Result<(), Failure> {
        let json = serde_json::to_string_pretty(self).context("writing JSON")?;
        private_file::write(&file()?, &format!("{json}\n"))
    }

    /// Tells a person. The database's password stays in the file.
    pub(crate) fn print(&self) {
        let root = self.tourist_api.trim_end_matches("/api/v1");
        println!("  tourist API      {}", self.tourist_api);
        println!("  its OpenAPI page {root}/docs/");
        println!("  admin API        {}", self.admin_api);
        println!("  WeChat sandbox   {}", self.wechat_sandbox);
        for metrics in &self.metrics {
            println!("  metrics          {metrics}");
        }
        println!("  all of these, and the database, are in .local/stack.json");
    }
}

/// Nothing runs any more, or not yet.
pub(crate) fn withdraw() -> Result<(), Failure> {
    private_file::remove_if_there(&file()?)
}

fn file() -> Result<PathBuf, Failure> {
    Ok(workspace::local()?.join("stack.json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_exist_yet_is_null() {
        let stack = Stack {
            tourist_api: String::from("http://127.0.0.1:8080/api/v1"),
            admin_api: String::from("http://127.0.0.1:8081/api/v1"),
            wechat_sandbox: String::from("http://127.0.0.1:8090"),
            metrics: vec![String::from("http://127.0.0.1:9080/metrics")],
            database_url: String::from("mysql://palace:x@127.0.0.1:3306/palace"),
            tourist_page: None,
            staff_page: None,
            admin: None,
        };
        let json = serde_json::to_value(&stack).unwrap();
        for name in ["tourist_page", "staff_page", "admin"] {
            assert_eq!(json[name], serde_json::Value::Null);
        }
        assert_eq!(serde_json::from_value::<Stack>(json).unwrap(), stack);
    }
}
