//! Programs that run beside us: each in its own process group, so that Ctrl-C reaches only us
//! and we stop them in order; none of them outlives us.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use crate::failure::{Context as _, Failure};
use crate::programs;

/// How often we look whether something has happened.
pub(crate) const GLANCE: Duration = Duration::from_millis(50);

/// A command that the system stops when we die, even by SIGKILL, where the machine has
/// `setpriv` (Debian and Ubuntu always do).
pub(crate) fn bound_to_us(program: &Path) -> Command {
    let Some(setpriv) = programs::find("setpriv") else {
        return Command::new(program);
    };
    let mut command = Command::new(setpriv);
    command.args(["--pdeathsig", "TERM", "--"]).arg(program);
    command
}

/// A child at work. Dropped, it is stopped.
pub(crate) struct Running {
    name: &'static str,
    child: Child,
    /// How long it may take to finish what it is doing.
    grace: Duration,
    /// When it was asked to end. Only once: a second request can mean "at once".
    asked: Option<Instant>,
    left_alone: bool,
}

impl Running {
    /// Starts a child whose output goes where the command says.
    pub(crate) fn start(
        name: &'static str,
        grace: Duration,
        command: &mut Command,
    ) -> Result<Self, Failure> {
        let child = command
            .stdin(Stdio::null())
            .process_group(0)
            .spawn()
            .context(format!("starting {name}"))?;
        Ok(Self {
            name,
            child,
            grace,
            asked: None,
            left_alone: false,
        })
    }

    /// Starts a child whose every line of output is shown behind its name.
    pub(crate) fn start_prefixed(
        name: &'static str,
        grace: Duration,
        command: &mut Command,
    ) -> Result<Self, Failure> {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut running = Self::start(name, grace, command)?;
        if let Some(output) = running.child.stdout.take() {
            thread::spawn(move || show_lines(name, output));
        }
        if let Some(output) = running.child.stderr.take() {
            thread::spawn(move || show_lines(name, output));
        }
        Ok(running)
    }

    /// What the child is called.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// Its process number.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// How it ended, if it has.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Sends a signal to the child and all that it started, unless it has ended: its number
    /// might then be another's.
    fn signal(&mut self, signal: Signal) {
        if self.ended().is_some() {
            return;
        }
        if let Ok(group) = i32::try_from(self.id()) {
            // The only possible error is that it has just ended, which is what we want.
            let _ = killpg(Pid::from_raw(group), signal);
        }
    }

    /// Asks the child to end, without waiting: several can end at the same time.
    pub(crate) fn ask_to_end(&mut self) -> Instant {
        if let Some(asked) = self.asked {
            return asked;
        }
        self.signal(Signal::SIGTERM);
        *self.asked.insert(Instant::now())
    }

    /// Asks the child to end, waits as long as its grace allows, then ends it.
    pub(crate) fn stop(&mut self) {
        let deadline = self.ask_to_end() + self.grace;
        while self.ended().is_none() {
            if Instant::now() >= deadline {
                self.signal(Signal::SIGKILL);
                drop(self.child.wait());
                return;
            }
            thread::sleep(GLANCE);
        }
    }

    /// Lets the child go on after us.
    pub(crate) fn leave_running(mut self) {
        self.left_alone = true;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.left_alone {
            self.stop();
        }
    }
}

/// Shows lines until the child closes its output. Goes on reading even when nobody listens to
/// us any more: a child that nobody reads from would stand still.
fn show_lines(name: &str, output: impl Read) {
    let mut reader = BufReader::new(output);
    let mut line = Vec::new();
    while matches!(reader.read_until(b'\n', &mut line), Ok(length) if length > 0) {
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end();
        drop(writeln!(std::io::stdout().lock(), "{name:>14} | {text}"));
        line.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = bound_to_us(Path::new("/bin/sh"));
        command.args(["-c", script]);
        command
    }

    fn wait(child: &mut Running) -> ExitStatus {
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            if let Some(status) = child.ended() {
                return status;
            }
            assert!(Instant::now() < deadline, "the child never ended");
            thread::sleep(GLANCE);
        }
    }

    #[test]
    fn a_dead_child_is_noticed_with_its_status() {
        let mut child =
            Running::start_prefixed("dummy", Duration::ZERO, &mut shell("exit 7")).unwrap();
        assert_eq!(wait(&mut child).code(), Some(7));
    }

    #[test]
    fn a_child_that_listens_ends_by_itself() {
        let folder = tempfile::tempdir().unwrap();
        let ready = folder.path().join("ready");
        let script = format!(
            "trap 'exit 3' TERM; touch {}; while :; do sleep 0.05; done",
            ready.display()
        );
        let mut child =
            Running::start("dummy", Duration::from_secs(10), &mut shell(&script)).unwrap();
        while !ready.exists() {
            thread::sleep(GLANCE);
        }
        child.stop();
        assert_eq!(wait(&mut child).code(), Some(3));
    }

    #[test]
    fn a_deaf_child_is_ended_after_its_grace_with_all_that_it_started() {
        use std::os::unix::process::ExitStatusExt as _;
        let folder = tempfile::tempdir().unwrap();
        let mark = folder.path().join("grandchild");
        let script = format!(
            "trap '' TERM; (sleep 2; touch {0}) & touch {0}.ready; wait; sleep 60",
            mark.display()
        );
        let mut child =
            Running::start("dummy", Duration::from_millis(200), &mut shell(&script)).unwrap();
        while !folder.path().join("grandchild.ready").exists() {
            thread::sleep(GLANCE);
        }
        child.stop();
        assert_eq!(wait(&mut child).signal(), Some(9));
        thread::sleep(Duration::from_millis(2500));
        assert!(!mark.exists(), "the grandchild went on");
    }

    #[test]
    fn a_dropped_child_is_stopped() {
        let child =
            Running::start("dummy", Duration::from_secs(5), &mut shell("sleep 60")).unwrap();
        let process = format!("/proc/{}", child.id());
        assert!(Path::new(&process).exists());
        drop(child);
        assert!(!Path::new(&process).exists());
    }
}
