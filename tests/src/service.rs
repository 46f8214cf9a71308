//! One process of a service, started, awaited and killed.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;

use crate::log::Log;

/// A running service. Dropped, it is killed.
pub struct Service {
    process: Child,
}

impl Service {
    /// Starts the binary `name` and waits until it says that it is listening. What it logs goes to
    /// `log`.
    ///
    /// # Panics
    /// If the binary is missing or ends before it listens; what it said is in the message.
    #[must_use]
    pub fn start(name: &str, environment: &[(String, String)], log: &Log) -> Self {
        let mut process = command(name, environment)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("a service starts");
        let pipe = process.stderr.take().expect("its log is piped");
        let mut lines = BufReader::new(pipe).lines();
        let mut said = Vec::new();
        loop {
            let line = lines.next().and_then(Result::ok);
            if let Some(line) = &line {
                log.add(line.clone());
            }
            match line {
                Some(line) if line.contains("listening") => break,
                Some(line) => said.push(line),
                None => panic!("{name} did not start:\n{}", said.join("\n")),
            }
        }
        let log = log.clone();
        // Whoever does not read a pipe stops the process that writes to it.
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if std::env::var_os("PALACE_TEST_LOG").is_some() {
                    #[expect(clippy::print_stderr, reason = "asked for by the environment")]
                    {
                        eprintln!("{line}");
                    }
                }
                log.add(line);
            }
        });
        Self { process }
    }

    /// Ends the process at once, as a power cut would.
    pub fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        // It may have ended by itself; either way it is gone afterwards.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.end();
    }
}

/// A command that runs one of the workspace's binaries with exactly this environment.
///
/// # Panics
/// If the binary has not been built.
#[must_use]
pub(crate) fn command(name: &str, environment: &[(String, String)]) -> Command {
    let path = binary(name);
    assert!(
        path.exists(),
        "{} is missing: run `cargo xtask test`, which builds it",
        path.display()
    );
    let mut command = Command::new(path);
    command.envs(environment.iter().cloned());
    command
}

/// Where cargo puts the binary: two folders above this test's own.
fn binary(name: &str) -> PathBuf {
    let mut path = std::env::current_exe().expect("a test knows its own path");
    path.pop();
    path.pop();
    path.push(name);
    path
}
