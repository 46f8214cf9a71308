//! A service in the process of somebody else, who decides when it ends.

use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::sync::mpsc;
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use actix_web::rt;

use super::{Service, SystemRefused};

/// A service that answers until it is dropped. Signals are left to the program around it.
pub struct Running {
    address: SocketAddr,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    pub(super) fn start(service: Service) -> Result<Self, SystemRefused> {
        let address = service
            .address()
            .map_err(SystemRefused::when("listening"))?;
        let (report, started) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name(service.name.to_owned())
            .spawn(move || serve_and_report(&service, &report))
            .map_err(SystemRefused::when("starting a thread"))?;
        let ended_early = |_| io::Error::other("the server's thread ended early");
        let handle = started.recv().map_err(ended_early).flatten();
        Ok(Self {
            address,
            handle: handle.map_err(SystemRefused::when("starting"))?,
            thread: Some(thread),
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

fn serve_and_report(service: &Service, report: &mpsc::Sender<io::Result<ServerHandle>>) {
    rt::System::new().block_on(async {
        let server = match service.server(pending()) {
            Ok(server) => server,
            Err(error) => {
                // Nobody listening means that nobody wants the service any more.
                let _ = report.send(Err(error));
                return;
            }
        };
        if report.send(Ok(server.handle())).is_ok()
            && let Err(error) = server.await
        {
            log::error!("the server ended: {error}");
        }
    });
}

impl Drop for Running {
    fn drop(&mut self) {
        // The command is sent by the call itself; joining the thread waits for the end.
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            // A panic there has been told by the panic hook.
            let _ = thread.join();
        }
    }
}
