//! What the museum always has: sessions, venues, prices and holidays.

use domain::holiday::holidays_2026;
use domain::ports::UnitOfWork;
use domain::session::first_sessions;
use domain::ticket_type::default_prices;
use domain::use_cases::open_days::import_holidays;
use domain::use_cases::open_quotas::{Catalogue, load_catalogue};
use domain::venue::first_venues;

use crate::failure::{Context as _, Failure};

/// Loads it; a database that has it already stays as it is.
pub(super) fn load(unit_of_work: &dyn UnitOfWork) -> Result<(), Failure> {
    let catalogue = Catalogue {
        sessions: first_sessions(),
        venues: first_venues(),
        prices: default_prices().rows().collect(),
    };
    load_catalogue(unit_of_work, &catalogue).context("loading the catalogue")?;
    import_holidays(unit_of_work, 2026, holidays_2026().periods()).context("importing the holidays")
}
