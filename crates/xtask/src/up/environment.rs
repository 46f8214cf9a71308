//! What the services are told: addresses and environment variables. The names are a contract
//! with their settings.

use std::process::Command;

use crate::failure::Failure;
use crate::ports::Ports;
use crate::secrets::{self, Secrets};
use crate::stack::Stack;
use crate::{clock, database, workspace};

/// The port of each service.
pub(crate) struct Addresses {
    pub(crate) tourist: u16,
    pub(crate) tourist_metrics: u16,
    pub(crate) admin: u16,
    pub(crate) admin_metrics: u16,
    pub(crate) sandbox: u16,
}

impl Addresses {
    /// The usual ports, or the next free ones.
    pub(crate) fn choose() -> Result<Self, Failure> {
        let mut ports = Ports::default();
        Ok(Self {
            tourist: ports.at_or_above(8080)?,
            admin: ports.at_or_above(8081)?,
            sandbox: ports.at_or_above(8090)?,
            tourist_metrics: ports.at_or_above(9080)?,
            admin_metrics: ports.at_or_above(9081)?,
        })
    }

    /// All of it, for `.local/stack.json`.
    pub(crate) fn stack(&self, database_url: &str) -> Stack {
        let metrics = [self.tourist_metrics, self.admin_metrics];
        Stack {
            tourist_api: format!("{}/api/v1", address(self.tourist)),
            admin_api: format!("{}/api/v1", address(self.admin)),
            wechat_sandbox: address(self.sandbox),
            metrics: metrics
                .map(|port| format!("{}/metrics", address(port)))
                .to_vec(),
            database_url: database_url.to_owned(),
            tourist_page: None,
            staff_page: None,
            admin: None,
        }
    }
}

fn address(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

/// The secrets that WeChat holds as well.
const SHARED_WITH_WECHAT: [&str; 2] = [
    "PALACE__WECHAT__APP_SECRET",
    "PALACE__WECHAT__PAY__API_V3_KEY",
];

/// What all services have in common.
pub(crate) struct Environment {
    variables: Secrets,
}

impl Environment {
    /// Reads the secrets, or makes them.
    pub(crate) fn new(stack: &Stack) -> Result<Self, Failure> {
        let local = workspace::local()?;
        let keys = local.join("wechat");
        let mut variables = secrets::ensure(&local.join("secrets.env"))?;
        let told = [
            ("PALACE_ENV", String::from("development")),
            (database::URL, stack.database_url.clone()),
            ("PALACE__CLOCK__OFFSET_FILE", words(&clock::file()?)),
            (
                "PALACE__WECHAT__LOGIN_BASE_URL",
                stack.wechat_sandbox.clone(),
            ),
            (
                "PALACE__WECHAT__PAY__BASE_URL",
                stack.wechat_sandbox.clone(),
            ),
            (
                "PALACE__WECHAT__PAY__NOTIFY_BASE_URL",
                stack.tourist_api.clone(),
            ),
            // The sandbox makes both key files when it starts, and keeps them.
            (
                "PALACE__WECHAT__PAY__PRIVATE_KEY_FILE",
                words(&keys.join("merchant_private.pem")),
            ),
            (
                "PALACE__WECHAT__PAY__PLATFORM_PUBLIC_KEY_FILE",
                words(&keys.join("platform_public.pem")),
            ),
        ];
        variables.extend(told.map(|(name, value)| (name.to_owned(), value)));
        Ok(Self { variables })
    }

    /// Tells a service, or the operator's command, which runs in the root of the repository.
    pub(crate) fn tell(&self, command: &mut Command) {
        self.tell_some(command, |_| true);
    }

    /// Tells the sandbox what WeChat knows too, and nothing of the museum's.
    pub(crate) fn tell_sandbox(&self, command: &mut Command) {
        self.tell_some(command, |name| SHARED_WITH_WECHAT.contains(&name));
    }

    fn tell_some(&self, command: &mut Command, wanted: impl Fn(&str) -> bool) {
        let chosen = self.variables.iter().filter(|(name, _)| wanted(name));
        command
            .current_dir(workspace::root())
            .envs(chosen.map(|(name, value)| (name, value)));
    }
}

fn words(path: &std::path::Path) -> String {
    path.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sandbox_is_told_what_wechat_knows() {
        let names = ["PALACE__WECHAT__APP_SECRET", "PALACE__SECRETS__TOKEN_KEY"];
        let environment = Environment {
            variables: names
                .map(|name| (name.to_owned(), String::from("x")))
                .to_vec(),
        };
        let mut command = Command::new("true");
        environment.tell_sandbox(&mut command);
        let told: Vec<_> = command.get_envs().map(|(name, _)| name).collect();
        assert_eq!(told, ["PALACE__WECHAT__APP_SECRET"]);
    }

    #[test]
    fn the_stack_tells_addresses_as_the_clients_need_them() {
        let addresses = Addresses {
            tourist: 1,
            tourist_metrics: 2,
            admin: 3,
            admin_metrics: 4,
            sandbox: 5,
        };
        let stack = addresses.stack("mysql://x");
        assert_eq!(stack.tourist_api, "http://127.0.0.1:1/api/v1");
        assert_eq!(stack.admin_api, "http://127.0.0.1:3/api/v1");
        assert_eq!(stack.wechat_sandbox, "http://127.0.0.1:5");
        assert_eq!(
            stack.metrics,
            ["http://127.0.0.1:2/metrics", "http://127.0.0.1:4/metrics"]
        );
    }
}
