//! Use cases that meet on a live server: the second one waits for the first, and goes by what
//! that has left. `docs/GUARDS.md` tells which guard each of them holds.

mod annual_passes;
mod checking_in;
pub(crate) mod holder;
mod invoicing;
mod missing;
pub(crate) mod office;
mod overlap;
mod paying;
mod paying_together;
mod placing;
mod refunding;
mod telling;

use overlap::Stop;

/// The first use case consists of one unit, and stops at its COMMIT.
const COMMIT: Stop = Stop::BeforeCommitOf(0);
