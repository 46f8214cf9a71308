//! `/healthz` (the process lives) and `/readyz` (it can serve), at the root of each service.

use std::sync::Arc;

use actix_web::{HttpResponse, web};
use serde_json::json;
use thiserror::Error;

use crate::blocking::BlockingPool;
use crate::error::ApiError;

const LIVENESS: &str = "/healthz";
const READINESS: &str = "/readyz";

/// The paths of both routes.
pub const PATHS: [&str; 2] = [LIVENESS, READINESS];

/// Why a service cannot serve now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotReady {
    /// The database does not answer.
    #[error("database")]
    Database,
    /// The schema is not the one this program was built for.
    #[error("migrations")]
    Migrations,
    /// The key that documents are hashed with is another one, or is being changed.
    #[error("document_hash_key")]
    HashKey,
}

/// Says whether a service can serve; asked on the database's threads.
pub trait Readiness: Send + Sync {
    /// Asks the database, and whether its schema is current.
    ///
    /// # Errors
    /// [`NotReady`].
    fn check(&self) -> Result<(), NotReady>;
}

/// What `/readyz` needs.
#[derive(Clone)]
pub struct Health {
    readiness: Arc<dyn Readiness>,
    pool: Arc<BlockingPool>,
}

impl Health {
    /// Asks `readiness` on `pool`.
    #[must_use]
    pub fn new(readiness: Arc<dyn Readiness>, pool: Arc<BlockingPool>) -> Self {
        Self { readiness, pool }
    }

    /// Adds both routes.
    pub fn configure(&self, service: &mut web::ServiceConfig) {
        service
            .app_data(web::Data::new(self.clone()))
            .route(LIVENESS, web::get().to(healthz))
            .route(READINESS, web::get().to(readyz));
    }
}

async fn healthz() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "status": "ok" }))
}

async fn readyz(health: web::Data<Health>) -> Result<HttpResponse, ApiError> {
    let readiness = Arc::clone(&health.readiness);
    Ok(match health.pool.run(move || readiness.check()).await? {
        Ok(()) => HttpResponse::Ok().json(json!({ "status": "ready" })),
        Err(reason) => HttpResponse::ServiceUnavailable()
            .json(json!({ "status": "not_ready", "reason": reason.to_string() })),
    })
}
