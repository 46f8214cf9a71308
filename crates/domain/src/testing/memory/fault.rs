//! What can go wrong with a transaction, on request.

use std::collections::VecDeque;

use crate::ports::StoreError;

/// How a unit of work is to fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The unit is not run at all and is answered with this error.
    Refuse(StoreError),
    /// As after a deadlock: the unit is run, undone, and run again.
    RunTwice,
    /// The unit is committed, but its caller is told [`StoreError::Unknown`].
    LoseAnswer,
}

/// The faults that are still to come.
#[derive(Debug, Default)]
pub(super) struct Faults(VecDeque<Fault>);

impl Faults {
    pub(super) fn add(&mut self, fault: Fault, times: usize) {
        self.0.extend(std::iter::repeat_n(fault, times));
    }

    pub(super) fn next(&mut self) -> Option<Fault> {
        self.0.pop_front()
    }
}
