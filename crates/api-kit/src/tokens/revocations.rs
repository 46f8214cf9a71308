//! The list of revoked tokens, in memory, refreshed each second.

use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use domain::ports::StoreError;
use thiserror::Error;

use crate::repeating::Repeating;

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

/// Refreshes the list until it is dropped.
pub struct Refresher {
    _thread: Repeating,
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
        let again = move || revocations.refresh(&read);
        Ok(Self {
            _thread: Repeating::start("revocations", INTERVAL, again)?,
        })
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
