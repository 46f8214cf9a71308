//! What both HTTP services share: settings, the error envelope, tokens, blocking calls, paging,
//! limits, logs, health and metrics. No route but the operational ones, and no rule.

pub mod settings;
