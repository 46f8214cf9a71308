//! The list of revoked tokens, in memory, refreshed each second.

use std::collections::HashSet;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use domain::clock::Clock;
use domain::ports::{Queries, StoreError};

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

impl Refresher {
    /// Starts refreshing `revocations` from `queries`.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start(
        revocations: Arc<Revocations>,
        queries: Arc<dyn Queries>,
        clock: Arc<dyn Clock>,
    ) -> std::io::Result<Self> {
        let (stop, stopped) = channel();
        let thread = Builder::new()
            .name("revocations".to_owned())
            .spawn(move || {
                let mut healthy = true;
                loop {
                    let refreshed = revocations.refresh(|| queries.revoked_tokens(clock.now()));
                    if let (Err(error), true) = (&refreshed, healthy) {
                        log::warn!(
                            "revoked tokens cannot be read, the list stays as it is: {error}"
                        );
                    }
                    healthy = refreshed.is_ok();
                    if stopped.recv_timeout(INTERVAL) != Err(RecvTimeoutError::Timeout) {
                        return;
                    }
                }
            })?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
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
