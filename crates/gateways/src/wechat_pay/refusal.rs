//! What an answer other than success means.

use domain::ports::ProviderError;
use serde::Deserialize;

/// Why a call brought nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CallError {
    /// It may or may not have been carried out.
    Unknown(String),
    /// WeChat refuses, and we believe that it was WeChat.
    Refused(Refusal),
}

/// A verified refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    code: String,
}

#[derive(Deserialize)]
struct ErrorBody {
    code: String,
}

/// What WeChat calls errors that repeating helps against, whatever their status, without
/// underscores: old and new spellings exist.
const TRANSIENT: [&str; 8] = [
    "SYSTEMERROR",
    "BANKERROR",
    "BIZERRNEEDRETRY",
    "FREQUENCYLIMITED",
    "FREQUENCYLIMITEXCEED",
    "RATELIMITEXCEED",
    "RATELIMITEXCEEDED",
    "USERPAYING",
];

impl CallError {
    /// What a verified answer with this status and body means, other than success.
    pub(super) fn of_answer(status: u16, body: &[u8]) -> Self {
        let code = serde_json::from_slice(body)
            .ok()
            .map(|body: ErrorBody| body.code)
            .filter(|code| is_code(code))
            .unwrap_or_else(|| format!("HTTP_{status}"));
        let refusal = Refusal { code };
        let definite = (400..500).contains(&status) && status != 429 && status != 408;
        if definite && !TRANSIENT.contains(&refusal.plain_code().as_str()) {
            Self::Refused(refusal)
        } else {
            Self::Unknown(format!("{status} {}", refusal.code))
        }
    }
}

impl Refusal {
    /// The order that the call is about is paid.
    pub(super) fn is_paid(&self) -> bool {
        self.plain_code() == "ORDERPAID"
    }

    /// The order or refund that the call is about does not exist.
    pub(super) fn is_not_found(&self) -> bool {
        let code = self.plain_code();
        let known = [
            "ORDERNOTEXIST",
            "ORDERNOTEXISTS",
            "RESOURCENOTEXISTS",
            "REFUNDNOTEXISTS",
            "REFUNDNOTEXIST",
        ];
        known.contains(&code.as_str())
    }

    /// The order that the call is about is closed.
    pub(super) fn is_closed(&self) -> bool {
        self.plain_code() == "ORDERCLOSED"
    }

    fn plain_code(&self) -> String {
        self.code.replace('_', "")
    }
}

impl From<CallError> for ProviderError {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Unknown(what) => Self::Unknown(what),
            CallError::Refused(refusal) if refusal.is_paid() => Self::AlreadyPaid,
            CallError::Refused(refusal) => Self::Refused { code: refusal.code },
        }
    }
}

/// Only what looks like a code is passed on: it is logged and shown to staff.
fn is_code(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meaning(status: u16, body: &str) -> ProviderError {
        CallError::of_answer(status, body.as_bytes()).into()
    }

    #[test]
    fn what_may_have_happened_is_unknown() {
        for (status, body) in [
            (202, r#"{"code":"USERPAYING"}"#),
            (302, ""),
            (400, r#"{"code":"SYSTEMERROR"}"#),
            (403, r#"{"code":"FREQUENCY_LIMIT_EXCEED"}"#),
            (408, ""),
            (429, r#"{"code":"RATELIMIT_EXCEEDED"}"#),
            (429, r#"{"code":"SLOW_DOWN"}"#),
            (500, r#"{"code":"SYSTEM_ERROR","message":"…"}"#),
            (502, "<html>"),
        ] {
            let meaning = meaning(status, body);
            assert!(matches!(meaning, ProviderError::Unknown(_)), "{meaning}");
        }
    }

    #[test]
    fn a_definite_refusal_keeps_its_code() {
        for (status, body, code) in [
            (400, r#"{"code":"PARAM_ERROR"}"#, "PARAM_ERROR"),
            (403, r#"{"code":"NOT_ENOUGH","detail":{}}"#, "NOT_ENOUGH"),
            (404, "", "HTTP_404"),
            (400, r#"{"code":"openid o123 is wrong"}"#, "HTTP_400"),
        ] {
            let code = code.to_owned();
            assert_eq!(meaning(status, body), ProviderError::Refused { code });
        }
    }

    #[test]
    fn old_and_new_spellings_mean_the_same() {
        for code in ["ORDERPAID", "ORDER_PAID"] {
            let body = format!(r#"{{"code":"{code}"}}"#);
            assert_eq!(meaning(400, &body), ProviderError::AlreadyPaid);
        }
        for code in ["ORDERNOTEXIST", "ORDER_NOT_EXIST", "RESOURCE_NOT_EXISTS"] {
            let refusal = Refusal {
                code: code.to_owned(),
            };
            assert!(refusal.is_not_found());
        }
    }
}
