//! Opening days and holidays.

use crate::calendar::{DayState, Hours, OpeningDay};
use crate::holiday::{HolidayPeriod, Holidays, holidays_2026};
use crate::ports::{StoreError, UniqueKey};
use crate::season::Season;
use crate::text::LocalText;
use crate::visit_date::VisitDate;

use super::Subject;
use super::scene::Scene;

fn closed(date: VisitDate) -> OpeningDay {
    let note = LocalText::new("闭馆维护", "Closed for maintenance");
    OpeningDay::new(
        date,
        DayState::Closed,
        Hours::of_season(Season::Peak),
        Some(note),
    )
}

fn open(date: VisitDate) -> OpeningDay {
    OpeningDay::new(date, DayState::Open, Hours::of_season(Season::Low), None)
}

pub fn a_day_is_taken_as_it_was_put(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    let days = [open(scene.day()), closed(scene.day().plus_days(1))];
    scene.run(|stores| days.iter().try_for_each(|day| stores.days().put(day)));
    scene.run(|stores| {
        for day in &days {
            assert_eq!(stores.days().take(day.date())?.as_ref(), Some(day));
            let again = stores.days().take(day.date())?;
            assert_eq!(again.as_ref(), Some(day), "taken twice by one unit");
        }
        Ok(())
    });
}

pub fn a_day_without_a_row_is_not_there(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    assert_eq!(scene.run(|stores| stores.days().take(scene.day())), None);
    let next = scene.day().plus_days(1);
    let range = scene.run(|stores| stores.days().range(scene.day(), next));
    assert_eq!(range, []);
}

pub fn a_range_has_both_ends_and_is_in_order(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    let days: Vec<OpeningDay> = [0, 1, 3, 4, 5]
        .map(|later| open(scene.day().plus_days(later)))
        .into();
    scene.run(|stores| days.iter().rev().try_for_each(|day| stores.days().put(day)));
    let (first, last) = (scene.day().plus_days(1), scene.day().plus_days(4));
    let range = scene.run(|stores| stores.days().range(first, last));
    assert_eq!(range, days[1..4]);
}

pub fn a_day_is_added_once(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    let first = closed(scene.day());
    scene.run(|stores| stores.days().add(&first));
    let again = scene.attempt(|stores| stores.days().add(&open(scene.day())));
    assert_eq!(again, Err(StoreError::Duplicate(UniqueKey::Other)));
    let day = scene.run(|stores| stores.days().take(scene.day()));
    assert_eq!(day, Some(first));
}

pub fn a_day_is_put_anew(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    scene.run(|stores| stores.days().put(&closed(scene.day())));
    scene.run(|stores| stores.days().put(&open(scene.day())));
    let day = scene.run(|stores| stores.days().take(scene.day()));
    assert_eq!(day, Some(open(scene.day())));
}

pub fn holidays_are_those_imported(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    let none = scene.run(|stores| stores.days().holidays());
    assert_eq!(none, Holidays::default());
    let published = holidays_2026();
    scene.run(|stores| stores.days().put_holidays(2026, published.periods()));
    let stored = scene.run(|stores| stores.days().holidays());
    assert_eq!(sorted(&stored), sorted(&published));
    assert!(stored.covers(2026) && !stored.covers(2027));
}

/// The periods by their first days: a store has no order of import.
fn sorted(holidays: &Holidays) -> Vec<HolidayPeriod> {
    let mut periods = holidays.periods().to_vec();
    periods.sort_by_key(HolidayPeriod::first);
    periods
}

pub fn a_year_is_replaced_whole(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    let period = |first: &str, last: &str| {
        let [first, last] = [first, last].map(|date| VisitDate::parse(date).unwrap());
        HolidayPeriod::new(first, last, LocalText::new("假期", "Holiday"), None).unwrap()
    };
    let across = period("2027-12-31", "2028-01-02");
    scene.run(|stores| {
        stores
            .days()
            .put_holidays(2026, holidays_2026().periods())?;
        stores
            .days()
            .put_holidays(2027, std::slice::from_ref(&across))
    });
    let only = period("2026-10-01", "2026-10-08");
    scene.run(|stores| {
        stores
            .days()
            .put_holidays(2026, std::slice::from_ref(&only))
    });
    let stored = scene.run(|stores| stores.days().holidays());
    assert_eq!(sorted(&stored), [only, across]);
    assert_eq!(stored.years().collect::<Vec<_>>(), [2026, 2027]);
}

pub fn a_year_without_holidays_is_known(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    scene.run(|stores| stores.days().put_holidays(2027, &[]));
    let stored = scene.run(|stores| stores.days().holidays());
    assert!(stored.covers(2027) && stored.periods().is_empty());
}
