//! What is shown of the days on sale, written once for all who look.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::rules::Rules;
use domain::text::Language;
use domain::use_cases::sale_snapshot::SaleSnapshot;
use domain::visit_date::VisitDate;

use crate::page::Page;
use crate::routes::{availability, calendar, ticket_types};

/// A page in both languages.
struct Bilingual {
    chinese: Page,
    english: Page,
}

impl Bilingual {
    fn write(
        write: impl Fn(Language) -> Result<Page, serde_json::Error>,
    ) -> Result<Self, serde_json::Error> {
        Ok(Self {
            chinese: write(Language::Chinese)?,
            english: write(Language::English)?,
        })
    }

    fn get(&self, language: Language) -> &Page {
        match language {
            Language::Chinese => &self.chinese,
            Language::English => &self.english,
        }
    }
}

/// The pages about the days on sale.
pub(crate) struct SalePages {
    calendar: Bilingual,
    availability: BTreeMap<VisitDate, Page>,
    ticket_types: Arc<BTreeMap<VisitDate, Bilingual>>,
}

impl SalePages {
    /// Writes the pages of a snapshot, by the clock of `now`; what the one `before` sold for the
    /// same prices is not written again.
    ///
    /// # Errors
    /// If a page cannot be written as JSON.
    pub(crate) fn write(
        snapshot: &SaleSnapshot,
        before: Option<(&SaleSnapshot, &Self)>,
        rules: &Rules,
        now: DateTime<Utc>,
    ) -> Result<Self, serde_json::Error> {
        let same = before.filter(|(earlier, _)| sell_the_same(earlier, snapshot));
        let days = snapshot.calendar(rules, now);
        Ok(Self {
            calendar: Bilingual::write(|language| calendar::page(&days, now, language))?,
            availability: availability_of(snapshot, rules, now)?,
            ticket_types: match same {
                Some((_, pages)) => Arc::clone(&pages.ticket_types),
                None => Arc::new(ticket_types_of(snapshot)?),
            },
        })
    }

    /// The calendar.
    pub(crate) fn calendar(&self, language: Language) -> &Page {
        self.calendar.get(language)
    }

    /// What is left on `date`; `None` beyond the days that are kept.
    pub(crate) fn availability(&self, date: VisitDate) -> Option<&Page> {
        self.availability.get(&date)
    }

    /// What is sold for `date`; `None` beyond the days that are kept.
    pub(crate) fn ticket_types(&self, date: VisitDate, language: Language) -> Option<&Page> {
        Some(self.ticket_types.get(&date)?.get(language))
    }
}

fn sell_the_same(one: &SaleSnapshot, other: &SaleSnapshot) -> bool {
    one.days().eq(other.days())
        && one.sessions() == other.sessions()
        && one.venues() == other.venues()
        && one.prices() == other.prices()
}

fn availability_of(
    snapshot: &SaleSnapshot,
    rules: &Rules,
    now: DateTime<Utc>,
) -> Result<BTreeMap<VisitDate, Page>, serde_json::Error> {
    let pages = snapshot.days().map(|(date, _)| {
        let places = snapshot.places(date, rules, now).unwrap_or_default();
        Ok((date, availability::page(date, places)?))
    });
    pages.collect()
}

fn ticket_types_of(
    snapshot: &SaleSnapshot,
) -> Result<BTreeMap<VisitDate, Bilingual>, serde_json::Error> {
    let catalogue = ticket_types::Catalogue {
        sessions: snapshot.sessions(),
        venues: snapshot.venues(),
        prices: snapshot.prices(),
    };
    let pages = snapshot.days().map(|(date, day)| {
        let write = |language| ticket_types::page(date, day, &catalogue, language);
        Ok((date, Bilingual::write(write)?))
    });
    pages.collect()
}
