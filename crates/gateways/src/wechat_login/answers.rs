//! Answers of the server API: HTTP 200 with an `errcode`, which is 0 when it is missing.

use domain::ports::LoginError;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::outbound::{Answer, NoAnswer};

/// Why a call brought nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ApiError {
    /// An `errcode` other than 0.
    Code(i64),
    /// No answer, or none that can be understood.
    Unavailable(String),
}

#[derive(Deserialize)]
struct Verdict {
    #[serde(default)]
    errcode: i64,
}

impl ApiError {
    /// WeChat asks to come again.
    pub(super) const BUSY: Self = Self::Code(-1);

    /// Whether another access token would help.
    pub(super) fn is_stale_token(&self) -> bool {
        matches!(self, Self::Code(40001 | 40014 | 42001))
    }
}

impl From<ApiError> for LoginError {
    fn from(error: ApiError) -> Self {
        match error {
            // Bad code, used code, missing code.
            ApiError::Code(40029 | 40163 | 41008) => Self::InvalidCode,
            ApiError::Code(40226) => Self::Blocked,
            // Too often for this person, or for the mini-program today.
            ApiError::Code(45011 | 45009) => Self::TooFrequent,
            ApiError::Code(code) => Self::Unavailable(format!("errcode {code}")),
            ApiError::Unavailable(what) => Self::Unavailable(what),
        }
    }
}

/// What `answer` says; `name` is what the log calls the call.
pub(super) fn understand<T: DeserializeOwned>(
    name: &'static str,
    answer: Result<Answer, NoAnswer>,
) -> Result<T, ApiError> {
    let answer = answer.map_err(|why| {
        log::warn!(call = name; "WeChat gives no answer: {why}");
        ApiError::Unavailable(why.to_string())
    })?;
    let status = answer.status;
    if status != 200 {
        log::warn!(call = name, status; "WeChat does not answer the question");
        return Err(ApiError::Unavailable(format!("HTTP status {status}")));
    }
    let not_understood = |_| ApiError::Unavailable("the answer cannot be read".to_owned());
    let verdict: Verdict = serde_json::from_slice(&answer.body).map_err(not_understood)?;
    let errcode = verdict.errcode;
    if errcode != 0 {
        log::info!(call = name, errcode; "WeChat refuses");
        return Err(ApiError::Code(errcode));
    }
    serde_json::from_slice(&answer.body).map_err(not_understood)
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderMap;
    use serde_json::Value;

    use super::*;

    fn meaning(status: u16, body: &str) -> Result<Value, LoginError> {
        let answer = Answer {
            status,
            headers: HeaderMap::new(),
            body: body.as_bytes().to_vec(),
        };
        understand("test", Ok(answer)).map_err(LoginError::from)
    }

    #[test]
    fn a_missing_errcode_is_success() {
        assert!(meaning(200, r#"{"openid":"o1"}"#).is_ok());
        assert!(meaning(200, r#"{"errcode":0,"errmsg":"ok"}"#).is_ok());
    }

    #[test]
    fn errcodes_have_their_meaning() {
        for (code, expected) in [
            (40029, LoginError::InvalidCode),
            (40163, LoginError::InvalidCode),
            (40226, LoginError::Blocked),
            (45011, LoginError::TooFrequent),
            (-1, LoginError::Unavailable("errcode -1".to_owned())),
            (40125, LoginError::Unavailable("errcode 40125".to_owned())),
        ] {
            let body = format!(r#"{{"errcode":{code},"errmsg":"…"}}"#);
            assert_eq!(meaning(200, &body), Err(expected));
        }
    }

    #[test]
    fn what_is_no_answer_is_unavailable() {
        for (status, body) in [(500, "{}"), (302, ""), (200, "<html>"), (200, "\"ok\"")] {
            let meaning = meaning(status, body);
            assert!(matches!(meaning, Err(LoginError::Unavailable(_))), "{body}");
        }
        let silence = understand::<Value>("test", Err(NoAnswer::TimedOut));
        let expected = ApiError::Unavailable("no answer in time".to_owned());
        assert_eq!(silence, Err(expected));
    }

    #[test]
    fn three_codes_mean_a_stale_token() {
        for code in [40001, 40014, 42001] {
            assert!(ApiError::Code(code).is_stale_token());
        }
        assert!(!ApiError::Code(40029).is_stale_token());
    }
}
