//! The binary.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::world::World;

fn command(variables: &[(&'static str, String)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_admin-api"));
    let foreign = std::env::vars_os().map(|(name, _)| name);
    for name in foreign.filter(|name| name.to_string_lossy().starts_with("PALACE")) {
        command.env_remove(name);
    }
    command
        .env_remove("RUST_LOG")
        .envs(variables.iter().map(|(name, value)| (name, value)))
        .stderr(Stdio::piped());
    command
}

/// Ends the process if the test fails before it has ended by itself.
struct Guarded(Child);

impl Drop for Guarded {
    fn drop(&mut self) {
        // It has ended already where all went well.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A service that has just said that it is listening is told to stop by `signal`.
fn stops_with_grace(signal: &str) {
    let world = World::new();
    let variables = world.variables(world.database.url());
    let mut process = Guarded(command(&variables).spawn().unwrap());
    let mut lines = BufReader::new(process.0.stderr.take().unwrap()).lines();
    let mut seen = |wanted: &str| {
        let mut lines = lines.by_ref().map(Result::unwrap);
        lines.find(|line| line.contains(wanted)).unwrap()
    };
    let listens: Value = serde_json::from_str(&seen("admin-api is listening")).unwrap();
    for port in ["address", "metrics"] {
        let address = listens.get(port).and_then(Value::as_str).unwrap();
        assert!(address.parse::<SocketAddr>().is_ok(), "{listens}");
    }
    let told = Command::new("kill")
        .args([signal, &process.0.id().to_string()])
        .status()
        .unwrap();
    assert!(told.success());
    seen("admin-api has stopped answering");
    seen("the jobs have stopped");
    assert!(process.0.wait().unwrap().success());
}

#[test]
fn told_to_terminate_it_stops_its_jobs_and_ends_well() {
    stops_with_grace("-TERM");
}

#[test]
fn interrupted_it_stops_its_jobs_and_ends_well() {
    stops_with_grace("-INT");
}

#[test]
fn settings_that_are_not_sound_end_it_before_it_listens() {
    let output = command(&[("PALACE_ENV", "production".to_owned())])
        .output()
        .unwrap();
    assert!(!output.status.success());
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.contains("secrets.token_key") && told.contains("database.url"),
        "{told}"
    );
}

#[test]
fn an_unknown_word_is_told_how_to_use_it() {
    let output = command(&[]).arg("serve").output().unwrap();
    assert!(!output.status.success());
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("usage: admin-api")
    );
}
