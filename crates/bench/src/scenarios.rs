//! The scenarios, in the order in which they run.

use crate::scenario::Scenario;

/// All of them.
pub(crate) const ALL: [Scenario; 0] = [];
