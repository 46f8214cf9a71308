//! No-shows and the bans they lead to (section 7 of the rules; docs/decisions/0011).

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

/// Why a no-show does not count after all (rule 7.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WaiverCause {
    /// Staff accepted an appeal.
    Appeal,
    /// The museum closed that day.
    DayClosed,
    /// Staff closed the order.
    OrderClosed,
}

coded!(WaiverCause, "waiver cause", {
    Appeal = "appeal", DayClosed = "day_closed", OrderClosed = "order_closed",
});

/// That a no-show does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiver {
    /// Why.
    pub cause: WaiverCause,
    /// Since when.
    pub at: DateTime<Utc>,
}

/// One document's no-show on one day; at most one a day (rule 7.1).
///
/// It is named by its ticket: a ticket is for one document and one day.
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
    /// Set if it does not count.
    pub waiver: Option<Waiver>,
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
        self.third.end() <= at && !self.is_served(at)
    }

    /// Whether its last day is over at `at`.
    #[must_use]
    pub fn is_served(&self, at: DateTime<Utc>) -> bool {
        at >= self.last_day.end()
    }

    /// Whether a no-show of the day `date` is among those that it rests on: all until its third
    /// day, be they three or more.
    pub(crate) fn rests_on(&self, date: VisitDate) -> bool {
        date <= self.third
    }
}

/// Where a document would stand after one more no-show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The no-shows within the rolling window.
    pub count: usize,
    /// The last day of the ban that this brings, if it does.
    pub ban_until: Option<VisitDate>,
}

/// What counts of one document.
///
/// A no-show that a ban rests on leads to no other one. The tourist sees it counted as long as the
/// ban lasts; once that is served, it is consumed and counts no more (rule 7.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoShowHistory {
    /// Whose.
    pub document: DocumentHash,
    /// The days of its no-shows that were not waived, in order.
    pub days: Vec<VisitDate>,
    /// Its bans that were not lifted, by third day.
    pub bans: Vec<Ban>,
}

impl NoShowHistory {
    /// Nothing on record.
    #[must_use]
    pub const fn clean(document: DocumentHash) -> Self {
        Self {
            document,
            days: Vec::new(),
            bans: Vec::new(),
        }
    }

    /// How many no-shows the tourist sees on `today`: those in the rolling window that no served
    /// ban has consumed.
    #[must_use]
    pub fn count_on(&self, today: VisitDate, rules: &Rules) -> usize {
        let consumed = |date: VisitDate| {
            let mut bans = self.bans.iter();
            bans.any(|ban| ban.rests_on(date) && ban.is_served(today.start()))
        };
        let days = self.days.iter();
        days.filter(|date| in_window(**date, today, rules) && !consumed(**date))
            .count()
    }

    /// The last day of a ban that runs at `now`, or will from the next midnight on.
    #[must_use]
    pub fn banned_until(&self, now: DateTime<Utc>) -> Option<VisitDate> {
        let bans = self.bans.iter().filter(|ban| !ban.is_served(now));
        bans.map(|ban| ban.last_day).max()
    }

    /// The standing if a no-show on `day` were added (rule 7.3); a second one that day adds
    /// nothing.
    #[must_use]
    pub fn standing_after(&self, day: VisitDate, rules: &Rules) -> Standing {
        if self.days.contains(&day) {
            let count = self.count_on(day, rules);
            return Standing {
                count,
                ban_until: None,
            };
        }
        let mut with_day = self.clone();
        with_day.days.push(day);
        with_day.days.sort_unstable();
        Standing {
            count: with_day.count_on(day, rules),
            ban_until: with_day.due_ban(day, rules).map(|ban| ban.last_day),
        }
    }

    /// The ban that the no-show of the day `recorded`, which is on record now, has made due
    /// (rule 7.2). Its third day may be a later one that was recorded before. No-shows that a ban
    /// rests on already lead to none.
    #[must_use]
    pub fn due_ban(&self, recorded: VisitDate, rules: &Rules) -> Option<Ban> {
        let bound = |date: VisitDate| self.bans.iter().any(|ban| ban.rests_on(date));
        let days = self.days.iter().copied();
        let free: Vec<VisitDate> = days.filter(|date| !bound(*date)).collect();
        let completes = |third: &VisitDate| enough(&free, *third, rules);
        let mut thirds = free.iter().copied().filter(|third| *third >= recorded);
        let third = thirds.find(completes)?;
        Some(Ban::after(self.document, third, rules))
    }

    /// The bans that rested on the no-show of the day `waived`, which does not count any more,
    /// and have too few left. A served ban stays: what it consumed does not come back.
    #[must_use]
    pub fn baseless_bans(&self, waived: VisitDate, now: DateTime<Utc>, rules: &Rules) -> Vec<Ban> {
        let mut baseless = Vec::new();
        let mut after = None;
        for ban in &self.bans {
            let days = self.days.iter().copied();
            let own = days.filter(|date| after.is_none_or(|after| *date > after));
            let own: Vec<VisitDate> = own.collect();
            let touched = ban.rests_on(waived) && in_window(waived, ban.third, rules);
            if touched && !ban.is_served(now) && !enough(&own, ban.third, rules) {
                baseless.push(ban.clone());
            } else {
                after = Some(ban.third);
            }
        }
        baseless
    }
}

/// Whether `date` lies in the rolling window that ends with `last`, both ends included.
fn in_window(date: VisitDate, last: VisitDate, rules: &Rules) -> bool {
    (0..i64::from(rules.no_show_window_days)).contains(&last.days_since(date))
}

