//! A museum to test in: a catalogue, open days, people and orders.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

use crate::account::{Account, OpenId};
use crate::annual_pass::AnnualPass;
use crate::calendar::{DayState, Hours, OpeningDay};
use crate::clock::Clock;
use crate::id::{AccountId, AnnualPassId, IdSource};
use crate::money::Fen;
use crate::phone::Phone;
use crate::ports::{StoreError, Stores, UnitOfWork};
use crate::quota::{Quota, QuotaKey};
use crate::rules::Rules;
use crate::sealed::IdentityCipher;
use crate::session::{SessionCode, first_sessions};
use crate::ticket_type::{PriceKey, default_prices};
use crate::venue::{VenueCode, first_venues};
use crate::visit_date::VisitDate;

use super::{FixedClock, MemoryStore, OrderBuilder, Person, PlainCipher, SequentialIds};

/// The museum on an ordinary day of sale: a clock, ids, a cipher, and a store that holds the
/// sessions, venues and prices of the rule book.
///
/// Its clock stands at 10:00 on 25 November 2026 in Shanghai; [`day`](Self::day), a Tuesday, is
/// then on sale once it was opened. Everything panics where a store fails: it is for tests.
pub struct Museum {
    /// The time.
    pub clock: FixedClock,
    /// Where ids come from.
    pub ids: SequentialIds,
    /// What seals and hashes documents.
    pub cipher: PlainCipher,
    /// The numbers of the rule book.
    pub rules: Rules,
    unit_of_work: Arc<dyn UnitOfWork>,
    persons: AtomicU32,
}

impl Museum {
    /// A museum in `unit_of_work`, whose stores are empty: the catalogue is put there.
    ///
    /// # Panics
    /// If the store fails.
    #[must_use]
    pub fn on(unit_of_work: Arc<dyn UnitOfWork>) -> Self {
        let museum = Self::without_catalogue(unit_of_work);
        let prices: Vec<(PriceKey, Fen)> = default_prices().rows().collect();
        museum.run(|stores| {
            stores.catalogue().put_sessions(&first_sessions())?;
            stores.catalogue().put_venues(&first_venues())?;
            stores.catalogue().put_prices(&prices)
        });
        museum
    }

    /// A museum in memory, and the store to read from and to inject faults into.
    #[must_use]
    pub fn in_memory() -> (Self, Arc<MemoryStore>) {
        let store = Arc::new(MemoryStore::new());
        let unit_of_work: Arc<dyn UnitOfWork> = store.clone();
        (Self::on(unit_of_work), store)
    }

    /// A museum in stores that stay empty.
    #[must_use]
    pub fn without_catalogue(unit_of_work: Arc<dyn UnitOfWork>) -> Self {
        let now = VisitDate::parse("2026-11-25").map_or(DateTime::UNIX_EPOCH, VisitDate::start);
        Self {
            clock: FixedClock::at(now + TimeDelta::hours(10)),
            ids: SequentialIds::new(),
            cipher: PlainCipher,
            rules: Rules::default(),
            unit_of_work,
            persons: AtomicU32::new(0),
        }
    }

    /// What the use cases take.
    #[must_use]
    pub fn unit_of_work(&self) -> &dyn UnitOfWork {
        &*self.unit_of_work
    }

    /// The present instant.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Tuesday, 1 December 2026: low season, six days ahead.
    #[must_use]
    pub fn day(&self) -> VisitDate {
        VisitDate::containing(self.now()).plus_days(6)
    }

    /// Opens `date` with `capacity` places in every venue and session.
    ///
    /// # Panics
    /// If the store fails, or the date has quotas.
    pub fn open(&self, date: VisitDate, capacity: u32) {
        let hours = Hours::of_season(date.season());
        let day = OpeningDay::new(date, DayState::Open, hours, None);
        self.run(|stores| {
            stores.days().put(&day)?;
            let (sessions, venues) = (stores.catalogue().sessions()?, stores.catalogue().venues()?);
            let mut quotas = Vec::new();
            for session in &sessions {
                quotas.extend(venues.iter().map(|venue| {
                    let key = QuotaKey {
                        date,
                        session: session.code().clone(),
                        venue: venue.code().clone(),
                    };
                    Quota::open(key, capacity)
                }));
            }
            stores.quotas().insert(&quotas)
        });
    }

