//! What a ticket admits to (rules 1.5 and 2.1).

use std::fmt;

use thiserror::Error;

use crate::text::{LocalText, UnknownCode, by_code, is_row_code};

/// The code of a venue, such as `palace`: `[a-z][a-z0-9_]{0,31}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VenueCode(String);

/// Why a text is not the code of a venue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum VenueCodeError {
    /// Not `[a-z][a-z0-9_]{0,31}`.
    #[error("a venue's code is 1 to 32 of a-z, 0-9 and _, beginning with a letter")]
    Form,
}

impl VenueCode {
    /// Reads a code. Whether such a venue exists, only the database knows (rule 1.5).
    ///
    /// # Errors
    /// If it has not the form of a code.
    pub fn parse(text: &str) -> Result<Self, VenueCodeError> {
        if is_row_code(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(VenueCodeError::Form)
        }
    }

    /// A code written in this crate; its form is tested with the list that it stands in.
    pub(crate) fn of_first_venue(code: &'static str) -> Self {
        Self(code.to_owned())
    }

    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for VenueCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How a venue is sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VenueKind {
    /// The museum itself, which every ticket admits to.
    Admission,
    /// A hall inside, only together with an admission of the same person and day.
    AddOn,
}

impl VenueKind {
    /// Both kinds.
    pub const ALL: [Self; 2] = [Self::Admission, Self::AddOn];

    /// The name used in the database and the APIs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Admission => "admission",
            Self::AddOn => "add_on",
        }
    }

    /// Reads a [`code`](Self::code).
    ///
    /// # Errors
    /// If no kind has it.
    pub fn parse(code: &str) -> Result<Self, UnknownCode> {
        by_code(&Self::ALL, Self::code, code, "venue kind")
    }
}

/// A place that tickets admit to. The admission venue is the one of kind
/// [`VenueKind::Admission`], whatever its code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Venue {
    code: VenueCode,
    name: LocalText,
    kind: VenueKind,
    position: u16,
}

impl Venue {
    /// A venue; venues are listed by `position`.
    #[must_use]
    pub fn new(code: VenueCode, name: LocalText, kind: VenueKind, position: u16) -> Self {
        Self {
            code,
            name,
            kind,
            position,
        }
    }

    /// The code that names the venue.
    #[must_use]
    pub fn code(&self) -> &VenueCode {
        &self.code
    }

    /// The name that people read.
    #[must_use]
    pub fn name(&self) -> &LocalText {
        &self.name
    }

    /// How it is sold.
    #[must_use]
    pub fn kind(&self) -> VenueKind {
        self.kind
    }

    /// The place among the venues, in ascending order.
    #[must_use]
    pub fn position(&self) -> u16 {
        self.position
    }
}

/// The venues that the house opens with (rule 2.1), for seeding a database.
#[must_use]
pub fn first_venues() -> Vec<Venue> {
    let venue = |code, zh: &str, en: &str, kind, position| {
        Venue::new(
            VenueCode::of_first_venue(code),
            LocalText::new(zh, en),
            kind,
            position,
        )
    };
    vec![
        venue(
            "palace",
            "故宫博物院",
            "Palace Museum",
            VenueKind::Admission,
            1,
        ),
        venue(
            "treasure_gallery",
            "珍宝馆",
            "Treasure Gallery",
            VenueKind::AddOn,
            2,
        ),
        venue(
            "clock_gallery",
            "钟表馆",
            "Clock Gallery",
            VenueKind::AddOn,
            3,
        ),
        venue(
            "exhibition",
            "展览（文华殿）",
            "Exhibition (Hall of Literary Brilliance)",
            VenueKind::AddOn,
            4,
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_venues_are_one_admission_and_three_add_ons() {
        let venues = first_venues();
        let kinds: Vec<_> = venues.iter().map(Venue::kind).collect();
        assert_eq!(
            kinds,
            [
                VenueKind::Admission,
                VenueKind::AddOn,
                VenueKind::AddOn,
                VenueKind::AddOn
            ]
        );
        assert!(venues.is_sorted_by_key(Venue::position));
        for venue in &venues {
            assert_eq!(
                VenueCode::parse(venue.code().as_str()).as_ref(),
                Ok(venue.code())
            );
        }
    }

    #[test]
    fn codes_have_a_form() {
        assert_eq!(VenueCode::parse("palace").unwrap().to_string(), "palace");
        assert_eq!(VenueCode::parse("Palace"), Err(VenueCodeError::Form));
    }

    #[test]
    fn kinds_round_trip() {
        for kind in VenueKind::ALL {
            assert_eq!(VenueKind::parse(kind.code()), Ok(kind));
        }
        assert!(VenueKind::parse("gallery").is_err());
    }
}
