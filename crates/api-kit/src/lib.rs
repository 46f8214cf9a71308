//! What both HTTP services share: settings, the error envelope, tokens, blocking calls, paging,
//! limits, logs, health and metrics. No route but the operational ones, and no rule.
//!
//! A service hands its routes to [`serving::Service`], which puts logs, limits, errors and health
//! around them, and reads bodies through [`body::Body`].

pub mod application;
pub mod blocking;
pub mod body;
pub mod error;
pub mod group_desk;
pub mod health;
pub mod idempotency;
pub mod language;
pub mod limits;
pub mod log_lines;
pub mod metrics;
pub mod observe;
pub mod openapi;
pub mod paging;
pub mod program;
pub mod repeating;
pub mod request_id;
pub mod serving;
pub mod settings;
pub mod tokens;
pub mod wire;
