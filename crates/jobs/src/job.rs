//! What a job is and what it answers.

use std::fmt;

use chrono::TimeDelta;
use domain::ports::StoreError;
use thiserror::Error;

use crate::context::JobContext;

/// A job: takes no input, is bounded and idempotent.
#[derive(Debug, Clone, Copy)]
pub struct Job {
    /// Its name on the command line, in logs and of its lease.
    pub name: &'static str,
    /// What it does, in one sentence for operators.
    pub summary: &'static str,
    /// From the beginning of one run to that of the next.
    pub interval: TimeDelta,
    /// Does it once.
    pub run: fn(&JobContext) -> Result<Summary, JobError>,
}

/// What a run has done: how many of what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary(Vec<(&'static str, usize)>);

impl Summary {
    /// These counts, each with its name, such as `released`.
    pub fn of(counts: impl IntoIterator<Item = (&'static str, usize)>) -> Self {
        Self(counts.into_iter().collect())
    }

    /// Whether there was nothing to do.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.0.iter().all(|(_, count)| *count == 0)
    }

    /// The count of that name; 0 if the job counts no such thing.
    #[must_use]
    pub fn count(&self, name: &str) -> usize {
        let found = self.0.iter().find(|(counted, _)| *counted == name);
        found.map_or(0, |(_, count)| *count)
    }
}

/// As `formed 2, called 2`.
impl fmt::Display for Summary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (name, count)) in self.0.iter().enumerate() {
            let separator = if place == 0 { "" } else { ", " };
            write!(formatter, "{separator}{name} {count}")?;
        }
        Ok(())
    }
}

/// Why a run did not come to its end. What it did before stays done.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum JobError {
    /// Another instance runs the job; no failure, and nothing to do here.
    #[error("another instance holds the job's lease")]
    HeldElsewhere,
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
    /// The job panicked; standard error has the place.
    #[error("the job panicked")]
    Panicked,
}

impl From<StoreError> for JobError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::LeaseLost => Self::HeldElsewhere,
            error => Self::Store(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_tells_what_was_counted() {
        let summary = Summary::of([("formed", 2), ("failed", 0)]);
        assert_eq!(summary.to_string(), "formed 2, failed 0");
        assert_eq!((summary.count("formed"), summary.count("sent")), (2, 0));
        assert!(!summary.is_idle() && Summary::of([("formed", 0)]).is_idle());
    }
}
