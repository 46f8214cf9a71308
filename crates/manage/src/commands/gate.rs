//! `manage gate`: the devices that admit visitors.

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use domain::gate::{Gate, GateName};
use domain::id::GateId;
use domain::ports::GateQueries as _;
use domain::use_cases::gates::{AddGateError, add_gate, revoke_gate};
use domain::venue::VenueCode;
use domain::visit_date::shanghai;

use crate::failure::Failure;
use crate::house::{self, House};
use crate::output;
use crate::table::aligned;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Add a gate and print its key, this once
    Add(New),
    /// Print all gates, without their keys
    List,
    /// Take a gate's key from it: from now on it opens nothing
    ///
    /// The name stays taken, for tickets say where they were admitted. A gate that has lost its
    /// key is revoked and added again by another name.
    Revoke {
        /// Its name
        #[arg(value_parser = GateName::parse)]
        name: GateName,
    },
    /// Print the key with which a gate checks a ticket's code by itself, without the network
    ///
    /// Ed25519, 32 bytes in hexadecimal digits. It is no secret. What the code says of its ticket
    /// only the admin API knows: whether it was used before, or given back.
    PublicKey,
}

#[derive(Debug, Args)]
pub(crate) struct New {
    /// What people call it, such as 午门-3; unique
    #[arg(value_parser = GateName::parse)]
    name: GateName,
    /// The code of the venue it stands at, such as palace
    #[arg(long, value_parser = VenueCode::parse)]
    venue: VenueCode,
}

impl Command {
    pub(crate) fn run(self) -> Result<(), Failure> {
        match self {
            Self::Add(new) => new.add(),
            Self::List => list(),
            Self::Revoke { name } => revoke(&name),
            Self::PublicKey => public_key(),
        }
    }
}

impl New {
    fn add(self) -> Result<(), Failure> {
        let house = House::open()?;
        let (secrets, id) = (assembly::gate_secrets(), GateId::next(&*house.ids));
        let now = house.clock.now();
        let added = add_gate(
            &house.unit_of_work(),
            &*secrets,
            id,
            self.name,
            self.venue,
            now,
        );
        match added {
            Ok(key) => {
                output::line(&key.expose());
                output::warning("this key is shown once: put it into the gate, and nowhere else");
                Ok(())
            }
            Err(AddGateError::Store(error)) => Err(error.into()),
            Err(refused) => Err(Failure::failed(refused.to_string())),
        }
    }
}

fn list() -> Result<(), Failure> {
    let gates = House::open()?.queries().gates()?;
    let headings = ["name", "venue", "added", "revoked"].map(str::to_owned);
    let rows: Vec<_> = std::iter::once(headings)
        .chain(gates.iter().map(row))
        .collect();
    output::raw(&aligned(&rows));
    Ok(())
}

fn row(gate: &Gate) -> [String; 4] {
    [
        gate.name.to_string(),
        gate.venue.to_string(),
        local(gate.created_at),
        gate.revoked_at.map(local).unwrap_or_default(),
    ]
}

/// The time in Shanghai, to the minute.
fn local(instant: DateTime<Utc>) -> String {
    let local = instant.with_timezone(&shanghai());
    local.format("%Y-%m-%d %H:%M").to_string()
}

fn revoke(name: &GateName) -> Result<(), Failure> {
    let house = House::open()?;
    if revoke_gate(&house.unit_of_work(), name, house.clock.now())? {
        output::line(&format!("the gate {name} is revoked"));
        Ok(())
    } else {
        Err(Failure::failed("no gate of that name has a key"))
    }
}

fn public_key() -> Result<(), Failure> {
    let key = assembly::ticket_code_public_key(&house::settings()?.secrets)?;
    let digits: Vec<String> = key.iter().map(|byte| format!("{byte:02x}")).collect();
    output::line(&digits.concat());
    Ok(())
}
