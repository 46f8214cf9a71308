//! Opening quotas and setting capacities (rule 4.7), and loading what is sold.

use std::collections::BTreeSet;

use thiserror::Error;

use crate::money::Fen;
use crate::ports::{StoreError, Stores, UnitOfWork};
use crate::quota::{Quota, QuotaKey};
use crate::session::{Session, SessionCode};
use crate::ticket_type::{PriceError, PriceKey, check_price};
use crate::venue::{Venue, VenueCode, VenueKind};
use crate::visit_date::VisitDate;

/// The places of the palace on one day, over all sessions (rule 4.7).
pub const PALACE_CAPACITY_PER_DAY: u32 = 40_000;
/// The places of an add-on venue in one session (rule 4.7).
pub const ADD_ON_CAPACITY_PER_SESSION: u32 = 10_000;

/// The capacity of one venue in one session, on every day that a template is used for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateLine {
    /// The session.
    pub session: SessionCode,
    /// The venue.
    pub venue: VenueCode,
    /// How many places.
    pub capacity: u32,
}

/// The template of rule 4.7: the palace's day split evenly over the sessions, the first ones
/// getting what does not divide.
#[must_use]
pub fn default_template(sessions: &[Session], venues: &[Venue]) -> Vec<TemplateLine> {
    let mut left = PALACE_CAPACITY_PER_DAY;
    let mut sessions_left = u32::try_from(sessions.len()).unwrap_or(u32::MAX);
    let mut lines = Vec::new();
    for session in sessions {
        let share = left.div_ceil(sessions_left.max(1));
        left = left.saturating_sub(share);
        sessions_left = sessions_left.saturating_sub(1);
        lines.extend(venues.iter().map(|venue| TemplateLine {
            session: session.code().clone(),
            venue: venue.code().clone(),
            capacity: match venue.kind() {
                VenueKind::Admission => share,
                VenueKind::AddOn => ADD_ON_CAPACITY_PER_SESSION,
            },
        }));
    }
    lines
}

/// What opening quotas has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OpenedQuotas {
    /// Open days looked at.
    pub days: usize,
    /// Quotas added.
    pub added: usize,
    /// Quotas that were there already and stay as they are.
    pub kept: usize,
    /// Days left out because they are closed or have no row.
    pub left_out: usize,
}

/// Opens the quotas of a template on one day, those that are not open yet; closed days are left
/// out.
///
/// # Errors
/// [`StoreError`]; nothing was written.
pub fn open_quotas(
    unit_of_work: &dyn UnitOfWork,
    date: VisitDate,
    template: &[TemplateLine],
) -> Result<OpenedQuotas, StoreError> {
    unit_of_work.run(|stores| {
        let day = stores.days().take(date)?;
        if !day.is_some_and(|day| day.is_open()) {
            return Ok(OpenedQuotas {
                left_out: 1,
                ..OpenedQuotas::default()
            });
        }
        let existing: BTreeSet<QuotaKey> = stores
            .quotas()
            .lock_day(date)?
            .iter()
            .map(|quota| quota.key().clone())
            .collect();
        let missing: Vec<Quota> = template
            .iter()
            .map(|line| (key(date, line), line.capacity))
            .filter(|(key, _)| !existing.contains(key))
            .map(|(key, capacity)| Quota::open(key, capacity))
            .collect();
        stores.quotas().insert(&missing)?;
        Ok(OpenedQuotas {
            days: 1,
            added: missing.len(),
            kept: template.len().saturating_sub(missing.len()),
            left_out: 0,
        })
    })
}

fn key(date: VisitDate, line: &TemplateLine) -> QuotaKey {
    QuotaKey {
        date,
        session: line.session.clone(),
        venue: line.venue.clone(),
    }
}

/// Why a capacity was not set.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CapacityError {
    /// There is no such quota.
    #[error("no such quota")]
    NotFound,
    /// Below what is taken, which must be confirmed (rule 4.7).
    #[error("{taken} places are taken already")]
    BelowTaken {
        /// How many are taken.
        taken: u32,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whether staff have confirmed that a capacity may lie below what is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BelowTaken {
    /// Refused.
    Refuse,
    /// Confirmed: nothing is cancelled, refunds are absorbed until the places fit.
    Accept,
}

/// Sets a quota's capacity, never its remaining places; the quota before and after.
///
/// # Errors
/// [`CapacityError`]; nothing was changed.
pub fn set_capacity(
    unit_of_work: &dyn UnitOfWork,
    key: &QuotaKey,
    capacity: u32,
    below_taken: BelowTaken,
) -> Result<(Quota, Quota), CapacityError> {
    unit_of_work.run(|stores| {
        stores.days().take(key.date)?;
        let quotas = stores.quotas().lock_day(key.date)?;
        let before = quotas
            .into_iter()
            .find(|quota| quota.key() == key)
            .ok_or(CapacityError::NotFound)?;
        if capacity < before.taken() && below_taken == BelowTaken::Refuse {
            return Err(CapacityError::BelowTaken {
                taken: before.taken(),
            });
        }
        let mut after = before.clone();
        after.set_capacity(capacity);
        stores.quotas().save(std::slice::from_ref(&after))?;
        Ok((before, after))
    })
}

/// What is sold: sessions, venues and prices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue {
    /// The sessions.
    pub sessions: Vec<Session>,
    /// The venues.
    pub venues: Vec<Venue>,
    /// The prices.
    pub prices: Vec<(PriceKey, Fen)>,
}

/// Why a catalogue was not loaded.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CatalogueError {
    /// A price breaks rule 2.3.
    #[error("the price of {venue} for {category} is refused: {cause}", venue = key.venue, category = key.category.code())]
    Price {
        /// Which price.
        key: PriceKey,
        /// Why.
        cause: PriceError,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Loads a catalogue; each price must keep to rule 2.3, also against the one it replaces.
///
/// # Errors
/// [`CatalogueError`]; nothing was written.
pub fn load_catalogue(
    unit_of_work: &dyn UnitOfWork,
    catalogue: &Catalogue,
) -> Result<(), CatalogueError> {
    unit_of_work.run(|stores| {
        check_prices(stores, &catalogue.prices)?;
        stores.catalogue().put_sessions(&catalogue.sessions)?;
        stores.catalogue().put_venues(&catalogue.venues)?;
        stores.catalogue().put_prices(&catalogue.prices)?;
        Ok(())
    })
}

fn check_prices(stores: &mut dyn Stores, prices: &[(PriceKey, Fen)]) -> Result<(), CatalogueError> {
    let known = stores.catalogue().prices()?;
    for (key, price) in prices {
        let previous = known.price(&key.venue, key.category, key.season);
        check_price(key, *price, previous).map_err(|cause| CatalogueError::Price {
            key: key.clone(),
            cause,
        })?;
    }
    Ok(())
}
