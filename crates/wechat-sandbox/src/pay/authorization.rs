//! The `Authorization` header of a request to Pay v3.

use crate::pay::error::PayError;
use crate::settings::MERCHANT_SERIAL;
use crate::state::State;

const SCHEME: &str = "WECHATPAY2-SHA256-RSA2048 ";
/// How far the merchant's clock may be off, in seconds.
const TOLERANCE: i64 = 300;

/// What the header says.
#[derive(Debug, Default, PartialEq, Eq)]
struct Authorization<'a> {
    mchid: &'a str,
    nonce: &'a str,
    timestamp: &'a str,
    serial: &'a str,
    signature: &'a str,
}

impl<'a> Authorization<'a> {
    /// Reads `name="value"` pairs in any order; none may be missing, repeated or empty.
    fn parse(header: &'a str) -> Option<Self> {
        let mut read = Self::default();
        for pair in header.strip_prefix(SCHEME)?.split(',') {
            let (name, value) = pair.trim().split_once('=')?;
            let value = value.strip_prefix('"')?.strip_suffix('"')?;
            let place = match name {
                "mchid" => &mut read.mchid,
                "nonce_str" => &mut read.nonce,
                "timestamp" => &mut read.timestamp,
                "serial_no" => &mut read.serial,
                "signature" => &mut read.signature,
                _ => return None,
            };
            if value.is_empty() || !place.is_empty() {
                return None;
            }
            *place = value;
        }
        let all = [
            read.mchid,
            read.nonce,
            read.timestamp,
            read.serial,
            read.signature,
        ];
        all.iter().all(|value| !value.is_empty()).then_some(read)
    }
}

/// Checks that the merchant signed exactly this request, and lately.
pub(super) fn verify(
    state: &State,
    header: &str,
    method: &str,
    path_and_query: &str,
    body: &[u8],
) -> Result<(), PayError> {
    let read = Authorization::parse(header)
        .ok_or_else(|| PayError::sign("Http头Authorization认证类型或格式不正确"))?;
    if read.mchid != state.settings.mch_id {
        return Err(PayError::sign("商户号不正确"));
    }
    if read.serial != MERCHANT_SERIAL {
        return Err(PayError::sign("商户证书序列号有误"));
    }
    let timestamp: i64 = read
        .timestamp
        .parse()
        .map_err(|_| PayError::sign("Http头Authorization中的timestamp不正确"))?;
    if state.now().timestamp().abs_diff(timestamp) > TOLERANCE.unsigned_abs() {
        return Err(PayError::sign(
            "Http头Authorization中的timestamp与发起请求的时间相差超过5分钟",
        ));
    }
    let parts = [
        method.as_bytes(),
        path_and_query.as_bytes(),
        read.timestamp.as_bytes(),
        read.nonce.as_bytes(),
        body,
    ];
    if state.signer.merchant_signed(&parts, read.signature) {
        Ok(())
    } else {
        Err(PayError::sign("签名错误，请检查后再试"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "WECHATPAY2-SHA256-RSA2048 mchid=\"1\",nonce_str=\"2\",\
                          timestamp=\"3\",serial_no=\"4\",signature=\"a+/b==\"";

    #[test]
    fn reads_all_five_values_whatever_their_order() {
        let read = Authorization::parse(HEADER).unwrap();
        assert_eq!(read.signature, "a+/b==");
        assert_eq!((read.mchid, read.serial), ("1", "4"));
        let turned = "WECHATPAY2-SHA256-RSA2048 signature=\"a+/b==\", serial_no=\"4\", \
                      timestamp=\"3\", nonce_str=\"2\", mchid=\"1\"";
        assert_eq!(Authorization::parse(turned), Some(read));
    }

    #[test]
    fn anything_else_is_no_authorization() {
        let missing = HEADER.replace("nonce_str=\"2\",", "");
        let empty = HEADER.replace("\"2\"", "\"\"");
        let twice = format!("{HEADER},mchid=\"1\"");
        let bare = HEADER.replace("\"3\"", "3");
        for text in ["", "Bearer x", &missing, &empty, &twice, &bare] {
            assert_eq!(Authorization::parse(text), None, "{text}");
        }
    }
}
