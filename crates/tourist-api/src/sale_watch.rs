//! The days on sale, kept in memory by one thread.
//!
//! What everybody reads is answered from there, and an order that cannot succeed is refused from
//! there. No request asks the database in its place, so that a crowd of readers costs it nothing.

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::rt;
use api_kit::error::ApiError;
use api_kit::repeating::Repeating;
use domain::clock::Clock;
use domain::ports::{Queries, StoreError};
use domain::refusal::Refusal;
use domain::rules::Rules;
use domain::use_cases::order_request::OrderDraft;
use domain::use_cases::pass_visits::VisitDraft;
use domain::use_cases::sale_snapshot::SaleSnapshot;
use thiserror::Error;
use tokio::sync::watch;

use crate::refusals::{self, DecidedBy, count};
use crate::sale_pages::SalePages;

/// How long the thread rests between two snapshots. Where one takes up to 75 ms, none that is in
/// use was begun more than 250 ms ago.
const PAUSE: Duration = Duration::from_millis(100);

/// An order is refused by what was so at most this long ago, else it goes to the desk: for no
/// longer is anybody refused who would have succeeded.
const REFUSES_FOR: Duration = Duration::from_millis(250);

/// Readers are shown what was so at most this long ago.
const SHOWN_FOR: Duration = Duration::from_secs(1);

/// How long a reader waits for a snapshot that can be shown. Where the thread gets none from the
/// database in this time, thousands of readers would not do better: they are asked to come again.
const PATIENCE: Duration = Duration::from_secs(2);

/// A snapshot and what is shown of it.
pub(crate) struct Seen {
    /// Before its first question was asked.
    begun: Instant,
    snapshot: SaleSnapshot,
    pages: SalePages,
}

impl Seen {
    /// What is shown of it.
    pub(crate) fn pages(&self) -> &SalePages {
        &self.pages
    }

    fn is_younger(&self, limit: Duration) -> bool {
        self.begun.elapsed() <= limit
    }
}

/// What it takes to look at the days on sale.
pub(crate) struct Lookout {
    pub(crate) queries: Arc<dyn Queries>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) rules: Rules,
}

impl Lookout {
    fn look(&self, before: Option<&Seen>) -> Result<Seen, StoreError> {
        let (begun, now) = (Instant::now(), self.clock.now());
        let known = before.map(|seen| &seen.snapshot);
        let snapshot = SaleSnapshot::take(&*self.queries, known, &self.rules, now)?;
        let shown = before.map(|seen| (&seen.snapshot, &seen.pages));
        let pages = SalePages::write(&snapshot, shown, &self.rules, now)
            .map_err(|error| StoreError::Fault(error.to_string()))?;
        metrics::histogram!("sale_snapshot_seconds").record(begun.elapsed());
        metrics::gauge!("sale_snapshot_timestamp").set(seconds(now.timestamp_millis()));
        Ok(Seen {
            begun,
            snapshot,
            pages,
        })
    }
}

#[expect(
    clippy::cast_precision_loss,
    clippy::as_conversions,
    reason = "milliseconds since 1970 are below 2^52 for longer than the museum has stood"
)]
fn seconds(milliseconds: i64) -> f64 {
    milliseconds as f64 / 1000.0
}

/// Why the days on sale cannot be watched.
#[derive(Debug, Error)]
pub enum WatchError {
    /// They cannot be read even once: nothing could be shown.
    #[error("the days on sale cannot be read: {0}")]
    Store(#[from] StoreError),
    /// The system gives no thread.
    #[error("starting a thread: {0}")]
    Thread(#[from] std::io::Error),
}

/// The newest snapshot.
pub(crate) struct SaleWatch {
    latest: watch::Receiver<Arc<Seen>>,
    rules: Rules,
}

impl SaleWatch {
    /// Looks now, and from now on again and again until the second half is dropped. What cannot be
    /// read leaves the snapshot as it is.
    ///
    /// # Errors
    /// [`WatchError`].
    pub(crate) fn start(lookout: Lookout) -> Result<(Arc<Self>, Repeating), WatchError> {
        describe();
        let (publish, latest) = watch::channel(Arc::new(lookout.look(None)?));
        let watch = Arc::new(Self {
            latest,
            rules: lookout.rules.clone(),
        });
        let look_again = move || {
            let before = Arc::clone(&publish.borrow());
            let seen = lookout.look(Some(&before)).inspect_err(|_| {
                metrics::counter!("sale_snapshot_failures_total").increment(1);
            })?;
            publish.send_replace(Arc::new(seen));
            Ok(())
        };
        Ok((watch, Repeating::start("sale-watch", PAUSE, look_again)?))
    }

    /// What can be shown now.
    ///
    /// # Errors
    /// `overloaded` if there is nothing of the last second, nor within the next two.
    pub(crate) async fn latest(&self) -> Result<Arc<Seen>, ApiError> {
        let seen = Arc::clone(&self.latest.borrow());
        if seen.is_younger(SHOWN_FOR) {
            return Ok(seen);
        }
        let mut latest = self.latest.clone();
        let waited = rt::time::timeout(PATIENCE, async move {
            let newer = latest.wait_for(|seen| seen.is_younger(SHOWN_FOR)).await;
            newer.map(|seen| Arc::clone(&seen))
        });
        let newer = waited.await.ok().and_then(Result::ok);
        newer.ok_or_else(|| ApiError::overloaded().caused_by("the days on sale are not known"))
    }

    /// Refuses an order that surely cannot succeed, without the database.
    ///
    /// # Errors
    /// The same as from the desk.
    pub(crate) fn check(&self, draft: &OrderDraft) -> Result<(), ApiError> {
        self.refuse(Instant::now(), |snapshot| {
            snapshot.refusal(draft, &self.rules)
        })
    }

    /// The same for a visit on an annual pass.
    ///
    /// # Errors
    /// The same as from the desk.
    pub(crate) fn check_visit(&self, draft: &VisitDraft) -> Result<(), ApiError> {
        self.refuse(Instant::now(), |snapshot| {
            snapshot.refusal_of_visit(draft, &self.rules)
        })
    }

    fn refuse(
        &self,
        now: Instant,
        refusal: impl FnOnce(&SaleSnapshot) -> Option<Refusal>,
    ) -> Result<(), ApiError> {
        let seen = self.latest.borrow();
        if now.saturating_duration_since(seen.begun) > REFUSES_FOR {
            return Ok(());
        }
        match refusal(&seen.snapshot) {
            Some(refusal) => {
                count(&refusal, DecidedBy::Snapshot);
                Err(ApiError::from(refusal).counted())
            }
            None => Ok(()),
        }
    }

    /// Waits until what is shown was looked at after this call; `false` if that does not happen
    /// within `patience`.
    pub(crate) async fn looked_again(&self, patience: Duration) -> bool {
        let asked_at = Instant::now();
        let mut latest = self.latest.clone();
        let newer = latest.wait_for(|seen| seen.begun > asked_at);
        matches!(rt::time::timeout(patience, newer).await, Ok(Ok(_)))
    }
}

fn describe() {
    refusals::describe();
    metrics::describe_histogram!(
        "sale_snapshot_seconds",
        metrics::Unit::Seconds,
        "Time to read the days on sale into memory"
    );
    metrics::describe_gauge!(
        "sale_snapshot_timestamp",
        metrics::Unit::Seconds,
        "When the days on sale were last read into memory"
    );
    metrics::describe_counter!(
        "sale_snapshot_failures_total",
        "How often the days on sale could not be read into memory"
    );
}
