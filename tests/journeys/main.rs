//! Journeys over HTTP, on a real database, with the real binaries.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test ends where something unexpected comes"
)]

mod annual_pass;
mod contention;
mod gate;
mod gate_race;
mod kill;
mod messages;
mod no_shows;
mod payment_news;
mod personas;
mod private_logs;
mod purchase;
