//! The list of revoked tokens, in memory, refreshed each second.

use std::collections::HashSet;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use domain::ports::StoreError;
use thiserror::Error;

/// How often the list is read anew.
const INTERVAL: Duration = Duration::from_secs(1);

/// The ids of tokens that are refused although they have not expired.
#[derive(Debug, Default)]
pub struct Revocations(RwLock<Lists>);

#[derive(Debug, Default)]
struct Lists {
    revoked: HashSet<String>,
    /// Revoked here while the list was being read, perhaps too late for that reading.
    meanwhile: HashSet<String>,
}

impl Revocations {
    /// Whether the token of this id is revoked.
    #[must_use]
    pub fn contains(&self, token_id: &str) -> bool {
        let lists = self.0.read().unwrap_or_else(PoisonError::into_inner);
        lists.revoked.contains(token_id)
    }

    pub(super) fn add(&self, token_id: &str) {
        let mut lists = self.0.write().unwrap_or_else(PoisonError::into_inner);
        lists.revoked.insert(token_id.to_owned());
        lists.meanwhile.insert(token_id.to_owned());
    }

    /// Reads the list anew. A failure leaves it as it was.
    ///
    /// # Errors
    /// That of `read`.
    pub fn refresh(
        &self,
        read: impl FnOnce() -> Result<Vec<String>, StoreError>,
    ) -> Result<(), StoreError> {
        self.write().meanwhile.clear();
        let stored = read()?;
        let mut lists = self.write();
        let mut revoked: HashSet<String> = stored.into_iter().collect();
        revoked.extend(lists.meanwhile.iter().cloned());
        lists.revoked = revoked;
        Ok(())
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, Lists> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The thread that refreshes the list; dropping this ends it.
pub struct Refresher {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Why the list cannot be kept.
#[derive(Debug, Error)]
pub enum RefreshError {
    /// It cannot be read even once: who logged out would be let in.
    #[error("the revoked tokens cannot be read: {0}")]
    Store(#[from] StoreError),
    /// The system gives no thread.
    #[error("starting a thread: {0}")]
    Thread(#[from] std::io::Error),
}

impl Refresher {
    /// Reads `revocations` by `read` now, and from now on each second.
    ///
    /// # Errors
    /// [`RefreshError`].
    pub fn start(
        revocations: Arc<Revocations>,
        read: impl Fn() -> Result<Vec<String>, StoreError> + Send + 'static,
    ) -> Result<Self, RefreshError> {
        revocations.refresh(&read)?;
        let (stop, stopped) = channel();
        let thread = Builder::new()
            .name("revocations".to_owned())
            .spawn(move || refresh_until(&stopped, &revocations, &read))?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

fn refresh_until(
    stopped: &Receiver<()>,
    revocations: &Revocations,
    read: &impl Fn() -> Result<Vec<String>, StoreError>,
) {
    let mut healthy = true;
    while stopped.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) {
        let refreshed = revocations.refresh(read);
        if let (Err(error), true) = (&refreshed, healthy) {
            log::warn!("revoked tokens cannot be read, the list stays as it is: {error}");
        }
        healthy = refreshed.is_ok();
    }
}

impl Drop for Refresher {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            // A panic there was logged; there is nothing left to end.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_there_as_soon_as_it_is_kept() {
        let revocations = Arc::new(Revocations::default());
        let read = || Ok(vec!["left".to_owned()]);
        let refresher = Refresher::start(Arc::clone(&revocations), read).unwrap();
        assert!(revocations.contains("left"));
        drop(refresher);
    }

    #[test]
    fn a_list_that_cannot_be_read_is_not_kept() {
        let read = || Err(StoreError::Unavailable);
        let refused = Refresher::start(Arc::default(), read).map(|_| ());
        assert!(matches!(refused, Err(RefreshError::Store(_))));
    }
}
