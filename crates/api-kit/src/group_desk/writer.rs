//! A thread that decides groups, and what it does with one that fails.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use domain::ports::StoreError;

use crate::error::ApiError;

use super::queue::{Group, SharedQueue};
use super::{Caller, DeskOptions, GroupWork};

/// How often a group is tried that fails for what may pass.
const TRIES: u32 = 3;

pub(super) struct Writer<W: GroupWork> {
    queue: Arc<SharedQueue<W>>,
    work: Arc<W>,
    options: DeskOptions,
}

/// Lets a group's lane move on when the group is out of the writer's hands, whatever happened.
struct InHand<'a, W: GroupWork> {
    queue: &'a SharedQueue<W>,
    lane: W::Lane,
    number: u64,
}

impl<W: GroupWork> Drop for InHand<'_, W> {
    fn drop(&mut self) {
        self.queue.decided(&self.lane, self.number);
    }
}

impl<W: GroupWork> Writer<W> {
    pub(super) fn new(queue: Arc<SharedQueue<W>>, work: Arc<W>, options: DeskOptions) -> Self {
        Self {
            queue,
            work,
            options,
        }
    }

    /// Decides groups until the desk closes. What panics outside the work itself drops the group,
    /// whose callers learn of it by their channels; the writer goes on with the next.
    pub(super) fn work(&self) {
        while let Some(group) = self.queue.next_group() {
            let _ = catch_unwind(AssertUnwindSafe(|| self.decide_group(group)));
        }
    }

    fn decide_group(&self, group: Group<W>) {
        let Group {
            lane,
            number,
            requests,
            mut callers,
            ..
        } = group;
        let _in_hand = InHand {
            queue: &*self.queue,
            lane,
            number,
        };
        self.decide(&requests, &mut callers, Instant::now());
    }

    /// Decides requests together; where that fails for what may lie in one of them, in halves.
    ///
    /// A row that others hold for long fails each half anew, each time after a long wait. So
    /// contention is told to all once the group, `begun` then, was tried for long enough.
    fn decide(&self, requests: &[W::Request], callers: &mut [Option<Caller<W>>], begun: Instant) {
        if requests.is_empty() {
            return;
        }
        let failure = match self.try_together(requests, begun) {
            Ok(outcomes) => {
                for (caller, outcome) in callers.iter_mut().zip(outcomes) {
                    answer(caller, Ok(outcome));
                }
                return;
            }
            Err(failure) => failure,
        };
        metrics::counter!("desk_failed_groups_total", "desk" => self.options.name).increment(1);
        let half = requests.len() / 2;
        if half > 0 && may_lie_in_one(&failure) && !self.is_too_late(&failure, begun) {
            let (first, second) = requests.split_at(half);
            let (first_callers, second_callers) = callers.split_at_mut(half);
            self.decide(first, first_callers, begun);
            self.decide(second, second_callers, begun);
            return;
        }
        if let (StoreError::Fault(_), [request]) = (&failure, requests) {
            self.queue.keep_apart(self.work.author(request));
        }
        for caller in callers {
            answer(caller, Err(ApiError::from(failure.clone())));
        }
    }

    /// Runs the work, again if it failed for what may pass by itself.
    fn try_together(
        &self,
        requests: &[W::Request],
        begun: Instant,
    ) -> Result<Vec<W::Outcome>, StoreError> {
        let mut result = self.run(requests);
        for _ in 1..TRIES {
            match &result {
                Err(failure) if may_pass(failure) && !self.is_too_late(failure, begun) => {
                    result = self.run(requests);
                }
                _ => return result,
            }
        }
        result
    }

    fn is_too_late(&self, failure: &StoreError, begun: Instant) -> bool {
        matches!(failure, StoreError::Contention) && begun.elapsed() >= self.options.longest_trying
    }

    fn run(&self, requests: &[W::Request]) -> Result<Vec<W::Outcome>, StoreError> {
        let fault = |text: &str| StoreError::Fault(text.to_owned());
        // The work owns all it touches; what it had begun, its transaction rolls back.
        let outcomes = catch_unwind(AssertUnwindSafe(|| self.work.decide(requests)))
            .unwrap_or_else(|_| Err(fault("deciding a group panicked")))?;
        if outcomes.len() == requests.len() {
            Ok(outcomes)
        } else {
            Err(fault(
                "a group has another number of outcomes than of requests",
            ))
        }
    }
}

/// Whether a group that failed so may succeed a moment later.
fn may_pass(failure: &StoreError) -> bool {
    matches!(failure, StoreError::Contention | StoreError::Unavailable)
}

/// Whether one request of many may be why the group failed. A database that is away, or whose
/// answer to a COMMIT was lost, fails for all of them.
fn may_lie_in_one(failure: &StoreError) -> bool {
    match failure {
        StoreError::Contention | StoreError::Duplicate(_) | StoreError::Fault(_) => true,
        StoreError::Unavailable | StoreError::Unknown | StoreError::LeaseLost => false,
    }
}

fn answer<T>(
    caller: &mut Option<tokio::sync::oneshot::Sender<Result<T, ApiError>>>,
    outcome: Result<T, ApiError>,
) {
    if let Some(caller) = caller.take() {
        // A caller that has left finds its outcome by asking again with the same key.
        let _ = caller.send(outcome);
    }
}
