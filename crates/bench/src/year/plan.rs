//! Which days the year has, and how many tickets each.

use domain::rules::Rules;
use domain::visit_date::VisitDate;

/// How many visit days a year of tickets has: the museum of the benchmark never closes.
const DAYS: i64 = 365;

/// A year of visit days, each with as many tickets as the next, give or take one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct YearPlan {
    /// Its last visit day.
    pub(super) last: VisitDate,
    /// How many tickets it has in all.
    pub(super) tickets: u64,
}

/// One visit day of the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PlannedDay {
    /// The day.
    pub(super) date: VisitDate,
    /// The first number of a visitor who comes for the first time on this day; each ticket but the
    /// last ones has a number of its own.
    pub(super) first_visitor: u64,
    /// How many tickets are sold for it.
    pub(super) tickets: u64,
    /// How many numbers lie between the first visitors of two days.
    pub(super) stride: u64,
    /// How many days came before it.
    pub(super) before: u64,
    /// Whether its visitors were erased already (rule 10.3).
    pub(super) erased: bool,
}

impl YearPlan {
    /// Its days, the first one first.
    pub(super) fn days(self, rules: &Rules) -> impl Iterator<Item = PlannedDay> {
        let count = u64::try_from(DAYS).unwrap_or(1);
        let (share, rest) = (self.tickets / count, self.tickets % count);
        let stride = share + 1;
        let first = self.last.plus_days(1 - DAYS);
        let today = self.last.plus_days(1);
        let last_erased = today.plus_days(-i64::from(rules.personal_data_days));
        (0..count)
            .zip(first.until(self.last))
            .map(move |(before, date)| PlannedDay {
                date,
                first_visitor: before * stride,
                tickets: share + u64::from(before < rest),
                stride,
                before,
                erased: date <= last_erased,
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_ends_on_its_last_day_and_has_all_its_tickets() {
        let last = VisitDate::parse("2026-11-30").unwrap();
        let plan = YearPlan {
            last,
            tickets: 1_000,
        };
        let days: Vec<PlannedDay> = plan.days(&Rules::default()).collect();
        assert_eq!(days.len(), 365);
        assert_eq!(days.last().unwrap().date, last);
        assert_eq!(days.iter().map(|day| day.tickets).sum::<u64>(), 1_000);
        assert!(days.iter().all(|day| day.tickets <= day.stride));
        assert_eq!(days.iter().filter(|day| day.erased).count(), 186);
    }
}
