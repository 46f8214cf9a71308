//! Ctrl-C and SIGTERM: noted here, obeyed by whoever is waiting for something.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::failure::{Context as _, Failure};

/// One flag for the whole program, because a signal is sent to the whole program.
static ASKED: AtomicBool = AtomicBool::new(false);

/// From now on a signal does not kill us, so that we can stop our children in order.
pub(crate) fn listen() -> Result<(), Failure> {
    ctrlc::set_handler(|| ASKED.store(true, Ordering::SeqCst)).context("listening for Ctrl-C")
}

/// Has someone asked us to stop?
pub(crate) fn asked() -> bool {
    ASKED.load(Ordering::SeqCst)
}

/// Gives up the present work if someone has asked us to stop.
pub(crate) fn check() -> Result<(), Failure> {
    if asked() {
        Err(Failure::Interrupted)
    } else {
        Ok(())
    }
}
