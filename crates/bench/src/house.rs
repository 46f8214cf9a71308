//! The services under test: the real binaries, told by their environment what the bench needs.

use std::net::SocketAddr;
use std::process::Command;

use crate::context::Bench;
use crate::failure::{Context as _, Failure};
use crate::process::{Process, beside_us, free_port};

/// Settings that scenarios change.
pub(crate) const GROUP_SIZE: &str = "PALACE__ORDER_DESK__GROUP_SIZE";
/// Threads of the order desk.
pub(crate) const WRITERS: &str = "PALACE__ORDER_DESK__WRITERS";
/// Connections of a service to the database.
pub(crate) const POOL_SIZE: &str = "PALACE__DATABASE__POOL_SIZE";
/// Threads of a service that answer requests.
pub(crate) const WORKERS: &str = "PALACE__SERVER__WORKERS";

/// What a house is made of.
#[derive(Clone)]
pub(crate) struct Plan {
    /// How many processes of the tourist service.
    pub(crate) tourist_processes: usize,
    /// Whether there is an admin service. Its jobs run only in its hours.
    pub(crate) admin: bool,
    /// Settings that differ from those of all runs, by their variables.
    pub(crate) settings: Vec<(&'static str, String)>,
}

impl Default for Plan {
    /// One tourist service, set as in production.
    fn default() -> Self {
        Self {
            tourist_processes: 1,
            admin: false,
            settings: Vec::new(),
        }
    }
}

impl Plan {
    /// The same with a setting.
    pub(crate) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.settings.push((name, value.to_string()));
        self
    }
}

/// Running services; killed when this is dropped.
pub(crate) struct House<'a> {
    bench: &'a Bench,
    plan: Plan,
    tourist: Vec<Option<Process>>,
    addresses: Vec<SocketAddr>,
    admin: Option<Process>,
}

impl<'a> House<'a> {
    /// Starts the services and waits until they are ready.
    pub(crate) fn start(bench: &'a Bench, plan: &Plan) -> Result<Self, Failure> {
        let mut house = Self {
            bench,
            plan: plan.clone(),
            tourist: Vec::new(),
            addresses: Vec::new(),
            admin: None,
        };
        for _ in 0..plan.tourist_processes {
            let process = house.launch("tourist-api", free_port()?)?;
            house.addresses.push(process.address());
            house.tourist.push(Some(process));
        }
        if plan.admin {
            house.admin = Some(house.launch("admin-api", free_port()?)?);
        }
        Ok(house)
    }

    fn launch(&self, name: &'static str, port: u16) -> Result<Process, Failure> {
        let mut command = Command::new(beside_us(name)?);
        command
            .envs(
                self.bench
                    .variables()
                    .iter()
                    .map(|(name, value)| (name, value)),
            )
            .envs(self.plan.settings.iter().map(|(name, value)| (name, value)))
            .env("PALACE__SERVER__PORT", port.to_string());
        let log = self.bench.log(name);
        Process::start(&mut command, port, "/readyz", &log)
    }

    /// Where the tourist services listen.
    pub(crate) fn tourist(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Where the first tourist service listens.
    pub(crate) fn first(&self) -> Result<SocketAddr, Failure> {
        let first = self.addresses.first().copied();
        first.ok_or_else(|| Failure::new("the house has no tourist service"))
    }

    /// Where the admin service listens.
    pub(crate) fn admin(&self) -> Result<SocketAddr, Failure> {
        let admin = self.admin.as_ref().map(Process::address);
        admin.ok_or_else(|| Failure::new("the house has no admin service"))
    }

    /// Kills a tourist service as a power cut would.
    pub(crate) fn kill(&mut self, number: usize) {
        drop(self.tourist.get_mut(number).and_then(Option::take));
    }

    /// Starts a killed tourist service at its old address.
    pub(crate) fn restart(&mut self, number: usize) -> Result<(), Failure> {
        let address = self.addresses.get(number).copied();
        let address = address.ok_or_else(|| Failure::new("there is no such service"))?;
        let process = self.launch("tourist-api", address.port())?;
        if let Some(place) = self.tourist.get_mut(number) {
            *place = Some(process);
        }
        Ok(())
    }

    /// The most memory that a tourist service ever had, in millions of bytes.
    pub(crate) fn peak_memory(&self) -> Result<f64, Failure> {
        let peaks = self.tourist.iter().flatten().map(Process::peak_memory);
        let peaks: Vec<f64> = peaks.collect::<Result<_, _>>()?;
        Ok(peaks.into_iter().fold(0.0, f64::max))
    }
}

/// Starts [`hello`](crate::hello) as a process of its own.
pub(crate) fn start_hello(bench: &Bench) -> Result<Process, Failure> {
    let port = free_port()?;
    let ours = std::env::current_exe().context("finding our own program")?;
    let mut command = Command::new(ours);
    command.args(["hello", "--port", &port.to_string()]);
    let log = bench.log("hello");
    Process::start(&mut command, port, "/", &log)
}
