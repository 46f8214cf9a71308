//! The folder of one private server, and what is where in it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::failure::{Context as _, Failure};
use crate::{random, workspace};

/// The longest path the system takes for a socket, with a byte for its end.
const LONGEST_SOCKET: usize = 107;

/// One server's folder.
#[derive(Clone, Debug)]
pub(crate) struct Home {
    folder: PathBuf,
}

impl Home {
    /// The development server's.
    pub(crate) fn development() -> Result<Self, Failure> {
        Self::at(workspace::local()?.join("db"))
    }

    /// Any folder, made if need be. The server finds itself there by its absolute path.
    pub(crate) fn at(folder: PathBuf) -> Result<Self, Failure> {
        let doing = format!("making {}", folder.display());
        fs::create_dir_all(&folder).context(&doing)?;
        let folder = folder.canonicalize().context(doing)?;
        Ok(Self { folder })
    }

    /// The folder itself.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The server's own files.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// What the server says, also while its files are being made.
    pub(crate) fn log(&self) -> PathBuf {
        self.folder.join("server.log")
    }

    /// The log, opened at its end.
    pub(crate) fn open_log(&self) -> Result<File, Failure> {
        let path = self.log();
        fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .context(format!("opening {}", path.display()))
    }

    /// The last lines of the log, for a message about a server that would not start.
    pub(crate) fn last_words(&self) -> String {
        const LINES: usize = 12;
        let log = fs::read(self.log()).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let mut lines: Vec<_> = log.lines().rev().take(LINES).collect();
        lines.reverse();
        lines.join("\n")
    }

    /// The statements the server runs at each start.
    pub(crate) fn init_file(&self) -> PathBuf {
        self.folder.join("init.sql")
    }

    /// What we remember of the server between two commands.
    pub(crate) fn state_file(&self) -> PathBuf {
        self.folder.join("server.json")
    }

    /// Held while a server is being started or stopped here.
    pub(crate) fn lock(&self) -> Result<File, Failure> {
        let path = self.folder.join("lock");
        let file = File::create(&path).context(format!("making {}", path.display()))?;
        file.lock().context(format!("locking {}", path.display()))?;
        Ok(file)
    }

    /// A new place for the socket: here, or among the temporary files when the clone lies too
    /// deep for the system's limit.
    pub(crate) fn choose_socket(&self) -> Result<PathBuf, Failure> {
        let here = self.folder.join("server.sock");
        if fits(&here) {
            return Ok(here);
        }
        let name = format!("palace-{}.sock", random::hex(8)?);
        let elsewhere = std::env::temp_dir().join(&name);
        if fits(&elsewhere) {
            return Ok(elsewhere);
        }
        Ok(Path::new("/tmp").join(name))
    }
}

fn fits(socket: &Path) -> bool {
    socket.as_os_str().len() <= LONGEST_SOCKET
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_socket_is_at_home_unless_home_lies_too_deep() {
        let folder = tempfile::tempdir().unwrap();
        let shallow = Home::at(folder.path().join("db")).unwrap();
        assert!(
            shallow
                .choose_socket()
                .unwrap()
                .starts_with(shallow.folder())
        );
        let deep = Home::at(folder.path().join("d".repeat(120))).unwrap();
        let socket = deep.choose_socket().unwrap();
        assert!(!socket.starts_with(deep.folder()));
        assert!(fits(&socket));
    }

    #[test]
    fn the_last_words_are_the_end_of_the_log() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().to_path_buf()).unwrap();
        assert_eq!(home.last_words(), "");
        let lines: Vec<_> = (1..=20).map(|line| line.to_string()).collect();
        fs::write(home.log(), lines.join("\n")).unwrap();
        assert!(home.last_words().starts_with("9\n10"));
        assert!(home.last_words().ends_with("20"));
    }
}
