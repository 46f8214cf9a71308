//! No-shows and the bans they lead to (section 7 of the rules).

use chrono::{DateTime, Utc};

use crate::coded::coded;
use crate::id::TicketId;
use crate::rules::Rules;
use crate::sealed::DocumentHash;
use crate::visit_date::VisitDate;

/// What made a no-show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoShowCause {
    /// Refunded on the visit day itself (rule 6.2).
    LateRefund,
    /// Neither refunded nor checked in (rule 6.3).
    Absent,
}

coded!(NoShowCause, "no-show cause", { LateRefund = "late_refund", Absent = "absent" });

/// One document's no-show on one day; at most one a day (rule 7.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoShow {
    /// Whose.
    pub document: DocumentHash,
    /// The visit day that was missed.
    pub date: VisitDate,
    /// Why it counts.
    pub cause: NoShowCause,
    /// The ticket that was not used.
    pub ticket: TicketId,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
}

/// A document's ban, brought about by the no-show of the day `third` (rule 7.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ban {
    /// Whose.
    pub document: DocumentHash,
    /// The visit day of the no-show that completed the number.
    pub third: VisitDate,
    /// The last day of the ban, inclusive.
    pub last_day: VisitDate,
}

impl Ban {
    /// The ban that a no-show of the day `third` brings.
    #[must_use]
    pub fn after(document: DocumentHash, third: VisitDate, rules: &Rules) -> Self {
        Self {
            document,
            third,
            last_day: third.plus_days(i64::from(rules.ban_days)),
        }
    }

    /// Whether an order placed at `at` is refused: from `third`+1 00:00 until the last day 24:00.
    #[must_use]
    pub fn covers(&self, at: DateTime<Utc>) -> bool {
        self.third.end() <= at && at < self.last_day.end()
    }
}

/// Where a document stands, or would stand after one more no-show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The no-shows within the rolling window.
    pub count: usize,
    /// The last day of the ban that this brings, if it does.
    pub ban_until: Option<VisitDate>,
}

/// The standing on `day`, by the days of the no-shows that still count.
#[must_use]
pub fn standing(days: &[VisitDate], day: VisitDate, rules: &Rules) -> Standing {
    let count = days
        .iter()
        .filter(|date| (0..i64::from(rules.no_show_window_days)).contains(&day.days_since(**date)))
        .count();
    Standing {
        count,
        ban_until: None,
    }
}

/// The standing if a no-show on `day` were added (rule 7.3); a second one that day adds nothing.
#[must_use]
pub fn standing_after(days: &[VisitDate], day: VisitDate, rules: &Rules) -> Standing {
    let mut with_today = days.to_vec();
    if !with_today.contains(&day) {
        with_today.push(day);
    }
    let count = standing(&with_today, day, rules).count;
    let banned = count >= rules.no_shows_to_ban;
    Standing {
        count,
        ban_until: banned.then(|| day.plus_days(i64::from(rules.ban_days))),
    }
}

#[cfg(test)]
mod tests {
    use chrono::{NaiveDate, TimeDelta};

    use super::*;

    fn day(number: i64) -> VisitDate {
        VisitDate::new(NaiveDate::from_ymd_opt(2026, 3, 1).unwrap()).plus_days(number)
    }

    #[test]
    fn the_third_on_day_180_bans_and_on_day_181_does_not() {
        let rules = Rules::default();
        let days = [day(1), day(90)];
        assert_eq!(
            standing_after(&days, day(180), &rules),
            Standing {
                count: 3,
                ban_until: Some(day(240))
            }
        );
        assert_eq!(
            standing_after(&days, day(181), &rules),
            Standing {
                count: 2,
                ban_until: None
            }
        );
    }

    #[test]
    fn a_second_no_show_on_one_day_adds_nothing() {
        let rules = Rules::default();
        assert_eq!(standing_after(&[day(1), day(2)], day(2), &rules).count, 2);
    }

    #[test]
    fn the_first_and_last_instant_of_a_ban_are_exact() {
        let ban = Ban::after(DocumentHash([1; 16]), day(10), &Rules::default());
        let instant = TimeDelta::microseconds(1);
        assert!(!ban.covers(day(11).start() - instant));
        assert!(ban.covers(day(11).start()));
        assert!(ban.covers(day(71).start() - instant));
        assert!(!ban.covers(day(71).start()));
    }
}
