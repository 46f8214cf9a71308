//! The routes, a file for each noun.

mod annual_passes;
pub(crate) mod availability;
mod banners;
pub(crate) mod calendar;
mod exhibitions;
mod invoices;
mod me;
mod notices;
pub(crate) mod notifications;
mod opening_hours;
mod orders;
mod parse;
mod payments;
mod public;
mod refunds;
mod sessions;
mod ticket_codes;
pub(crate) mod ticket_types;
mod visitors;

use utoipa_actix_web::service_config::ServiceConfig;

/// All routes below `/api/v1`.
pub(crate) fn configure(service: &mut ServiceConfig<'_>) {
    // What is asked for most comes first: a path is held against one route after the other.
    calendar::configure(service);
    availability::configure(service);
    orders::configure(service);
    ticket_types::configure(service);
    sessions::configure(service);
    me::configure(service);
    visitors::configure(service);
    opening_hours::configure(service);
    banners::configure(service);
    notices::configure(service);
    exhibitions::configure(service);
    annual_passes::configure(service);
    payments::configure(service);
    refunds::configure(service);
    invoices::configure(service);
    ticket_codes::configure(service);
    notifications::configure(service);
}