/// Whether the days in the window that ends with `third` are enough for a ban.
fn enough(days: &[VisitDate], third: VisitDate, rules: &Rules) -> bool {
    let in_window = days.iter().filter(|date| in_window(**date, third, rules));
    in_window.count() >= rules.no_shows_to_ban
}

#[cfg(test)]
mod tests {
    use chrono::{NaiveDate, TimeDelta};

    use super::*;

    const DOCUMENT: DocumentHash = DocumentHash([1; 16]);

    fn day(number: i64) -> VisitDate {
        VisitDate::new(NaiveDate::from_ymd_opt(2026, 3, 1).unwrap()).plus_days(number)
    }

    fn history<const N: usize>(days: [i64; N], thirds: &[i64]) -> NoShowHistory {
        let ban = |third: &i64| Ban::after(DOCUMENT, day(*third), &Rules::default());
        NoShowHistory {
            document: DOCUMENT,
            days: days.map(day).to_vec(),
            bans: thirds.iter().map(ban).collect(),
        }
    }

    fn after(count: usize, ban_until: Option<i64>) -> Standing {
        Standing {
            count,
            ban_until: ban_until.map(day),
        }
    }

    #[test]
    fn the_third_on_day_180_bans_and_on_day_181_does_not() {
        let rules = Rules::default();
        let two = history([1, 90], &[]);
        assert_eq!(two.standing_after(day(180), &rules), after(3, Some(240)));
        assert_eq!(two.standing_after(day(181), &rules), after(2, None));
    }

    #[test]
    fn a_second_no_show_on_one_day_adds_nothing() {
        let rules = Rules::default();
        let two = history([1, 2], &[]);
        assert_eq!(two.standing_after(day(2), &rules), after(2, None));
    }

    #[test]
    fn the_first_and_last_instant_of_a_ban_are_exact() {
        let ban = Ban::after(DOCUMENT, day(10), &Rules::default());
        let instant = TimeDelta::microseconds(1);
        assert!(!ban.covers(day(11).start() - instant));
        assert!(ban.covers(day(11).start()));
        assert!(ban.covers(day(71).start() - instant));
        assert!(!ban.covers(day(71).start()));
    }

    #[test]
    fn what_a_ban_rests_on_is_seen_until_it_is_served_and_then_counts_no_more() {
        let rules = Rules::default();
        let banned = history([1, 5, 10], &[10]);
        assert_eq!(banned.count_on(day(10), &rules), 3);
        assert_eq!(
            banned.count_on(day(70), &rules),
            3,
            "the last day of the ban"
        );
        assert_eq!(banned.count_on(day(71), &rules), 0);
        assert_eq!(banned.banned_until(day(10).start()), Some(day(70)));
        let served = day(71).start();
        let still = served - TimeDelta::microseconds(1);
        assert_eq!(banned.banned_until(still), Some(day(70)));
        assert_eq!(banned.banned_until(served), None);
    }

    #[test]
    fn a_no_show_during_a_ban_brings_no_second_one_and_counts_afterwards_on_its_own() {
        let rules = Rules::default();
        let banned = history([1, 5, 10], &[10]);
        assert_eq!(banned.standing_after(day(20), &rules), after(4, None));
        let again = history([1, 5, 10, 20], &[10]);
        assert_eq!(again.count_on(day(71), &rules), 1);
        assert_eq!(again.standing_after(day(80), &rules), after(2, None));
        // Three of its own make the next ban, even while the first one runs.
        let twice = history([1, 5, 10, 20, 30], &[10]);
        assert_eq!(twice.standing_after(day(40), &rules), after(6, Some(100)));
        let served = history([1, 5, 10, 20, 80], &[10]);
        assert_eq!(served.standing_after(day(90), &rules), after(3, Some(150)));
    }

    #[test]
    fn a_day_that_is_recorded_late_bans_from_the_third_day() {
        let rules = Rules::default();
        let late = history([1, 9, 10], &[]);
        let due = late.due_ban(day(9), &rules);
        assert_eq!(due.map(|ban| ban.third), Some(day(10)));
        // What is older than the recorded day has brought what it could.
        assert_eq!(history([1, 2, 3, 300], &[]).due_ban(day(300), &rules), None);
    }

    #[test]
    fn a_ban_is_baseless_with_fewer_than_three_left() {
        let rules = Rules::default();
        let now = day(20).start();
        let left = history([5, 10], &[10]);
        assert_eq!(left.baseless_bans(day(1), now, &rules), left.bans);
        let three = history([1, 5, 10], &[10]);
        assert_eq!(three.baseless_bans(day(3), now, &rules), []);
        assert_eq!(left.baseless_bans(day(20), now, &rules), [], "a later one");
        let served = day(71).start();
        assert_eq!(left.baseless_bans(day(1), served, &rules), []);
        assert_eq!(
            left.baseless_bans(day(-170), now, &rules),
            [],
            "out of its window"
        );
    }

    #[test]
    fn a_ban_does_not_rest_on_what_an_earlier_one_rests_on() {
        let rules = Rules::default();
        let two = history([1, 5, 10, 20, 30], &[10, 40]);
        let baseless = two.baseless_bans(day(40), day(41).start(), &rules);
        assert_eq!(baseless, [Ban::after(DOCUMENT, day(40), &rules)]);
    }
}
