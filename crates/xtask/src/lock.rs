//! At most one `cargo xtask up` in a clone.

use std::fs::{File, TryLockError};

use crate::failure::{Context as _, Failure};
use crate::workspace;

/// Held as long as it lives; the system lets go of it when the process ends, however it ends,
/// so that no dead process is ever taken for a living one.
#[derive(Debug)]
pub(crate) struct Held(#[expect(dead_code, reason = "it is held, not read")] File);

/// The lock of `up`, or `None` while another process has it.
pub(crate) fn try_up() -> Result<Option<Held>, Failure> {
    let path = workspace::local()?.join("up.lock");
    let doing = format!("locking {}", path.display());
    let file = File::create(&path).context(&doing)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(Held(file))),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error).context(doing),
    }
}
