//! What happens while a snapshot is being taken.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use domain::calendar::OpeningDay;
use domain::id::AccountId;
use domain::ports::{CalendarQueries, SaleQueries, StoreError};
use domain::quota::Quota;
use domain::session::Session;
use domain::ticket_type::PriceList;
use domain::use_cases::sale_snapshot::SaleSnapshot;
use domain::venue::Venue;
use domain::visit_date::VisitDate;

use crate::office::{Office, created, visitor};

/// More questions than a snapshot asks.
const QUESTIONS: usize = 12;

/// The office's queries; just before one of them, somebody does something.
struct Interrupted<'a> {
    office: &'a Office,
    asked: AtomicUsize,
    before: usize,
    act: &'a (dyn Fn() + Sync),
}

impl Interrupted<'_> {
    fn ask<T>(
        &self,
        question: impl FnOnce(&domain::testing::MemoryStore) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if self.asked.fetch_add(1, Ordering::SeqCst) == self.before {
            (self.act)();
        }
        question(&self.office.store)
    }
}

impl CalendarQueries for Interrupted<'_> {
    fn days(&self, first: VisitDate, last: VisitDate) -> Result<Vec<OpeningDay>, StoreError> {
        self.ask(|store| store.days(first, last))
    }

    fn quotas(&self, first: VisitDate, last: VisitDate) -> Result<Vec<Quota>, StoreError> {
        self.ask(|store| store.quotas(first, last))
    }

    fn sessions(&self) -> Result<Vec<Session>, StoreError> {
        self.ask(CalendarQueries::sessions)
    }

    fn venues(&self) -> Result<Vec<Venue>, StoreError> {
        self.ask(CalendarQueries::venues)
    }

    fn prices(&self) -> Result<PriceList, StoreError> {
        self.ask(CalendarQueries::prices)
    }
}

impl SaleQueries for Interrupted<'_> {
    fn day_versions(
        &self,
        first: VisitDate,
        last: VisitDate,
    ) -> Result<Vec<(VisitDate, u64)>, StoreError> {
        self.ask(|store| store.day_versions(first, last))
    }

    fn customers(&self, date: VisitDate) -> Result<HashSet<AccountId>, StoreError> {
        self.ask(|store| store.customers(date))
    }

    fn first_lapse(&self, date: VisitDate) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.ask(|store| store.first_lapse(date))
    }
}

/// Whoever buys the last place while a snapshot is taken is not refused from it when the answer
/// was lost and the order is asked for again: between whichever two questions it happens, and
/// whether or not the customers are read anew.
#[test]
fn who_buys_meanwhile_is_not_refused() {
    for rest in [TimeDelta::zero(), TimeDelta::seconds(1)] {
        for before in 0..QUESTIONS {
            let office = Office::with_capacity(1);
            let (rules, store) = (&office.museum.rules, &*office.store);
            let earlier = SaleSnapshot::take(store, None, rules, office.museum.now()).unwrap();
            office.advance(rest);
            let buyer = office.museum.account();
            let people = || vec![visitor(&office.museum.adult(), Office::fixed_day(), &[])];
            let draft = office.draft(&buyer, people());
            let queries = Interrupted {
                office: &office,
                asked: AtomicUsize::new(0),
                before,
                act: &|| drop(created(&office.place(draft.clone()))),
            };
            let now = office.museum.now();
            let taken = SaleSnapshot::take(&queries, Some(&earlier), rules, now).unwrap();
            assert_eq!(
                taken.refusal(&draft, rules),
                None,
                "before question {before}"
            );
            assert!(queries.asked.into_inner() < QUESTIONS);
        }
    }
}
