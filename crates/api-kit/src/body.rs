//! Bodies: limited in size and time; JSON strict in shape, and precise about what is wrong.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::Bytes;
use actix_web::{Error, FromRequest, HttpRequest, rt};
use domain::text::LocalText;
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::error::{ApiError, Detail, codes, foreign};

/// The largest body that is read, in bytes.
pub const LARGEST: usize = 64 * 1024;

/// How long a body may take to arrive. Even a slow phone sends the largest in this time; who sends
/// a byte now and then only wants to hold the connection.
const SLOWEST: Duration = Duration::from_secs(10);

/// A body as it came, in place of `web::Bytes`.
#[derive(Debug)]
pub struct RawBody(pub Bytes);

impl FromRequest for RawBody {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let bytes = arrived_within(SLOWEST, Bytes::from_request(request, payload));
        Box::pin(async move { Ok(Self(bytes.await?)) })
    }
}

/// What arrives, unless it takes longer than `longest`.
async fn arrived_within<T>(
    longest: Duration,
    arriving: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    rt::time::timeout(longest, arriving)
        .await
        .map_err(|_| ApiError::new(&codes::REQUEST_TIMEOUT))?
}

/// A JSON body, in place of `web::Json`: a fault names its place, `visitors[1].category`, and
/// nothing of what was sent is repeated, because it may be somebody's document number.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = says_json(request);
        let bytes = arrived_within(SLOWEST, Bytes::from_request(request, payload));
        Box::pin(async move {
            let bytes = bytes.await?;
            if !is_json {
                return Err(malformed().into());
            }
            Ok(Self(parse(&bytes)?))
        })
    }
}

fn says_json(request: &HttpRequest) -> bool {
    let content_type = request.headers().get(CONTENT_TYPE);
    content_type
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|value| value.trim().eq_ignore_ascii_case("application/json"))
}

/// Reads a body.
///
/// # Errors
/// `request.invalid`, with the field where that is known.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    // Keeping track of the place costs as much as reading; only a fault has to be found again.
    if let Ok(value) = serde_json::from_slice(bytes) {
        return Ok(value);
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer)
        .map_err(|error| refused(bytes, &error))?;
    deserializer.end().map_err(|_| malformed())?;
    Ok(value)
}

fn refused(bytes: &[u8], error: &serde_path_to_error::Error<serde_json::Error>) -> ApiError {
    // Not asked of the error itself: it calls a number in place of an enumeration a syntax error.
    if serde_json::from_slice::<IgnoredAny>(bytes).is_err() {
        return malformed();
    }
    let text = error.inner().to_string();
    let path = error.path().to_string();
    let named = text.split('`').nth(1).unwrap_or_default();
    let detail = if text.starts_with("unknown field") {
        foreign::unknown_field(&within(&path, named))
    } else if text.starts_with("missing field") {
        foreign::missing_field(&within(&path, named))
    } else if text.starts_with("duplicate field") {
        foreign::invalid_field(&within(&path, named))
    } else {
        foreign::invalid_field(if path == "." { "body" } else { &path })
    };
    ApiError::new(&codes::REQUEST_INVALID).detail(detail)
}

/// The path of the field `name`, which `path` may end with already.
fn within(path: &str, name: &str) -> String {
    match path {
        "." => name.to_owned(),
        path if path == name || path.ends_with(&format!(".{name}")) => path.to_owned(),
        path => format!("{path}.{name}"),
    }
}

fn malformed() -> ApiError {
    let message = LocalText::new(
        "请求体应为 application/json 格式的 JSON",
        "The body must be JSON, sent as application/json",
    );
    ApiError::new(&codes::REQUEST_INVALID).detail(Detail::new("body.malformed", message))
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use domain::text::Language;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[serde(rename = "date")]
        _date: String,
        #[serde(default, rename = "visitors")]
        _visitors: Vec<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[serde(rename = "name")]
        _name: String,
        #[serde(default, rename = "kind")]
        _kind: Option<Kind>,
    }

    #[derive(Debug, Deserialize)]
    enum Kind {
        Adult,
    }

    fn detail(text: &str) -> (String, String) {
        let error = parse::<Outer>(text.as_bytes()).unwrap_err();
        assert_eq!(error.code().code, "request.invalid");
        let body = error.body(Language::English, "");
        let detail = &body["details"][0];
        let member = |name: &str| detail[name].as_str().unwrap_or_default().to_owned();
        (member("field"), member("code"))
    }

    #[actix_web::test]
    async fn a_body_that_does_not_arrive_is_not_waited_for() {
        let never = pending::<Result<(), Error>>();
        let error = arrived_within(Duration::ZERO, never).await.unwrap_err();
        let error = error.as_error::<ApiError>().unwrap();
        assert_eq!(
            (error.code().status, error.code().code),
            (408, "request.timeout")
        );
    }

    #[test]
    fn a_fault_names_its_place() {
        for (text, field, code) in [
            ("{}", "date", "field.missing"),
            (r#"{"date":5}"#, "date", "field.invalid"),
            (r#"{"date":"x","when":1}"#, "when", "field.unknown"),
            (
                r#"{"date":"x","visitors":[{"name":"x"},{}]}"#,
                "visitors[1].name",
                "field.missing",
            ),
            (
                r#"{"date":"x","visitors":[{"name":[]}]}"#,
                "visitors[0].name",
                "field.invalid",
            ),
            (
                r#"{"date":"x","visitors":[{"name":"x","age":1}]}"#,
                "visitors[0].age",
                "field.unknown",
            ),
            (r#"{"date":"x","date":"y"}"#, "date", "field.invalid"),
            (
                r#"{"date":"x","visitors":[{"name":"x","kind":-1}]}"#,
                "visitors[0].kind",
                "field.invalid",
            ),
            ("[]", "body", "field.invalid"),
            (r#""date""#, "body", "field.invalid"),
        ] {
            assert_eq!(detail(text), (field.to_owned(), code.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_no_json_is_malformed() {
        for text in ["", "{", "{\"date\":\"x\"} {}", "\u{0}", "{\"date\": nul}"] {
            assert_eq!(detail(text).1, "body.malformed", "{text}");
        }
    }

    #[test]
    fn nothing_that_was_sent_is_repeated() {
        let error = parse::<Outer>(br#"{"date":"x","visitors":"11010519491231002X"}"#).unwrap_err();
        let body = error.body(Language::Chinese, "").to_string();
        assert!(body.contains("visitors") && !body.contains("11010519"));
        assert!(!error.to_string().contains("11010519"));
    }
}
