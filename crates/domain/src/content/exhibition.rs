//! Exhibitions: what is to be seen in a venue, and how long.

use super::{Body, ContentCode, ContentError, PicturePath, Title};
use crate::venue::VenueCode;
use crate::visit_date::VisitDate;

/// The days of an exhibition; an exhibition without a last day is permanent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExhibitionDays {
    first: VisitDate,
    last: Option<VisitDate>,
}

impl ExhibitionDays {
    /// From `first` to `last`, both inclusive.
    ///
    /// # Errors
    /// [`ContentError::Period`] if it would end before it begins.
    pub fn new(first: VisitDate, last: Option<VisitDate>) -> Result<Self, ContentError> {
        if last.is_some_and(|last| last < first) {
            return Err(ContentError::Period);
        }
        Ok(Self { first, last })
    }

    /// The first day.
    #[must_use]
    pub fn first(&self) -> VisitDate {
        self.first
    }

    /// The last day, if there is one.
    #[must_use]
    pub fn last(&self) -> Option<VisitDate> {
        self.last
    }

    /// Whether it is over on `date`.
    #[must_use]
    pub fn is_over(&self, date: VisitDate) -> bool {
        self.last.is_some_and(|last| last < date)
    }
}

/// An exhibition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exhibition {
    /// Its code.
    pub code: ContentCode,
    /// Where it is.
    pub venue: VenueCode,
    /// Its title.
    pub title: Title,
    /// What is to be seen.
    pub body: Body,
    /// Its picture.
    pub picture: Option<PicturePath>,
    /// When it is.
    pub days: ExhibitionDays,
    /// Its place among the exhibitions, the lowest first.
    pub position: u16,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exhibition_lasts_through_its_last_day() {
        let [first, last] = ["2026-10-01", "2026-12-31"].map(|day| VisitDate::parse(day).unwrap());
        let days = ExhibitionDays::new(first, Some(last)).unwrap();
        assert!(!days.is_over(last) && days.is_over(last.plus_days(1)));
        assert!(!days.is_over(first.plus_days(-1)), "to come is not over");
        assert!(!ExhibitionDays::new(first, None).unwrap().is_over(last));
        assert_eq!(
            ExhibitionDays::new(last, Some(first)),
            Err(ContentError::Period)
        );
    }
}
