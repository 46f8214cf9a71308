//! What we remember of a private server between two commands.

use std::fs;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Home, NAME, USER};
use crate::failure::{Context as _, Failure};
use crate::{private_file, random};

/// A server that runs, or the last one that did.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct State {
    /// Its process number; 0 before the first start.
    pub(crate) pid: u32,
    /// Its port on 127.0.0.1.
    pub(crate) port: u16,
    /// Its socket.
    pub(crate) socket: PathBuf,
    /// The password of the one user.
    pub(crate) password: String,
}

impl State {
    /// What is remembered, or a first state with a new password.
    pub(crate) fn load(home: &Home) -> Result<Self, Failure> {
        let path = home.state_file();
        match private_file::read(&path)? {
            Some(json) => serde_json::from_str(&json).context(format!(
                "{} is damaged (remove it to start with a new password)",
                path.display()
            )),
            None => Ok(Self {
                pid: 0,
                port: 0,
                socket: PathBuf::new(),
                password: random::hex(16)?,
            }),
        }
    }

    /// Remembers.
    pub(crate) fn save(&self, home: &Home) -> Result<(), Failure> {
        let json = serde_json::to_string_pretty(self).context("writing JSON")?;
        private_file::write(&home.state_file(), &json)
    }

    /// Does the server still run? Process numbers are used again, so the process has to be
    /// one that works on our files.
    pub(crate) fn is_alive(&self, home: &Home) -> bool {
        let command = fs::read(format!("/proc/{}/cmdline", self.pid)).unwrap_or_default();
        let ours = format!("--datadir={}", home.data().display());
        command
            .split(|byte| *byte == 0)
            .any(|word| word == ours.as_bytes())
    }

    /// The address of the server, without a database.
    pub(crate) fn server_url(&self) -> String {
        format!("mysql://{USER}:{}@127.0.0.1:{}", self.password, self.port)
    }

    /// The address of our database.
    pub(crate) fn database_url(&self) -> String {
        format!("{}/{NAME}", self.server_url())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_stays_and_a_stranger_is_not_our_server() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().to_path_buf()).unwrap();
        let mut state = State::load(&home).unwrap();
        // This very process is alive, but is no server on these files.
        state.pid = std::process::id();
        state.port = 4000;
        state.save(&home).unwrap();
        let again = State::load(&home).unwrap();
        assert_eq!(again.password, state.password);
        assert!(!again.is_alive(&home));
        assert_eq!(
            again.database_url(),
            format!("mysql://palace:{}@127.0.0.1:4000/palace", state.password)
        );
    }
}
