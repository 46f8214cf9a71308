//! The processes of a running ticket office.

use std::env;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::environment::{Addresses, Environment};
use crate::children::{GLANCE, Running, bound_to_us};
use crate::failure::Failure;
use crate::{clock, http_probe, interrupt, workspace};

/// How long an API may take to answer what it has accepted, its calls to WeChat included.
const API_GRACE: Duration = Duration::from_secs(20);
const SANDBOX_GRACE: Duration = Duration::from_secs(5);

/// How much the services log; set by hand, it stays as it is.
const LOG: &str = "RUST_LOG";
/// Without how many workers the HTTP library has and which signals it heeds. The sandbox keeps
/// silent about these by itself.
const LOG_FILTER: &str = "info,actix_server=warn";

/// The services, in the order in which they are stopped: fields are dropped from the top.
pub(crate) struct Services<'a> {
    apis: Apis,
    sandbox: Option<Running>,
    binaries: &'a Path,
    addresses: &'a Addresses,
    environment: &'a Environment,
}

impl<'a> Services<'a> {
    /// None of them runs yet.
    pub(crate) fn new(
        binaries: &'a Path,
        addresses: &'a Addresses,
        environment: &'a Environment,
    ) -> Self {
        Self {
            apis: Apis(Vec::new()),
            sandbox: None,
            binaries,
            addresses,
            environment,
        }
    }

    /// First, because it makes the keys that the settings of the others name.
    pub(crate) fn start_sandbox(&mut self) -> Result<(), Failure> {
        let port = self.addresses.sandbox;
        let mut command = bound_to_us(&self.binaries.join("wechat-sandbox"));
        self.environment.tell_sandbox(&mut command);
        command
            .arg("--port")
            .arg(port.to_string())
            .arg("--key-dir")
            .arg(workspace::local()?.join("wechat"))
            .arg("--clock-offset-file")
            .arg(clock::file()?);
        let sandbox = Running::start_prefixed("wechat-sandbox", SANDBOX_GRACE, &mut command)?;
        self.sandbox = Some(sandbox);
        self.wait_until_well(port, "/healthz", "the WeChat sandbox")
    }

    /// Both at once, then waits for each to be ready for visitors.
    pub(crate) fn start_apis(&mut self) -> Result<(), Failure> {
        let ports = self.addresses;
        self.start_api("tourist-api", ports.tourist, ports.tourist_metrics)?;
        self.start_api("admin-api", ports.admin, ports.admin_metrics)?;
        for (name, port) in [("tourist-api", ports.tourist), ("admin-api", ports.admin)] {
            for path in ["/healthz", "/readyz"] {
                self.wait_until_well(port, path, name)?;
            }
        }
        Ok(())
    }

    fn start_api(&mut self, name: &'static str, port: u16, metrics: u16) -> Result<(), Failure> {
        let mut command = bound_to_us(&self.binaries.join(name));
        self.environment.tell(&mut command);
        if env::var_os(LOG).is_none() {
            command.env(LOG, LOG_FILTER);
        }
        command
            .env("PALACE__SERVER__PORT", port.to_string())
            .env("PALACE__SERVER__METRICS_PORT", metrics.to_string());
        let api = Running::start_prefixed(name, API_GRACE, &mut command)?;
        self.apis.0.push(api);
        Ok(())
    }

    fn wait_until_well(&mut self, port: u16, path: &str, name: &str) -> Result<(), Failure> {
        const PATIENCE: Duration = Duration::from_secs(60);
        let deadline = Instant::now() + PATIENCE;
        while !http_probe::is_ok(port, path) {
            interrupt::check()?;
            self.check()?;
            if Instant::now() >= deadline {
                return Err(Failure::new(format!(
                    "{name} has not answered 200 on http://127.0.0.1:{port}{path} within {} \
                     seconds; see what it printed above",
                    PATIENCE.as_secs()
                )));
            }
            thread::sleep(GLANCE);
        }
        Ok(())
    }

    /// Fails when one of them has died: what is left is of no use, and the reason is above.
    pub(crate) fn check(&mut self) -> Result<(), Failure> {
        for child in self.apis.0.iter_mut().chain(&mut self.sandbox) {
            if let Some(status) = child.ended() {
                return Err(Failure::new(format!(
                    "{} has died ({status}); see what it printed above",
                    child.name()
                )));
            }
        }
        Ok(())
    }
}

/// The APIs. Dropped, they are told to stop all at once, and then waited for one by one.
struct Apis(Vec<Running>);

impl Drop for Apis {
    fn drop(&mut self) {
        for api in &mut self.0 {
            api.ask_to_end();
        }
    }
}
