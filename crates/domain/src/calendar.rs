//! Opening days, their hours, and the proposal for them (rules 1.1, 1.2 and 1.4).

use chrono::{NaiveTime, Weekday};
use thiserror::Error;

use crate::holiday::Holidays;
use crate::season::Season;
use crate::session::is_whole_minute;
use crate::text::{LocalText, UnknownCode, by_code};
use crate::visit_date::VisitDate;

/// The hours of a day in Shanghai, in whole minutes: opening < last entry ≤ closing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    opens: NaiveTime,
    last_entry: NaiveTime,
    closes: NaiveTime,
}

/// Why hours cannot be as described.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum HoursError {
    /// A time with seconds: tickets print minutes.
    #[error("hours are whole minutes")]
    NotAMinute,
    /// Not opening < last entry ≤ closing.
    #[error("the opening must be before the last entry, and that not after the closing")]
    Order,
}

impl Hours {
    const PEAK: Self = Self {
        opens: NaiveTime::from_hms_opt(8, 30, 0).unwrap(),
        last_entry: NaiveTime::from_hms_opt(16, 10, 0).unwrap(),
        closes: NaiveTime::from_hms_opt(17, 0, 0).unwrap(),
    };
    const LOW: Self = Self {
        opens: NaiveTime::from_hms_opt(8, 30, 0).unwrap(),
        last_entry: NaiveTime::from_hms_opt(15, 30, 0).unwrap(),
        closes: NaiveTime::from_hms_opt(16, 30, 0).unwrap(),
    };

    /// The hours of one day.
    ///
    /// # Errors
    /// If a time is not a whole minute, or they are out of order.
    pub fn new(
        opens: NaiveTime,
        last_entry: NaiveTime,
        closes: NaiveTime,
    ) -> Result<Self, HoursError> {
        if ![opens, last_entry, closes].into_iter().all(is_whole_minute) {
            return Err(HoursError::NotAMinute);
        }
        if opens >= last_entry || last_entry > closes {
            return Err(HoursError::Order);
        }
        Ok(Self {
            opens,
            last_entry,
            closes,
        })
    }

    /// The hours of a season (rule 1.4); a day may have its own.
    #[must_use]
    pub const fn of_season(season: Season) -> Self {
        match season {
            Season::Peak => Self::PEAK,
            Season::Low => Self::LOW,
        }
    }

    /// When the gates open.
    #[must_use]
    pub fn opens(&self) -> NaiveTime {
        self.opens
    }

    /// The last minute in which anyone is admitted.
    #[must_use]
    pub fn last_entry(&self) -> NaiveTime {
        self.last_entry
    }

    /// When everyone has to leave.
    #[must_use]
    pub fn closes(&self) -> NaiveTime {
        self.closes
    }
}

/// Whether the museum is open on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DayState {
    /// It can be booked.
    Open,
    /// It cannot.
    Closed,
}

impl DayState {
    /// Both states.
    pub const ALL: [Self; 2] = [Self::Open, Self::Closed];

    /// The name used in the database and the APIs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }

    /// Reads a [`code`](Self::code).
    ///
    /// # Errors
    /// If no state has it.
    pub fn parse(code: &str) -> Result<Self, UnknownCode> {
        by_code(&Self::ALL, Self::code, code, "day state")
    }
}

/// What staff have decided about one day. A day without this cannot be booked (rule 1.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpeningDay {
    date: VisitDate,
    state: DayState,
    hours: Hours,
    note: Option<LocalText>,
}

impl OpeningDay {
    /// The decision for `date`; `note` is shown to the public beside it.
    #[must_use]
    pub fn new(date: VisitDate, state: DayState, hours: Hours, note: Option<LocalText>) -> Self {
        Self {
            date,
            state,
            hours,
            note,
        }
    }

    /// The day.
    #[must_use]
    pub fn date(&self) -> VisitDate {
        self.date
    }

    /// Whether it is open.
    #[must_use]
    pub fn state(&self) -> DayState {
        self.state
    }

    /// Whether its state is [`DayState::Open`].
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.state == DayState::Open
    }

    /// Its hours; of a closed day, those it would have.
    #[must_use]
    pub fn hours(&self) -> &Hours {
        &self.hours
    }

    /// What the public is told about it.
    #[must_use]
    pub fn note(&self) -> Option<&LocalText> {
        self.note.as_ref()
    }
}

/// What the generator suggests for a day; staff confirm or change it (rule 1.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The day.
    pub date: VisitDate,
    /// Whether to open it.
    pub state: DayState,
    /// Its hours, those of the season.
    pub hours: Hours,
    /// Why.
    pub reason: ProposalReason,
}

/// Why a day is proposed open or closed (rule 1.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProposalReason {
    /// An ordinary day: open.
    Ordinary,
    /// A Monday outside holidays: closed.
    Monday,
    /// A day of the holiday so named, be it a Monday or not: open.
    Holiday(LocalText),
    /// The eve of Spring Festival: closed.
    SpringFestivalEve,
}

impl ProposalReason {
    /// The reason in words.
    #[must_use]
    pub fn text(&self) -> LocalText {
        match self {
            Self::Ordinary => LocalText::new("正常开放", "Open as usual"),
            Self::Monday => LocalText::new("周一闭馆", "Closed on Mondays"),
            Self::Holiday(name) => LocalText::new(
                format!("{}假期开放", name.zh()),
                format!("Open for the {} holiday", name.en()),
            ),
            Self::SpringFestivalEve => {
                LocalText::new("除夕闭馆", "Closed on Spring Festival's eve")
            }
        }
    }
}

