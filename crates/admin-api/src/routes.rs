//! The routes, a file for each noun.

mod check_ins;

use utoipa_actix_web::service_config::ServiceConfig;

/// All routes below `/api/v1`.
pub(crate) fn configure(service: &mut ServiceConfig<'_>) {
    check_ins::configure(service);
}
