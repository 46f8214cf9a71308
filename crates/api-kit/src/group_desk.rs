//! A desk that takes requests one by one and has them decided in groups.
//!
//! Requests wait in a bounded queue, first in, first out, in lanes that share nothing but the
//! writers; a few writer threads take what is there, up to a limit, and decide the whole group at
//! once, which for a database means in one transaction. A lane never waits to fill a group: a
//! request that comes alone is decided alone, at once.
//!
//! With one writer, requests of a lane are decided exactly in the order of their arrival. With
//! `n` writers none is overtaken by more than `n − 1` groups: a writer that is through does not
//! run ahead of one that is slow.

mod queue;
mod solitary;
#[cfg(test)]
mod tests;
mod writer;

use std::hash::Hash;
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use domain::ports::StoreError;
use tokio::sync::oneshot;

use crate::error::ApiError;
use crate::settings;

use queue::SharedQueue;
use writer::Writer;

/// What is decided in groups.
pub trait GroupWork: Send + Sync + 'static {
    /// One request.
    type Request: Send + 'static;
    /// What becomes of one request.
    type Outcome: Send + 'static;
    /// What keeps requests apart: a group holds those of one lane only.
    type Lane: Ord + Clone + Send + 'static;
    /// On whose behalf a request is made.
    type Author: Hash + Eq + Send + 'static;

    /// The lane that a request waits in.
    fn lane(&self, request: &Self::Request) -> Self::Lane;
    /// The author of a request.
    fn author(&self, request: &Self::Request) -> Self::Author;
    /// How much a request adds to a group, such as the rows it writes; at least 1 is counted.
    fn weight(&self, request: &Self::Request) -> usize;
    /// Decides a group: one outcome for each request, in their order.
    ///
    /// # Errors
    /// [`StoreError`] for the group as a whole, of which nothing was done then.
    fn decide(&self, group: &[Self::Request]) -> Result<Vec<Self::Outcome>, StoreError>;
}

/// How a desk works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeskOptions {
    /// Its name in threads and metrics.
    pub name: &'static str,
    /// The threads that decide, at least 1.
    pub writers: usize,
    /// The most requests of a group, at least 1.
    pub group_size: usize,
    /// The most [`weight`](GroupWork::weight) of a group of more than one.
    pub group_weight: usize,
    /// How many requests may wait; more are turned away at once.
    pub queue_length: usize,
    /// How long a request may wait to be begun; an older one is turned away.
    pub longest_wait: Duration,
    /// How long a group that is in others' way, or others in its, is tried again and halved.
    pub longest_trying: Duration,
}

impl DeskOptions {
    /// The options of a desk as it is set, whose groups may be as heavy as they come.
    #[must_use]
    pub fn of(name: &'static str, settings: &settings::Desk, longest_wait: Duration) -> Self {
        let size = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        Self {
            name,
            writers: size(settings.writers),
            group_size: size(settings.group_size),
            group_weight: usize::MAX,
            queue_length: size(settings.queue_length),
            longest_wait,
            longest_trying: LONGEST_TRYING,
        }
    }
}

/// Whoever waits for an answer has left by then.
const LONGEST_TRYING: Duration = Duration::from_secs(10);

/// A desk. When it is dropped, the writers decide what still waits, and end.
pub struct GroupDesk<W: GroupWork> {
    queue: Arc<SharedQueue<W>>,
    work: Arc<W>,
    writers: Vec<JoinHandle<()>>,
}

/// The way back to the one who asked; it may be gone.
type Caller<W> = oneshot::Sender<Result<<W as GroupWork>::Outcome, ApiError>>;

impl<W: GroupWork> GroupDesk<W> {
    /// Opens the desk.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn open(options: DeskOptions, work: W) -> std::io::Result<Self> {
        let work = Arc::new(work);
        let queue = Arc::new(SharedQueue::new(options));
        let mut desk = Self {
            queue: Arc::clone(&queue),
            work: Arc::clone(&work),
            writers: Vec::new(),
        };
        for number in 0..options.writers.max(1) {
            let writer = Writer::new(Arc::clone(&queue), Arc::clone(&work), options);
            let thread = Builder::new()
                .name(format!("{}-{number}", options.name))
                .spawn(move || writer.work())?;
            desk.writers.push(thread);
        }
        Ok(desk)
    }

    /// Hands a request in and waits for its outcome. A caller that leaves does not take its
    /// request back.
    ///
    /// # Errors
    /// `overloaded` if the queue is full, at once, or if the request waited too long; nothing was
    /// done then. Otherwise what the error of [`GroupWork::decide`] says.
    pub async fn hand_in(&self, request: W::Request) -> Result<W::Outcome, ApiError> {
        let (caller, outcome) = oneshot::channel();
        self.queue.push(&*self.work, request, caller)?;
        outcome
            .await
            .map_err(|_| ApiError::outcome_unknown("a writer died with the request in its hands"))?
    }
}

impl<W: GroupWork> Drop for GroupDesk<W> {
    fn drop(&mut self) {
        self.queue.close();
        for writer in self.writers.drain(..) {
            // What a writer panics of is caught and logged where it happens.
            let _ = writer.join();
        }
    }
}