/// A day of a year whose holidays are not imported: there is nothing to base a proposal on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the holidays of {year} are not imported yet")]
pub struct BeyondHolidays {
    /// The year to import.
    pub year: i32,
}

/// Proposes whether to open on `date` (rule 1.2).
///
/// # Errors
/// If the holidays of its year are not imported (rule 1.6): nothing is guessed.
pub fn propose(date: VisitDate, holidays: &Holidays) -> Result<Proposal, BeyondHolidays> {
    let year = date.year();
    if !holidays.covers(year) {
        return Err(BeyondHolidays { year });
    }
    let (state, reason) = if holidays.spring_festival_eve(year) == Some(date) {
        (DayState::Closed, ProposalReason::SpringFestivalEve)
    } else if let Some(period) = holidays.period_of(date) {
        (
            DayState::Open,
            ProposalReason::Holiday(period.name().clone()),
        )
    } else if date.weekday() == Weekday::Mon {
        (DayState::Closed, ProposalReason::Monday)
    } else {
        (DayState::Open, ProposalReason::Ordinary)
    };
    Ok(Proposal {
        date,
        state,
        hours: Hours::of_season(date.season()),
        reason,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::holiday::holidays_2026;

    fn time(hour: u32, minute: u32) -> NaiveTime {
        NaiveTime::from_hms_opt(hour, minute, 0).unwrap()
    }

    fn proposal(date: &str) -> Proposal {
        propose(VisitDate::parse(date).unwrap(), &holidays_2026()).unwrap()
    }

    #[test]
    fn hours_are_whole_minutes_in_order() {
        let hours = Hours::new(time(8, 30), time(16, 10), time(17, 0));
        assert_eq!(hours, Ok(Hours::of_season(Season::Peak)));
        let hours = Hours::new(time(8, 30), time(15, 30), time(16, 30));
        assert_eq!(hours, Ok(Hours::of_season(Season::Low)));
        assert!(Hours::new(time(9, 0), time(12, 0), time(12, 0)).is_ok());
        for (opens, last_entry, closes) in [(9, 9, 12), (9, 13, 12), (10, 9, 12)] {
            let hours = Hours::new(time(opens, 0), time(last_entry, 0), time(closes, 0));
            assert_eq!(hours, Err(HoursError::Order));
        }
        let seconds = NaiveTime::from_hms_milli_opt(16, 10, 0, 1).unwrap();
        let hours = Hours::new(time(8, 30), seconds, time(17, 0));
        assert_eq!(hours, Err(HoursError::NotAMinute));
    }

    #[test]
    fn states_round_trip() {
        for state in DayState::ALL {
            assert_eq!(DayState::parse(state.code()), Ok(state));
        }
        assert!(DayState::parse("shut").is_err());
    }

    #[test]
    fn an_opening_day_tells_what_it_was_given() {
        let date = VisitDate::parse("2026-03-02").unwrap();
        let hours = Hours::of_season(Season::Low);
        let note = LocalText::new("闭馆维护", "Closed for maintenance");
        let day = OpeningDay::new(date, DayState::Closed, hours, Some(note.clone()));
        assert_eq!(
            (day.date(), day.state(), day.is_open()),
            (date, DayState::Closed, false)
        );
        assert_eq!((day.hours(), day.note()), (&hours, Some(&note)));
    }

    #[test]
    fn ordinary_days_are_open_and_mondays_closed() {
        let sunday = proposal("2026-03-01");
        assert_eq!(
            (sunday.state, sunday.reason),
            (DayState::Open, ProposalReason::Ordinary)
        );
        assert_eq!(sunday.hours, Hours::of_season(Season::Low));
        let monday = proposal("2026-03-02");
        assert_eq!(
            (monday.state, monday.reason),
            (DayState::Closed, ProposalReason::Monday)
        );
        assert_eq!(proposal("2026-04-01").hours, Hours::of_season(Season::Peak));
    }

    #[test]
    fn mondays_in_holidays_are_open() {
        for date in ["2026-02-23", "2026-04-06", "2026-05-04", "2026-10-05"] {
            let proposal = proposal(date);
            assert_eq!(proposal.date.weekday(), Weekday::Mon);
            assert_eq!(proposal.state, DayState::Open, "{date}");
            assert!(matches!(proposal.reason, ProposalReason::Holiday(_)));
        }
        assert_eq!(proposal("2026-10-05").reason.text().zh(), "国庆节假期开放");
    }

    #[test]
    fn the_eve_of_spring_festival_is_closed() {
        let eve = proposal("2026-02-16");
        assert_eq!(eve.state, DayState::Closed);
        assert_eq!(eve.reason, ProposalReason::SpringFestivalEve);
        assert_eq!(proposal("2026-02-15").state, DayState::Open);
        assert_eq!(proposal("2026-02-17").state, DayState::Open);
    }

    #[test]
    fn beyond_the_imported_years_nothing_is_guessed() {
        for (date, year) in [("2027-01-01", 2027), ("2025-12-31", 2025)] {
            let answer = propose(VisitDate::parse(date).unwrap(), &holidays_2026());
            assert_eq!(answer, Err(BeyondHolidays { year }));
        }
        assert_eq!(
            BeyondHolidays { year: 2027 }.to_string(),
            "the holidays of 2027 are not imported yet"
        );
    }
}
