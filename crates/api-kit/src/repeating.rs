//! Work that a thread of its own does again and again, for as long as a service lives.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use domain::ports::StoreError;

/// The thread; dropping this ends it, once the work that it is at is done.
pub struct Repeating {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Repeating {
    /// Does `work` after each `pause`. That it fails is logged once, and again only after it has
    /// succeeded in between; it goes on all the same. A panic counts as a failure.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start(
        name: &'static str,
        pause: Duration,
        work: impl FnMut() -> Result<(), StoreError> + Send + 'static,
    ) -> std::io::Result<Self> {
        let (stop, stopped) = channel();
        let thread = Builder::new()
            .name(name.to_owned())
            .spawn(move || repeat(name, pause, &stopped, work))?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

fn repeat(
    name: &str,
    pause: Duration,
    stopped: &Receiver<()>,
    mut work: impl FnMut() -> Result<(), StoreError>,
) {
    let mut healthy = true;
    while stopped.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
        // What the work keeps is what it had finished before; the panic hook has told of a panic.
        let done = catch_unwind(AssertUnwindSafe(&mut work))
            .unwrap_or_else(|_| Err(StoreError::Fault("it panicked".to_owned())));
        if let (Err(error), true) = (&done, healthy) {
            log::warn!("{name} cannot be refreshed, what is known stays as it is: {error}");
        }
        healthy = done.is_ok();
    }
}

impl Drop for Repeating {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            // It cannot have panicked: the work is caught.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_on_after_failures_and_panics_until_it_is_dropped() {
        let (tell, told) = channel();
        let mut runs = 0;
        let repeating = Repeating::start("test", Duration::ZERO, move || {
            runs += 1;
            tell.send(runs).unwrap();
            match runs {
                1 => Err(StoreError::Unavailable),
                2 => panic!("on purpose"),
                _ => Ok(()),
            }
        });
        let first: Vec<i32> = told.iter().take(4).collect();
        assert_eq!(first, [1, 2, 3, 4]);
        drop(repeating.unwrap());
        // This ends because the thread is gone, which alone can tell.
        told.iter().for_each(drop);
    }
}
