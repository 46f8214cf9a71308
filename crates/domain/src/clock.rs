//! The one door through which the time of day enters the system.

use chrono::{DateTime, Utc};

/// Tells the present instant, in UTC, truncated to microseconds.
///
/// Truncated because the database keeps microseconds: an instant that was read, stored and loaded
/// again compares equal to itself.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> DateTime<Utc>;
}