    /// A new account with a phone number that WeChat has not verified.
    ///
    /// # Panics
    /// If the store fails.
    #[must_use]
    pub fn account(&self) -> Account {
        let id = AccountId::next(&self.ids);
        let account = Account {
            id,
            open_id: OpenId::parse(&format!("person-{id}")).expect("visible ASCII characters"),
            phone: Some(phone()),
            phone_verified: false,
            registered_at: self.now(),
        };
        self.run(|stores| stores.accounts().insert(&account));
        account
    }

    /// A person born on `birth` (`YYYY-MM-DD`), another one with each call.
    ///
    /// # Panics
    /// If `birth` has not that form.
    #[must_use]
    pub fn person(&self, birth: &str) -> Person {
        Person::born(birth, self.persons.fetch_add(1, Ordering::SeqCst))
    }

    /// An adult of no particular age.
    #[must_use]
    pub fn adult(&self) -> Person {
        self.person("1990-05-01")
    }

    /// An annual pass of `person` for the year of [`day`](Self::day), granted now and stored.
    ///
    /// # Panics
    /// If the store fails, or the person has one.
    #[must_use]
    pub fn annual_pass(&self, person: &Person) -> AnnualPass {
        let id = AnnualPassId::next(&self.ids);
        let sealed = self.cipher.seal(id.uuid(), &person.name, &person.document);
        let pass = AnnualPass {
            id,
            document_type: person.document.kind(),
            nationality: None,
            document_hash: Some(self.cipher.hash(&person.document)),
            identity: sealed.ok(),
            birth_date: Some(person.birth_date),
            year: self.day().year(),
            entries: self.rules.annual_pass_entries,
            reserved: 0,
            used: 0,
            granted_at: self.now(),
            voided_at: None,
        };
        self.run(|stores| stores.annual_passes().insert(&pass));
        pass
    }

    /// Begins an order of `account` for [`day`](Self::day), in the morning, placed now.
    #[must_use]
    pub fn order(&self, account: &Account) -> OrderBuilder<'_> {
        OrderBuilder::new(&self.ids, &self.cipher, account.id, self.day(), self.now())
    }

    /// Runs `work` in one unit.
    ///
    /// # Panics
    /// If it fails.
    pub fn run<T>(&self, work: impl FnMut(&mut dyn Stores) -> Result<T, StoreError>) -> T {
        let result = self.unit_of_work.run(work);
        result.expect("the unit of work succeeds")
    }

    /// The next id, of no kind.
    #[must_use]
    pub fn next_id(&self) -> uuid::Uuid {
        self.ids.next()
    }
}

/// The session of that code.
///
/// # Panics
/// If it has not the form of a code.
#[must_use]
pub fn session(code: &str) -> SessionCode {
    SessionCode::parse(code).expect("the code of a session")
}

/// The venue of that code.
///
/// # Panics
/// If it has not the form of a code.
#[must_use]
pub fn venue(code: &str) -> VenueCode {
    VenueCode::parse(code).expect("the code of a venue")
}

/// A phone number.
///
/// # Panics
/// Never.
#[must_use]
pub fn phone() -> Phone {
    Phone::parse("13800138000").expect("a mainland number")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::CalendarQueries;
    use crate::visit_date::SalesState;

    #[test]
    fn an_opened_day_is_on_sale_in_every_venue_and_session() {
        let (museum, store) = Museum::in_memory();
        let day = museum.day();
        assert_eq!(day.to_string(), "2026-12-01");
        assert_eq!(
            day.sales_state(museum.now(), &museum.rules),
            SalesState::Open
        );
        museum.open(day, 20);
        assert!(store.days(day, day).unwrap()[0].is_open());
        let quotas = store.quotas(day, day).unwrap();
        assert_eq!(quotas.len(), 8);
        assert!(quotas.iter().all(|quota| quota.remaining() == 20));
    }
}
