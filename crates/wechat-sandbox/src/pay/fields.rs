//! How WeChat checks the fields that several requests share.

use reqwest::Url;
use serde::Deserialize;

use super::error::PayError;

/// No price is higher: ¥100 million, so that sums cannot overflow either.
const MOST_FEN: i64 = 10_000_000_000;
const LONGEST_URL: usize = 255;

/// The currency, which may be left out.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct Currency(String);

impl Default for Currency {
    fn default() -> Self {
        Self("CNY".to_owned())
    }
}

impl Currency {
    pub(super) fn check(&self) -> Result<(), PayError> {
        if self.0 == "CNY" {
            Ok(())
        } else {
            Err(PayError::param("/amount/currency", "货币类型只支持CNY"))
        }
    }
}

/// Money that moves is more than nothing.
pub(super) fn positive(field: &'static str, fen: i64) -> Result<(), PayError> {
    if (1..=MOST_FEN).contains(&fen) {
        Ok(())
    } else {
        Err(PayError::param(field, "金额必须是大于0的整数，单位为分"))
    }
}

pub(super) fn length(
    field: &'static str,
    text: &str,
    allowed: std::ops::RangeInclusive<usize>,
) -> Result<(), PayError> {
    if allowed.contains(&text.chars().count()) {
        Ok(())
    } else {
        let issue = format!("长度应为{}至{}个字符", allowed.start(), allowed.end());
        Err(PayError::param(field, issue))
    }
}

/// A number of the merchant's: letters, digits and a few more signs.
pub(super) fn number(
    field: &'static str,
    text: &str,
    allowed: std::ops::RangeInclusive<usize>,
    signs: &str,
) -> Result<(), PayError> {
    length(field, text, allowed)?;
    let sound = |sign: char| sign.is_ascii_alphanumeric() || signs.contains(sign);
    if text.chars().all(sound) {
        Ok(())
    } else {
        Err(PayError::param(field, "含有不允许的字符"))
    }
}

/// WeChat wants https; a sandbox calls its own machine, so plain http will do. A query or a
/// fragment is refused here as there.
pub(super) fn notify_url(text: &str) -> Result<(), PayError> {
    let field = "/notify_url";
    length(field, text, 1..=LONGEST_URL)?;
    let sound = Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.query().is_none()
            && url.fragment().is_none()
    });
    if sound {
        Ok(())
    } else {
        Err(PayError::param(field, "通知地址必须是不带参数的完整URL"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_with_a_query_is_refused() {
        assert!(notify_url("http://127.0.0.1:8080/api/v1/notify").is_ok());
        assert!(notify_url("https://example.com/notify").is_ok());
        for text in [
            "",
            "/notify",
            "ftp://example.com/",
            "http://example.com/notify?x=1",
            "http://example.com/notify#x",
        ] {
            assert!(notify_url(text).is_err(), "{text}");
        }
    }

    #[test]
    fn money_is_positive_and_bounded() {
        for fen in [i64::MIN, -1, 0, MOST_FEN + 1, i64::MAX] {
            assert!(positive("/amount/total", fen).is_err(), "{fen}");
        }
        assert!(positive("/amount/total", 1).is_ok());
    }
}
