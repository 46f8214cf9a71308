//! The scenarios, in the order in which they run.

mod alone;
mod group_sizes;
pub(crate) mod hello;
pub(crate) mod p1;
mod p10;
mod p2;
mod p3;
mod p4;
mod p5;
mod p6;
mod p7;
mod p8;

use crate::scenario::Scenario;

/// All of them.
pub(crate) const ALL: [&Scenario; 13] = [
    &hello::SCENARIO,
    &p1::SCENARIO,
    &p2::SCENARIO,
    &group_sizes::SCENARIO,
    &alone::SCENARIO,
    &p3::SCENARIO,
    &p3::OUTAGE,
    &p4::SCENARIO,
    &p5::SCENARIO,
    &p6::SCENARIO,
    &p7::SCENARIO,
    &p8::SCENARIO,
    &p10::SCENARIO,
];
