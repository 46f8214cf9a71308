//! A program under test, as a process of its own.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::failure::{Context as _, Failure};

/// How long a program may take until it is ready.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often it is asked.
const GLANCE: Duration = Duration::from_millis(20);

/// A program that listens. Dropped, it is killed: nothing that it holds has to outlive it.
pub(crate) struct Process {
    child: Child,
    address: SocketAddr,
}

impl Process {
    /// Starts `command`, which listens on `port`, and waits until it answers 200 on `path`. What
    /// it says goes to `log`.
    pub(crate) fn start(
        command: &mut Command,
        port: u16,
        path: &str,
        log: &Path,
    ) -> Result<Self, Failure> {
        let doing = format!("starting {}", command.get_program().display());
        let output = log_file(log)?;
        let errors = output.try_clone().context(&doing)?;
        command.stdin(Stdio::null()).stdout(output).stderr(errors);
        let mut process = Self {
            child: command.spawn().context(&doing)?,
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
        };
        let deadline = Instant::now() + PATIENCE;
        while !is_ok(process.address, path) {
            if process.has_ended() || Instant::now() >= deadline {
                let words = format!("{doing}: it is not ready; see {}", log.display());
                return Err(Failure::new(words));
            }
            sleep(GLANCE);
        }
        Ok(process)
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether it has ended by itself.
    pub(crate) fn has_ended(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)) | Err(_))
    }

    /// The most memory it ever had, in millions of bytes.
    pub(crate) fn peak_memory(&self) -> Result<f64, Failure> {
        let path = format!("/proc/{}/status", self.child.id());
        let status = fs::read_to_string(&path).context(format!("reading {path}"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
        let kibibytes: Option<f64> = kibibytes.and_then(|number| number.parse().ok());
        kibibytes
            .map(|number| number * 1024.0 / 1_000_000.0)
            .ok_or_else(|| Failure::new(format!("{path} does not tell the memory")))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // SIGKILL, as a power cut would; it may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A port that is free now; nobody else asks for it in the moment until the program does.
pub(crate) fn free_port() -> Result<u16, Failure> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .context("looking for a free port")
}

/// A program that was built beside us.
pub(crate) fn beside_us(name: &str) -> Result<PathBuf, Failure> {
    let ours = std::env::current_exe().context("finding our own program")?;
    Ok(ours.with_file_name(name))
}

fn log_file(path: &Path) -> Result<File, Failure> {
    let doing = format!("opening {}", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).context(&doing)?;
    }
    File::options()
        .create(true)
        .append(true)
        .open(path)
        .context(doing)
}

fn is_ok(address: SocketAddr, path: &str) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n"
        )?;
        let mut head = [0; 12];
        stream.read_exact(&mut head)?;
        Ok(head.ends_with(b" 200"))
    };
    ask().unwrap_or(false)
}
