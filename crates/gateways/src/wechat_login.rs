//! WeChat's login and phone numbers: the domain's [`domain::ports::WechatLogin`].
//!
//! The session key never leaves this crate: it is not even read. Codes, openids, numbers and
//! addresses (which hold secrets) are never logged.

mod access_token;
mod answers;
mod calls;
mod phone;

use std::fmt;
use std::sync::Arc;

use domain::account::OpenId;
use domain::clock::Clock;
use domain::phone::Phone;
use domain::ports::{LoginError, WechatLogin};
use reqwest::Method;
use reqwest::blocking::Request;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use self::access_token::AccessTokens;
pub(crate) use self::answers::ApiError;
use self::answers::understand;
use crate::outbound::{Outbound, OutboundLimits};
use crate::settings::{SettingsError, require};

/// Longer than any code of WeChat's.
const LONGEST_CODE: usize = 512;

/// What a mini-program is to WeChat's server API.
#[derive(Debug, Clone)]
pub struct WechatLoginSettings {
    /// Scheme and host; WeChat's own is `https://api.weixin.qq.com`.
    pub base_url: String,
    /// The mini-program's `appid`.
    pub app_id: String,
    /// Its secret.
    pub app_secret: SecretString,
    /// How much waiting there is at most.
    pub limits: OutboundLimits,
}

/// A mini-program at WeChat's server API.
///
/// Blocking: see the note at the head of this crate.
pub struct WechatLoginClient {
    outbound: Outbound,
    app_id: String,
    app_secret: SecretString,
    access_tokens: AccessTokens,
}

#[derive(Deserialize)]
struct Session {
    openid: String,
}

impl WechatLoginClient {
    /// A client with these settings; nothing is called yet. Tokens age by `clock`.
    ///
    /// # Errors
    /// [`SettingsError`] that names the first setting that cannot be used.
    pub fn new(
        settings: WechatLoginSettings,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SettingsError> {
        require("app_id", &settings.app_id)?;
        require("app_secret", settings.app_secret.expose_secret())?;
        Ok(Self {
            outbound: Outbound::new(&settings.base_url, settings.limits)?,
            app_id: settings.app_id,
            app_secret: settings.app_secret,
            access_tokens: AccessTokens::new(clock),
        })
    }

    fn session(&self, code: &str) -> Result<Session, ApiError> {
        let mut url = self.outbound.address(&["sns", "jscode2session"]);
        url.query_pairs_mut()
            .append_pair("appid", &self.app_id)
            .append_pair("secret", self.app_secret.expose_secret())
            .append_pair("js_code", code)
            .append_pair("grant_type", "authorization_code");
        let answer = self.outbound.send(Request::new(Method::GET, url));
        understand("sign in", answer)
    }
}

impl WechatLogin for WechatLoginClient {
    fn sign_in(&self, code: &str) -> Result<OpenId, LoginError> {
        check_code(code)?;
        let session = match self.session(code) {
            // Busy: it says so before it looks at the code, which is therefore still good.
            Err(ApiError::BUSY) => self.session(code),
            other => other,
        }?;
        OpenId::parse(&session.openid)
            .map_err(|_| LoginError::Unavailable("WeChat names no openid".to_owned()))
    }

    fn phone(&self, code: &str) -> Result<Phone, LoginError> {
        check_code(code)?;
        phone::verified_phone(self, code)
    }
}

impl fmt::Debug for WechatLoginClient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "WechatLoginClient({})", self.app_id)
    }
}

/// What no code can be is refused without asking WeChat.
fn check_code(code: &str) -> Result<(), LoginError> {
    let possible = (1..=LONGEST_CODE).contains(&code.len())
        && code.chars().all(|c| !c.is_control() && c <= '\u{ffff}');
    possible.then_some(()).ok_or(LoginError::InvalidCode)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_clock::SteppingClock;
    use crate::test_server::{answering, ok};

    fn settings() -> WechatLoginSettings {
        WechatLoginSettings {
            base_url: "http://127.0.0.1:1".to_owned(),
            app_id: "wx1".to_owned(),
            app_secret: "secret".into(),
            limits: OutboundLimits::default(),
        }
    }

    fn client(settings: WechatLoginSettings) -> Result<WechatLoginClient, SettingsError> {
        let clock = SteppingClock::at("2026-12-01T10:00:00+08:00");
        WechatLoginClient::new(settings, Arc::new(clock))
    }

    #[test]
    fn impossible_codes_are_refused_without_a_call() {
        let client = client(settings()).unwrap();
        for code in ["", "a\nb", "😀", &"a".repeat(513)] {
            assert_eq!(client.sign_in(code), Err(LoginError::InvalidCode));
            assert_eq!(client.phone(code), Err(LoginError::InvalidCode));
        }
        // A possible one is asked about, where nobody listens.
        let unavailable = client.sign_in("code").unwrap_err();
        assert!(matches!(unavailable, LoginError::Unavailable(_)));
    }

    #[test]
    fn a_busy_wechat_is_asked_once_more() {
        let busy = || ok(r#"{"errcode":-1,"errmsg":"system error"}"#);
        let person = ok(r#"{"openid":"o123","session_key":"x"}"#);
        let sign_in = |answers| {
            let base_url = format!("http://{}", answering(answers));
            let settings = WechatLoginSettings {
                base_url,
                ..settings()
            };
            client(settings).unwrap().sign_in("code")
        };
        let openid = sign_in(vec![busy(), person.clone()]).unwrap();
        assert_eq!(openid.as_str(), "o123");
        let unavailable = sign_in(vec![busy(), busy(), person]);
        let expected = LoginError::Unavailable("errcode -1".to_owned());
        assert_eq!(unavailable, Err(expected));
    }

    #[test]
    fn unusable_settings_are_named_and_secrets_are_not_shown() {
        let mut nameless = settings();
        nameless.app_id.clear();
        let mut open = settings();
        open.app_secret = "".into();
        let error = |settings| client(settings).unwrap_err().setting;
        assert_eq!(error(nameless), "app_id");
        assert_eq!(error(open), "app_secret");
        assert_eq!(
            format!("{:?}", client(settings()).unwrap()),
            "WechatLoginClient(wx1)"
        );
        assert!(!format!("{:?}", settings()).contains("\"secret\""));
    }
}
