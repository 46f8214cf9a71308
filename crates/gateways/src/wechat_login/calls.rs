//! Calls of the server API that ask for an access token.

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

impl WechatLoginClient {
    /// Posts `body` to `path` under the access token, with a fresh one, once, if WeChat refuses
    /// the one we have. `name` is what the log calls the call.
    pub(crate) fn call<T: DeserializeOwned>(
        &self,
        name: &'static str,
        path: &[&str],
        body: &Value,
    ) -> Result<T, ApiError> {
        let ask = |token: &SecretString| {
            let mut url = self.outbound.address(path);
            url.query_pairs_mut()
                .append_pair("access_token", token.expose_secret());
            self.post(name, url, body)
        };
        let token = self.access_tokens.get(None, || self.fetch_token())?;
        match ask(&token) {
            Err(error) if error.is_stale_token() => {
                let fetch = || self.fetch_token();
                ask(&self.access_tokens.get(Some(&token), fetch)?)
            }
            other => other,
        }
    }

    fn fetch_token(&self) -> Result<Grant, ApiError> {
        let url = self.outbound.address(&["cgi-bin", "stable_token"]);
        let body = json!({
            "grant_type": "client_credential",
            "appid": self.app_id,
            "secret": self.app_secret.expose_secret(),
        });
        let token: Token = self.post("access token", url, &body)?;
        Ok(Grant {
            token: token.access_token.into(),
            expires_in: token.expires_in,
        })
    }

    fn post<T: DeserializeOwned>(
        &self,
        name: &'static str,
        url: Url,
        body: &Value,
    ) -> Result<T, ApiError> {
        let mut request = Request::new(Method::POST, url);
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(CONTENT_TYPE, json);
        *request.body_mut() = Some(body.to_string().into());
        understand(name, self.outbound.send(request))
    }
}
