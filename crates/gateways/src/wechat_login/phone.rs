//! From a phone code to the number that WeChat has verified.

use domain::phone::Phone;
use domain::ports::LoginError;
use serde::Deserialize;
use serde_json::json;

use super::WechatLoginClient;

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

/// The number behind `code`.
pub(super) fn verified_phone(client: &WechatLoginClient, code: &str) -> Result<Phone, LoginError> {
    let path = ["wxa", "business", "getuserphonenumber"];
    let answer: PhoneAnswer = client.call("phone", &path, &json!({"code": code}))?;
    answer.phone_info.phone(&client.app_id)
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
