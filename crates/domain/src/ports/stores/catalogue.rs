//! Sessions, venues and prices.

use crate::money::Fen;
use crate::session::Session;
use crate::ticket_type::{PriceKey, PriceList};
use crate::venue::Venue;

use super::Stored;

/// Sessions, venues and prices, which are rows (rules 1.5 and 2.2).
pub trait CatalogueStore {
    /// The sessions, by position.
    fn sessions(&mut self) -> Stored<Vec<Session>>;
    /// The venues, by position.
    fn venues(&mut self) -> Stored<Vec<Venue>>;
    /// All prices.
    fn prices(&mut self) -> Stored<PriceList>;
    /// Writes sessions, those that exist anew.
    fn put_sessions(&mut self, sessions: &[Session]) -> Stored<()>;
    /// Writes venues, those that exist anew.
    fn put_venues(&mut self, venues: &[Venue]) -> Stored<()>;
    /// Writes prices, those that exist anew.
    fn put_prices(&mut self, prices: &[(PriceKey, Fen)]) -> Stored<()>;
}
