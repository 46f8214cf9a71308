//! Banners, notices and exhibitions, as the public reads them.

use chrono::{DateTime, Utc};

use super::Read;
use crate::content::{Banner, ContentCode, Exhibition, Notice};
use crate::visit_date::VisitDate;

/// What the museum tells its visitors.
pub trait ContentQueries: Send + Sync {
    /// The banners that are shown at `now`, by position and code.
    fn banners(&self, now: DateTime<Utc>) -> Read<Vec<Banner>>;
    /// The notices that are published at `now`: the pinned ones first, then by position, then the
    /// newest first, then by code.
    fn notices(&self, now: DateTime<Utc>) -> Read<Vec<Notice>>;
    /// The notice of that code, if it is published at `now`.
    fn notice(&self, code: &ContentCode, now: DateTime<Utc>) -> Read<Option<Notice>>;
    /// The exhibitions that are not over on `date`, those to come included, by position and code.
    fn exhibitions(&self, date: VisitDate) -> Read<Vec<Exhibition>>;
}
