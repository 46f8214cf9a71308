//! What the services are told by their environment.

use std::fs;
use std::path::Path;

use wechat_sandbox::RunningSandbox;

use crate::failure::{Context as _, Failure};

/// So many days after today are on sale: as many as the calendar shows.
pub(super) const DAYS_ON_SALE: i64 = 14;

/// Every variable but the ports. Limits are raised, none is removed; the rest is what
/// config/default.toml says, with the secrets of tests.
pub(super) fn all(
    database: &str,
    folder: &Path,
    offset_file: &Path,
    sandbox: &RunningSandbox,
) -> Result<Vec<(String, String)>, Failure> {
    let file = |name: &str, content: &str| {
        let path = folder.join(name);
        let written = fs::write(&path, content).context(format!("writing {}", path.display()));
        written.map(|()| path.display().to_string())
    };
    let keys = sandbox.keys();
    let variables = [
        ("PALACE_ENV", "test".to_owned()),
        ("PALACE__DATABASE__URL", database.to_owned()),
        ("PALACE__DATABASE__POOL_SIZE", "16".to_owned()),
        ("PALACE__SERVER__WORKERS", "0".to_owned()),
        ("PALACE__SERVER__METRICS_PORT", "0".to_owned()),
        ("PALACE__LIMITS__ORDERS_PER_MINUTE", "1000000".to_owned()),
        (
            "PALACE__LIMITS__REQUESTS_PER_ADDRESS",
            "1000000000".to_owned(),
        ),
        // Each scenario has a day of its own on sale.
        (
            "PALACE__RULES__SALES_OPEN_DAYS_AHEAD",
            DAYS_ON_SALE.to_string(),
        ),
        (
            "PALACE__CLOCK__OFFSET_FILE",
            offset_file.display().to_string(),
        ),
        ("PALACE__WECHAT__LOGIN_BASE_URL", sandbox.base_url()),
        ("PALACE__WECHAT__PAY__BASE_URL", sandbox.base_url()),
        (
            "PALACE__WECHAT__PAY__PRIVATE_KEY_FILE",
            file("merchant_private.pem", keys.merchant_private_pem())?,
        ),
        (
            "PALACE__WECHAT__PAY__PLATFORM_PUBLIC_KEY_FILE",
            file("platform_public.pem", keys.platform_public_pem())?,
        ),
    ];
    Ok(variables
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec())
}
