//! What every handler works with.

use std::sync::Arc;

use actix_web::web;
use api_kit::blocking::BlockingPool;
use api_kit::error::ApiError;
use api_kit::limits::RateLimit;
use api_kit::tokens::Tokens;
use domain::clock::Clock;
use domain::id::{AccountId, IdSource};
use domain::ports::{PaymentProvider, Queries, UnitOfWork, WechatLogin};
use domain::request_digest::RequestDigests;
use domain::rules::Rules;
use domain::sealed::{IdentityCipher, TextCipher};
use domain::ticket_code::TicketCodeSigner;

use crate::order_desk::OrderDesk;
use crate::payment_desk::PaymentDesk;
use crate::sale_watch::SaleWatch;

/// The ports of the domain, as `startup` connected them, and what the service keeps in memory.
pub(crate) struct Service {
    pub(crate) unit_of_work: Arc<dyn UnitOfWork>,
    pub(crate) queries: Arc<dyn Queries>,
    pub(crate) login: Arc<dyn WechatLogin>,
    pub(crate) payments: Arc<dyn PaymentProvider>,
    pub(crate) cipher: Arc<dyn IdentityCipher>,
    pub(crate) text_cipher: Arc<dyn TextCipher>,
    pub(crate) digests: Arc<dyn RequestDigests>,
    pub(crate) ticket_codes: Arc<dyn TicketCodeSigner>,
    pub(crate) ids: Arc<dyn IdSource>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) rules: Rules,
    pub(crate) tokens: Tokens,
    pub(crate) order_limit: RateLimit<AccountId>,
    pub(crate) desk: OrderDesk,
    /// The days on sale, for what needs no database.
    pub(crate) sale: Arc<SaleWatch>,
    pub(crate) payment_desk: PaymentDesk,
    /// Threads for the database, not more than there are connections.
    pub(crate) database: Arc<BlockingPool>,
    /// Threads for calls to WeChat's login.
    pub(crate) login_calls: Arc<BlockingPool>,
    /// Threads for calls to WeChat Pay: a login server that is silent does not stall paying.
    pub(crate) payment_calls: Arc<BlockingPool>,
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

/// Runs `work` where it may wait for WeChat's login.
pub(crate) async fn on_login<T: Send + 'static>(
    state: &State,
    work: impl FnOnce(&Service) -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    let service = Arc::clone(state);
    state.login_calls.run(move || work(&service)).await?
}

/// Runs `work` where it may wait for WeChat Pay.
pub(crate) async fn on_payments<T: Send + 'static>(
    state: &State,
    work: impl FnOnce(&Service) -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    let service = Arc::clone(state);
    state.payment_calls.run(move || work(&service)).await?
}
