//! The clock, and the ids that are ordered by it.

use std::sync::Arc;

use api_kit::settings::Settings;
use domain::clock::Clock;
use domain::id::IdSource;
use gateways::clock::SystemClock;
use gateways::ids::UuidV7Source;

/// The clock that the settings ask for.
#[must_use]
pub fn clock(settings: &Settings) -> Arc<dyn Clock> {
    Arc::new(match &settings.clock_offset_file {
        Some(path) => SystemClock::with_offset_file(path.clone()),
        None => SystemClock::system(),
    })
}

/// Ids ordered by `clock`; a process needs one source.
#[must_use]
pub fn id_source(clock: &Arc<dyn Clock>) -> Arc<dyn IdSource> {
    Arc::new(UuidV7Source::new(Arc::clone(clock)))
}
