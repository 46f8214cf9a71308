//! How the process is told to stop.

use std::future::{Future, poll_fn};
use std::io;
use std::task::Poll;

use actix_web::rt::signal::unix::{SignalKind, signal};

/// Resolves on SIGTERM and on Ctrl-C. From this call on neither ends the process by itself; the
/// ready-made handling of actix-web begins only some time after its server has started.
///
/// # Errors
/// If the system lets no handler be set.
pub(super) fn told_to_stop() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(poll_fn(move |context| {
        let terminated = terminate.poll_recv(context).is_ready();
        let interrupted = interrupt.poll_recv(context).is_ready();
        if terminated || interrupted {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }))
}
