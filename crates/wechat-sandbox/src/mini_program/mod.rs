//! The mini-program's server API: answers are HTTP 200 and carry an `errcode`.

pub(crate) mod error;
pub(crate) mod login;
pub(crate) mod messages;
pub(crate) mod openid;
pub(crate) mod phone;
pub(crate) mod tokens;

/// What follows `sandbox:` in a code, if there is anything.
pub(crate) fn sandbox_code(code: &str) -> Option<&str> {
    code.strip_prefix("sandbox:")
        .filter(|rest| !rest.is_empty() && rest.chars().count() <= 64)
}
