//! How the private servers are set up, and what they run at each start.

use std::ffi::OsString;

use super::state::State;
use super::{Home, NAME, USER};

/// What a server is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Development: as durable as production.
    Development,
    /// A test run: the data is thrown away, so it need not survive the machine.
    Tests,
    /// The benchmark: as durable as production, so that times mean something.
    Benchmark,
    /// Filling the benchmark's database: who loses power half way begins anew.
    Filling,
}

impl Purpose {
    fn tuning(self) -> &'static [&'static str] {
        match self {
            Self::Development => &[
                "--innodb-flush-log-at-trx-commit=1",
                "--innodb-buffer-pool-size=512M",
            ],
            // A test run would otherwise spend half of its time on the disk: waiting for it at
            // each commit and each CREATE TABLE, and making a file for every table of every
            // test. Loose, for a server that has given up one of these does as well without.
            Self::Benchmark => &[
                "--innodb-flush-log-at-trx-commit=1",
                "--innodb-log-file-size=1G",
            ],
            Self::Filling => &[
                "--innodb-flush-log-at-trx-commit=0",
                "--innodb-doublewrite=0",
                "--innodb-log-file-size=1G",
                // Millions of keys are sorted at a time, once their rows are there.
                "--innodb-sort-buffer-size=64M",
            ],
            Self::Tests => &[
                "--innodb-flush-log-at-trx-commit=2",
                "--loose-innodb-flush-method=nosync",
                "--loose-innodb-doublewrite=0",
                "--loose-innodb-file-per-table=0",
                "--loose-sync-frm=0",
                "--innodb-buffer-pool-size=256M",
            ],
        }
    }

    /// How much of its data the server holds in memory, if it depends on the machine: a quarter
    /// of the memory, within what a small and a large machine for this would be given.
    fn buffer_pool(self) -> Option<String> {
        const LEAST_MIB: u64 = 1024;
        const MOST_MIB: u64 = 4096;
        match self {
            Self::Development | Self::Tests => None,
            Self::Benchmark | Self::Filling => {
                let quarter = memory_mib() / 4;
                let size = quarter.clamp(LEAST_MIB, MOST_MIB);
                Some(format!("--innodb-buffer-pool-size={size}M"))
            }
        }
    }

    /// The services need their database only; tests make their own, watch other connections
    /// and end them; the benchmark loads files, and asks the server how it is set up.
    fn scope(self) -> String {
        match self {
            Self::Development => format!("`{NAME}`.*"),
            Self::Tests | Self::Benchmark | Self::Filling => String::from("*.*"),
        }
    }
}

/// The arguments of mariadbd.
pub(crate) fn arguments(home: &Home, state: &State, purpose: Purpose) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = [
        // First, or mariadbd refuses it: the machine's own settings are none of ours.
        "--no-defaults",
        "--bind-address=127.0.0.1",
        "--skip-name-resolve",
        "--skip-log-bin",
        "--max-connections=400",
        "--character-set-server=utf8mb4",
        "--collation-server=utf8mb4_bin",
        "--default-time-zone=+00:00",
    ]
    .into_iter()
    .chain(purpose.tuning().iter().copied())
    .map(OsString::from)
    .collect();
    arguments.extend(purpose.buffer_pool().map(OsString::from));
    arguments.extend(super::install::as_ourselves().map(OsString::from));
    arguments.push(format!("--port={}", state.port).into());
    arguments.push(option("--datadir=", home.data().as_os_str()));
    arguments.push(option("--socket=", state.socket.as_os_str()));
    arguments.push(option(
        "--pid-file=",
        home.folder().join("server.pid").as_os_str(),
    ));
    arguments.push(option("--init-file=", home.init_file().as_os_str()));
    arguments
}

/// The machine's memory; 0 where the system does not tell.
fn memory_mib() -> u64 {
    let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    kibibytes
        .and_then(|number| number.parse().ok())
        .unwrap_or(0_u64)
        / 1024
}

/// `--name=value`, whatever bytes the value is made of.
pub(crate) fn option(name: &str, value: &std::ffi::OsStr) -> OsString {
    let mut option = OsString::from(name);
    option.push(value);
    option
}

/// What the server runs at each start, one statement a line: it has no client to be told by.
/// The password is set anew each time, so that a lost state file does no harm.
pub(crate) fn init_statements(state: &State, purpose: Purpose) -> String {
    let mut statements = format!(
        "CREATE DATABASE IF NOT EXISTS `{NAME}` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;\n"
    );
    // For the server, `localhost` is the socket and nothing else.
    for host in ["127.0.0.1", "localhost"] {
        let account = format!("'{USER}'@'{host}'");
        let scope = purpose.scope();
        statements.push_str(&format!("CREATE USER IF NOT EXISTS {account};\n"));
        statements.push_str(&format!(
            "ALTER USER {account} IDENTIFIED BY '{}';\n",
            state.password
        ));
        statements.push_str(&format!("GRANT ALL PRIVILEGES ON {scope} TO {account};\n"));
    }
    statements
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn state() -> State {
        State {
            pid: 0,
            port: 4000,
            socket: PathBuf::from("/tmp/s.sock"),
            password: String::from("abc123"),
        }
    }

    #[test]
    fn the_machines_own_settings_are_left_out_first() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().to_path_buf()).unwrap();
        let arguments = arguments(&home, &state(), Purpose::Development);
        assert_eq!(arguments.first().unwrap(), "--no-defaults");
        assert!(arguments.contains(&"--innodb-flush-log-at-trx-commit=1".into()));
        assert!(arguments.contains(&"--port=4000".into()));
    }

    #[test]
    fn only_what_is_thrown_away_may_be_lost() {
        for purpose in [Purpose::Development, Purpose::Benchmark] {
            let durable = purpose.tuning();
            assert!(durable.contains(&"--innodb-flush-log-at-trx-commit=1"));
            assert!(!durable.iter().any(|option| option.starts_with("--loose")));
        }
    }

    #[test]
    fn each_statement_has_its_line() {
        let statements = init_statements(&state(), Purpose::Tests);
        assert!(statements.lines().all(|line| line.ends_with(';')));
        assert_eq!(statements.lines().count(), 7);
        assert!(statements.contains("IDENTIFIED BY 'abc123'"));
    }
}
