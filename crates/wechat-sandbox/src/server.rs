//! Starting and stopping a sandbox.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc;
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer, rt, web};

use crate::crypto::keys::{KeyError, KeyMaterial};
use crate::pay::refunds;
use crate::routes;
use crate::settings::Settings;
use crate::state::{Shared, State};

/// The stand-in for WeChat; [`Sandbox::start`] makes it run.
pub struct Sandbox;

/// Why a sandbox could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The settings contradict the protocol.
    #[error("settings: {0}")]
    Settings(&'static str),
    /// The RSA keys could not be read or made.
    #[error("keys: {0}")]
    Keys(String),
    /// The ledger could not be read or written.
    #[error("ledger: {0}")]
    Ledger(io::Error),
    /// The address is taken or not ours.
    #[error("listening: {0}")]
    Listen(io::Error),
    /// The client that delivers notifications could not be built.
    #[error("notifier: {0}")]
    Client(reqwest::Error),
    /// The server's thread ended before it served.
    #[error("the server's thread ended early")]
    Thread,
}

impl From<KeyError> for StartError {
    fn from(error: KeyError) -> Self {
        Self::Keys(error.to_string())
    }
}

/// A sandbox that serves until it is stopped or dropped.
pub struct RunningSandbox {
    address: SocketAddr,
    keys: KeyMaterial,
    server: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Sandbox {
    /// Starts a sandbox on a thread of its own; it answers when this returns.
    ///
    /// # Errors
    /// When the settings are unsound, the keys or the ledger unreadable, or the address taken.
    pub fn start(settings: Settings) -> Result<RunningSandbox, StartError> {
        if let Some(fault) = settings.fault() {
            return Err(StartError::Settings(fault));
        }
        let keys = match &settings.key_dir {
            Some(directory) => KeyMaterial::in_directory(directory)?,
            None => KeyMaterial::of_this_process()?,
        };
        let listener = TcpListener::bind(settings.bind).map_err(StartError::Listen)?;
        let address = listener.local_addr().map_err(StartError::Listen)?;
        let state = web::Data::new(State::new(settings, &keys)?);
        let (report, started) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("wechat-sandbox".to_owned())
            .spawn(move || serve(state, listener, &report))
            .map_err(StartError::Listen)?;
        let server = started.recv().map_err(|_| StartError::Thread)?;
        Ok(RunningSandbox {
            address,
            keys,
            server: server.map_err(StartError::Listen)?,
            thread: Some(thread),
        })
    }
}

fn serve(state: Shared, listener: TcpListener, report: &mpsc::Sender<io::Result<ServerHandle>>) {
    let workers = state.settings.workers.max(1);
    rt::System::new().block_on(async move {
        refunds::resume(&state);
        let app = move || App::new().app_data(state.clone()).configure(routes::all);
        // Signals belong to the program that hosts the sandbox, be it a test.
        let server = HttpServer::new(app)
            .workers(workers)
            .disable_signals()
            .listen(listener)
            .map(HttpServer::run);
        let outcome = match server {
            Ok(server) => {
                let told = report.send(Ok(server.handle()));
                if told.is_err() { Ok(()) } else { server.await }
            }
            Err(error) => {
                let told = report.send(Err(error));
                told.map_err(|_| io::ErrorKind::BrokenPipe.into())
            }
        };
        if let Err(error) = outcome {
            log::error!("the sandbox ended: {error}");
        }
    });
}

impl RunningSandbox {
    /// Where the sandbox listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base URL of every service of WeChat's, without a slash at its end.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The keys a client needs: the merchant's to sign, the platform's to verify.
    #[must_use]
    pub fn keys(&self) -> &KeyMaterial {
        &self.keys
    }

    /// Stops at once and waits until the port is free. What was underway is dropped.
    pub fn stop(mut self) {
        self.halt();
    }

    /// Serves until the process ends.
    pub fn wait(mut self) {
        self.join();
    }

    fn halt(&mut self) {
        // The command is sent by the call itself; the future would only wait for the end, which
        // joining the thread does as well.
        drop(self.server.stop(false));
        self.join();
    }

    fn join(&mut self) {
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            log::error!("the sandbox's thread panicked");
        }
    }
}

impl Drop for RunningSandbox {
    fn drop(&mut self) {
        self.halt();
    }
}
