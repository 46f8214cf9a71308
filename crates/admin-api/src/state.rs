//! What every handler works with.

use std::sync::Arc;

use actix_web::web;
use api_kit::blocking::BlockingPool;
use api_kit::error::ApiError;
use domain::clock::Clock;
use domain::gate::GateSecrets;
use domain::ports::{Queries, UnitOfWork};
use domain::request_digest::RequestDigests;
use domain::rules::Rules;
use domain::sealed::IdentityCipher;
use domain::ticket_code::TicketCodeVerifier;

/// The ports of the domain, as `startup` connected them.
pub(crate) struct Service {
    pub(crate) unit_of_work: Arc<dyn UnitOfWork>,
    pub(crate) queries: Arc<dyn Queries>,
    pub(crate) cipher: Arc<dyn IdentityCipher>,
    pub(crate) digests: Arc<dyn RequestDigests>,
    pub(crate) gate_secrets: Arc<dyn GateSecrets>,
    pub(crate) ticket_codes: Arc<dyn TicketCodeVerifier>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) rules: Rules,
    /// Threads for the database, fewer than there are connections.
    pub(crate) database: Arc<BlockingPool>,
}

/// The handlers' share of the service.
pub(crate) type State = web::Data<Service>;

/// Runs `work` where it may wait for the database.
pub(crate) async fn on_database<T: Send + 'static>(
    state: &State,
    work: impl FnOnce(&Service) -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    let service = Arc::clone(state);
    state.database.run(move || work(&service)).await?
}
