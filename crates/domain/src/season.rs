//! The two seasons that hours and prices go by (rule 1.3).

use crate::text::{UnknownCode, by_code};

/// The season of a visit date; [`VisitDate::season`](crate::visit_date::VisitDate::season) tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Season {
    /// 1 April to 31 October.
    Peak,
    /// 1 November to 31 March.
    Low,
}

impl Season {
    /// Both seasons.
    pub const ALL: [Self; 2] = [Self::Peak, Self::Low];

    /// The name used in the database and the APIs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Peak => "peak",
            Self::Low => "low",
        }
    }

    /// Reads a [`code`](Self::code).
    ///
    /// # Errors
    /// If no season has it.
    pub fn parse(code: &str) -> Result<Self, UnknownCode> {
        by_code(&Self::ALL, Self::code, code, "season")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_round_trip() {
        for season in Season::ALL {
            assert_eq!(Season::parse(season.code()), Ok(season));
        }
        for code in ["", "PEAK", "high"] {
            assert_eq!(Season::parse(code), Err(UnknownCode { what: "season" }));
        }
    }
}
