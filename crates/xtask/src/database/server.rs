//! Starting and stopping a private server.

use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::settings::{Purpose, arguments, init_statements};
use super::state::State;
use super::{Home, greeting, install};
use crate::children::{GLANCE, Running, bound_to_us};
use crate::failure::{Context as _, Failure};
use crate::{interrupt, ports, private_file};

/// How long a server may take to finish what it has in memory.
const GRACE: Duration = Duration::from_secs(30);

/// How long a server is to live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    /// As long as the command that starts it, however that command ends.
    WithUs,
    /// Until someone stops it: `cargo xtask db start` returns while its server stays.
    BeyondUs,
}

/// A private server that answers. Dropped, it is stopped, unless it ran before us.
pub(crate) struct Server {
    home: Home,
    state: State,
    /// `None` for a server that someone else started.
    child: Option<Running>,
}

impl Server {
    /// The server of this home: the one that runs, or a new one.
    pub(crate) fn ensure(home: &Home, purpose: Purpose, life: Life) -> Result<Self, Failure> {
        let _lock = home.lock()?;
        let state = State::load(home)?;
        // One that lives without answering is on its way down, after a command that was killed.
        while state.is_alive(home) {
            if greeting::answers(&state.socket) {
                return Ok(Self {
                    home: home.clone(),
                    state,
                    child: None,
                });
            }
            interrupt::check()?;
            thread::sleep(GLANCE);
        }
        install::ensure(home)?;
        start(home, state, purpose, life)
    }

    /// Where it is.
    pub(crate) fn state(&self) -> &State {
        &self.state
    }

    /// Was it there before us? Then it is not ours to stop.
    pub(crate) fn was_running(&self) -> bool {
        self.child.is_none()
    }

    /// Is it still there?
    pub(crate) fn is_alive(&mut self) -> bool {
        match &mut self.child {
            Some(child) => child.ended().is_none(),
            None => self.state.is_alive(&self.home),
        }
    }

    /// Lets it go on after us, which takes a `Life::BeyondUs` to be of use.
    pub(crate) fn leave_running(mut self) {
        if let Some(child) = self.child.take() {
            child.leave_running();
        }
    }
}

/// Stops the server of this home, whoever started it; says whether there was one.
pub(crate) fn stop(home: &Home) -> Result<bool, Failure> {
    let _lock = home.lock()?;
    let state = State::load(home)?;
    if !state.is_alive(home) {
        return Ok(false);
    }
    let pid = i32::try_from(state.pid).context("reading the server's process number")?;
    kill(Pid::from_raw(pid), Signal::SIGTERM).context("stopping the database server")?;
    let deadline = Instant::now() + GRACE;
    while state.is_alive(home) {
        if Instant::now() >= deadline {
            return Err(Failure::new(format!(
                "the database server (process {pid}) has not stopped within {} seconds; see {}",
                GRACE.as_secs(),
                home.log().display()
            )));
        }
        thread::sleep(GLANCE);
    }
    Ok(true)
}

/// Starts a server, on another port if the one we chose was taken between our choosing it and
/// the server's opening it.
fn start(home: &Home, mut state: State, purpose: Purpose, life: Life) -> Result<Server, Failure> {
    const TRIES: u32 = 5;
    for _ in 0..TRIES {
        // The last port again if we can: bookmarks and open clients go on working.
        if state.port == 0 || !ports::is_free(state.port) {
            state.port = ports::any()?;
        }
        state.socket = home.choose_socket()?;
        private_file::write(&home.init_file(), &init_statements(&state, purpose))?;
        private_file::remove_if_there(&home.log())?;
        let mut child = launch(home, &state, purpose, life)?;
        if wait_until_it_answers(&mut child, &state)? {
            state.pid = child.id();
            state.save(home)?;
            return Ok(Server {
                home: home.clone(),
                state,
                child: Some(child),
            });
        }
        if !home.last_words().contains("Bind on TCP/IP port") {
            break;
        }
        state.port = 0;
    }
    Err(Failure::new(format!(
        "the database server did not start; the end of {}:\n{}",
        home.log().display(),
        home.last_words()
    )))
}

fn launch(home: &Home, state: &State, purpose: Purpose, life: Life) -> Result<Running, Failure> {
    let program = install::program()?;
    let log = home.open_log()?;
    let errors = log.try_clone().context("opening the log twice")?;
    let mut command = match life {
        Life::WithUs => bound_to_us(&program),
        Life::BeyondUs => Command::new(&program),
    };
    command
        .args(arguments(home, state, purpose))
        .stdout(log)
        .stderr(errors);
    Running::start("database", GRACE, &mut command)
}

fn wait_until_it_answers(child: &mut Running, state: &State) -> Result<bool, Failure> {
    const PATIENCE: Duration = Duration::from_secs(120);
    let deadline = Instant::now() + PATIENCE;
    while child.ended().is_none() && Instant::now() < deadline {
        interrupt::check()?;
        if greeting::answers(&state.socket) {
            return Ok(true);
        }
        thread::sleep(GLANCE);
    }
    Ok(false)
}
