//! From a phone code to the number that WeChat has verified.

use domain::phone::Phone;
use domain::ports::LoginError;
use reqwest::blocking::Request;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::WechatLoginClient;
use super::access_token::Grant;
use super::answers::{ApiError, understand};

#[derive(Deserialize)]
struct Token {
    access_token: String,
    expires_in: i64,
}

#[derive(Deserialize)]
struct PhoneAnswer {
    phone_info: PhoneInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PhoneInfo {
    pure_phone_number: String,
    country_code: CountryCode,
    watermark: Watermark,
}

/// WeChat writes it either way.
#[derive(Deserialize)]
#[serde(untagged)]
enum CountryCode {
    Text(String),
    Number(u32),
}

#[derive(Deserialize)]
struct Watermark {
    appid: String,
}

/// The number behind `code`, with a fresh token if WeChat refuses the one we have.
pub(super) fn verified_phone(client: &WechatLoginClient, code: &str) -> Result<Phone, LoginError> {
    let token = client.access_tokens.get(None, || fetch_token(client))?;
    let answer = match ask(client, code, &token) {
        Err(error) if error.is_stale_token() => {
            let fetch = || fetch_token(client);
            let fresh = client.access_tokens.get(Some(&token), fetch)?;
            ask(client, code, &fresh)
        }
        other => other,
    }?;
    answer.phone_info.phone(&client.app_id)
}

fn ask(
    client: &WechatLoginClient,
    code: &str,
    token: &SecretString,
) -> Result<PhoneAnswer, ApiError> {
    let path = ["wxa", "business", "getuserphonenumber"];
    let mut url = client.outbound.address(&path);
    url.query_pairs_mut()
        .append_pair("access_token", token.expose_secret());
    post(client, "phone", url, &json!({"code": code}))
}

fn fetch_token(client: &WechatLoginClient) -> Result<Grant, ApiError> {
    let url = client.outbound.address(&["cgi-bin", "stable_token"]);
    let body = json!({
        "grant_type": "client_credential",
        "appid": client.app_id,
        "secret": client.app_secret.expose_secret(),
    });
    let token: Token = post(client, "access token", url, &body)?;
    Ok(Grant {
        token: token.access_token.into(),
        expires_in: token.expires_in,
    })
}

fn post<T: DeserializeOwned>(
    client: &WechatLoginClient,
    name: &'static str,
    url: Url,
    body: &Value,
) -> Result<T, ApiError> {
    let mut request = Request::new(Method::POST, url);
    let json = HeaderValue::from_static("application/json");
    request.headers_mut().insert(CONTENT_TYPE, json);
    *request.body_mut() = Some(body.to_string().into());
    understand(name, client.outbound.send(request))
}

impl PhoneInfo {
    /// The number, if it was meant for the mini-program `app_id`.
    fn phone(&self, app_id: &str) -> Result<Phone, LoginError> {
        if self.watermark.appid != app_id {
            let what = "the number was given to another mini-program";
            return Err(LoginError::Unavailable(what.to_owned()));
        }
        let country = match &self.country_code {
            CountryCode::Text(text) => text.trim_start_matches('+').to_owned(),
            CountryCode::Number(number) => number.to_string(),
        };
        Phone::parse(&format!("+{country}{}", self.pure_phone_number))
            .map_err(|_| LoginError::Unavailable("WeChat names no phone number".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(info: &str) -> Result<String, LoginError> {
        let info: PhoneInfo = serde_json::from_str(info).unwrap();
        info.phone("wx1").map(|phone| phone.as_str().to_owned())
    }

    fn info(number: &str, country: &str, app_id: &str) -> String {
        format!(
            r#"{{"phoneNumber":"{number}","purePhoneNumber":"{number}","countryCode":{country},
                "watermark":{{"appid":"{app_id}","timestamp":1}}}}"#
        )
    }

    #[test]
    fn the_country_is_a_text_or_a_number() {
        for country in ["86", r#""86""#, r#""+86""#] {
            let phone = read(&info("13812345678", country, "wx1"));
            assert_eq!(phone, Ok("13812345678".to_owned()), "{country}");
        }
        let phone = read(&info("12345678", "852", "wx1"));
        assert_eq!(phone, Ok("+85212345678".to_owned()));
    }

    #[test]
    fn the_watermark_must_be_ours_and_the_number_a_number() {
        for (number, app_id) in [("13812345678", "wx2"), ("", "wx1")] {
            let phone = read(&info(number, "86", app_id));
            assert!(matches!(phone, Err(LoginError::Unavailable(_))));
        }
    }
}
