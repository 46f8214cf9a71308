//! The scenarios, in the order in which they run.

mod alone;
mod group_sizes;
pub(crate) mod p1;
mod p2;

use crate::scenario::Scenario;

/// All of them.
pub(crate) const ALL: [&Scenario; 4] = [
    &p1::SCENARIO,
    &p2::SCENARIO,
    &group_sizes::SCENARIO,
    &alone::SCENARIO,
];
