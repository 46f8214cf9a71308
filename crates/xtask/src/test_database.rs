//! A database server for one run of the tests, thrown away afterwards. Each run has its own,
//! so that any number of them can go on at the same time.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::database::{Home, Life, Purpose, Server, stop};
use crate::failure::{Context as _, Failure};
use crate::packages::{self, Need};
use crate::{private_file, workspace};

/// A server that is stopped and removed when this is dropped; should we be killed, the next
/// run does both.
pub(crate) struct TestDatabase {
    server: Option<Server>,
    folder: PathBuf,
    /// Held while the run lasts.
    _claim: File,
}

impl TestDatabase {
    /// Starts a new server under `.local/test-db`.
    pub(crate) fn start() -> Result<Self, Failure> {
        packages::ensure(&[Need::Server])?;
        let (folder, claim) = claim(&workspace::local()?.join("test-db"))?;
        // From here on, leaving early removes the folder.
        let mut database = Self {
            server: None,
            folder,
            _claim: claim,
        };
        let home = Home::at(database.folder.clone())?;
        database.server = Some(Server::ensure(&home, Purpose::Tests, Life::WithUs)?);
        Ok(database)
    }

    /// Its folder, which goes with it.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The server's address without a database: each test makes its own.
    pub(crate) fn server_url(&self) -> Option<String> {
        self.server
            .as_ref()
            .map(|server| server.state().server_url())
    }

    /// The address of an empty database.
    pub(crate) fn database_url(&self) -> Option<String> {
        self.server
            .as_ref()
            .map(|server| server.state().database_url())
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        self.server = None;
        if let Err(failure) = private_file::remove_if_there(&self.folder) {
            println!("{failure}");
        }
    }
}

/// A folder of our own, claimed by a lock that ends with our process, after removing what dead
/// runs have left. One at a time, or one run might sweep away what another has just made.
fn claim(parent: &Path) -> Result<(PathBuf, File), Failure> {
    fs::create_dir_all(parent).context(format!("making {}", parent.display()))?;
    let gate = File::create(parent.join("lock")).context("making a lock")?;
    gate.lock().context("waiting for another test run")?;
    sweep(parent)?;
    let folder = parent.join(format!("run-{}", std::process::id()));
    fs::create_dir(&folder).context(format!("making {}", folder.display()))?;
    let claim = File::create(claim_file(&folder)).context("making a lock")?;
    claim.try_lock().context("claiming our own folder")?;
    Ok((folder, claim))
}

fn claim_file(folder: &Path) -> PathBuf {
    folder.join("claim")
}

fn sweep(parent: &Path) -> Result<(), Failure> {
    let doing = format!("looking into {}", parent.display());
    for entry in fs::read_dir(parent).context(&doing)? {
        let folder = entry.context(&doing)?.path();
        if !folder.is_dir() {
            continue;
        }
        let claimed = File::open(claim_file(&folder)).is_ok_and(|file| file.try_lock().is_err());
        if !claimed {
            stop(&Home::at(folder.clone())?)?;
            private_file::remove_if_there(&folder)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_dead_runs_left_is_removed_and_what_lives_stays() {
        let parent = tempfile::tempdir().unwrap();
        let dead = parent.path().join("run-dead");
        let alive = parent.path().join("run-alive");
        for folder in [&dead, &alive] {
            fs::create_dir(folder).unwrap();
        }
        let held = File::create(claim_file(&alive)).unwrap();
        held.try_lock().unwrap();
        let (ours, _claim) = claim(parent.path()).unwrap();
        assert!(ours.is_dir() && alive.is_dir() && !dead.exists());
    }
}
