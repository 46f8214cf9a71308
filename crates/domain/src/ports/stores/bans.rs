//! No-shows and bans, by document.

use crate::no_show::{Ban, NoShow};
use crate::sealed::DocumentHash;
use crate::visit_date::VisitDate;

use super::Stored;

/// No-shows and bans, by document.
pub trait BanStore {
    /// The bans of these documents whose last day is `day` or later.
    fn bans(&mut self, documents: &[DocumentHash], day: VisitDate) -> Stored<Vec<Ban>>;
    /// The days of the no-shows of these documents since `first`, that count and are not
    /// consumed by a ban, each with its document; in date order. A ban consumes those of its
    /// document up to and including its third day.
    fn no_shows(
        &mut self,
        documents: &[DocumentHash],
        first: VisitDate,
    ) -> Stored<Vec<(DocumentHash, VisitDate)>>;
    /// Records a no-show; one that the document already has that day stays as it is (rule 7.1).
    fn record(&mut self, no_show: &NoShow) -> Stored<()>;
    /// Adds a ban; one with the same third day stays as it is.
    fn ban(&mut self, ban: &Ban) -> Stored<()>;
}
