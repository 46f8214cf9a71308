//! The leases of jobs.

use chrono::{DateTime, Utc};

use super::Stored;

/// Leases, by which one of several instances runs a job.
pub trait LeaseStore {
    /// Takes or renews the lease of `job` for `holder` until `until`, which is no longer part of
    /// it. `false` if another holds it at `now`; of two that ask at once only one gets it.
    fn take(
        &mut self,
        job: &str,
        holder: &str,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Stored<bool>;
    /// Gives the lease back, if `holder` has it; otherwise does nothing.
    fn release(&mut self, job: &str, holder: &str) -> Stored<()>;
}
