//! The binary.

use std::io::{BufRead as _, BufReader};
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

#[test]
fn told_to_terminate_it_stops_its_jobs_and_ends_well() {
    let world = World::new();
    let mut process = Guarded(
        command(&world.variables(world.database.url()))
            .spawn()
            .unwrap(),
    );
    let mut lines = BufReader::new(process.0.stderr.take().unwrap()).lines();
    let mut seen = |wanted: &str| {
        let mut lines = lines.by_ref().map(Result::unwrap);
        lines.find(|line| line.contains(wanted)).unwrap()
    };
    let listens: Value = serde_json::from_str(&seen("the admin API listens")).unwrap();
    // It heeds signals from its first answer on.
    let health = format!("http://{}/healthz", listens["address"].as_str().unwrap());
    assert!(
        reqwest::blocking::get(health)
            .unwrap()
            .status()
            .is_success()
    );
    let told = Command::new("kill")
        .args(["-TERM", &process.0.id().to_string()])
        .status()
        .unwrap();
    assert!(told.success());
    seen("the jobs have stopped");
    seen("the admin API has ended");
    assert!(process.0.wait().unwrap().success());
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
