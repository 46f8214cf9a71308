//! The text of a ticket's QR, signed with Ed25519.
//!
//! `PM1.<payload>.<signature>`, both in base64url without padding; the signature covers all that
//! stands before the second dot. The payload: version (1 byte, 1), ticket id (16), visit date as
//! days since 1 January 1970 (4, signed), expiry in seconds since then (8, signed), then the
//! session's code. Numbers are big-endian.

use std::fmt;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, ParsedPublicKey};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use chrono::{DateTime, NaiveDate, Utc};
use domain::id::TicketId;
use domain::session::SessionCode;
use domain::ticket_code::{TicketCode, TicketCodeError, TicketCodeSigner, TicketCodeVerifier};
use domain::visit_date::VisitDate;
use uuid::Uuid;

use crate::secret_key::SecretKey;
use crate::settings::SettingsError;

const PREFIX: &str = "PM1";
const VERSION: u8 = 1;

/// More than the longest code has, so that nobody makes us decode a megabyte.
const LONGEST_TEXT: usize = 256;

/// Issues ticket codes, and verifies them.
pub struct TicketCodes {
    key_pair: Ed25519KeyPair,
    reader: TicketCodeReader,
}

/// Verifies ticket codes from the public key alone: all that a gate needs to know.
#[derive(Debug)]
pub struct TicketCodeReader {
    public_key: ParsedPublicKey,
}

impl TicketCodes {
    /// Codes signed with the key pair that grows from `seed`.
    ///
    /// # Errors
    /// [`SettingsError`] if no key pair can be made of it.
    pub fn new(seed: &SecretKey) -> Result<Self, SettingsError> {
        let refuse = |_| SettingsError::new("ticket_code_seed", "it is no Ed25519 seed");
        let key_pair = Ed25519KeyPair::from_seed_unchecked(seed.expose()).map_err(refuse)?;
        let reader = TicketCodeReader::new(key_pair.public_key().as_ref())?;
        Ok(Self { key_pair, reader })
    }

    /// The 32 bytes that gates verify with.
    #[must_use]
    pub fn public_key(&self) -> &[u8] {
        self.key_pair.public_key().as_ref()
    }
}

impl TicketCodeReader {
    /// Verifies with the 32 bytes of [`TicketCodes::public_key`].
    ///
    /// # Errors
    /// [`SettingsError`] if they are no Ed25519 public key.
    pub fn new(public_key: &[u8]) -> Result<Self, SettingsError> {
        let refuse = |_| SettingsError::new("ticket_code_key", "it is no Ed25519 public key");
        let public_key = ParsedPublicKey::new(&ED25519, public_key).map_err(refuse)?;
        Ok(Self { public_key })
    }
}

impl TicketCodeSigner for TicketCodes {
    fn issue(&self, code: &TicketCode) -> String {
        let mut text = format!("{PREFIX}.");
        BASE64_URL_SAFE_NO_PAD.encode_string(payload(code), &mut text);
        let signature = self.key_pair.sign(text.as_bytes());
        text.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(signature, &mut text);
        text
    }
}

impl TicketCodeVerifier for TicketCodes {
    fn verify(&self, text: &str, now: DateTime<Utc>) -> Result<TicketCode, TicketCodeError> {
        self.reader.verify(text, now)
    }
}

impl TicketCodeVerifier for TicketCodeReader {
    fn verify(&self, text: &str, now: DateTime<Utc>) -> Result<TicketCode, TicketCodeError> {
        let (signed, payload, signature) = take_apart(text).ok_or(TicketCodeError::Form)?;
        self.public_key
            .verify_sig(signed.as_bytes(), &signature)
            .map_err(|_| TicketCodeError::Forged)?;
        let code = read_payload(&payload).ok_or(TicketCodeError::Form)?;
        if now < code.expires_at {
            Ok(code)
        } else {
            Err(TicketCodeError::Expired)
        }
    }
}

impl fmt::Debug for TicketCodes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TicketCodes")
    }
}

fn payload(code: &TicketCode) -> Vec<u8> {
    let days = code.date.date().to_epoch_days();
    let mut payload = vec![VERSION];
    payload.extend_from_slice(code.ticket.uuid().as_bytes());
    payload.extend_from_slice(&days.to_be_bytes());
    payload.extend_from_slice(&code.expires_at.timestamp().to_be_bytes());
    payload.extend_from_slice(code.session.as_str().as_bytes());
    payload
}

/// What is signed, the payload and the signature.
fn take_apart(text: &str) -> Option<(&str, Vec<u8>, Vec<u8>)> {
    if text.len() > LONGEST_TEXT {
        return None;
    }
    let (signed, signature) = text.rsplit_once('.')?;
    let payload = signed.strip_prefix(PREFIX)?.strip_prefix('.')?;
    let decode = |part| BASE64_URL_SAFE_NO_PAD.decode(part).ok();
    Some((signed, decode(payload)?, decode(signature)?))
}

fn read_payload(payload: &[u8]) -> Option<TicketCode> {
    let rest = payload.strip_prefix(&[VERSION])?;
    let (ticket, rest) = rest.split_first_chunk()?;
    let (days, rest) = rest.split_first_chunk()?;
    let (expiry, session) = rest.split_first_chunk()?;
    Some(TicketCode {
        ticket: TicketId::new(Uuid::from_bytes(*ticket)),
        date: VisitDate::new(NaiveDate::from_epoch_days(i32::from_be_bytes(*days))?),
        session: SessionCode::parse(str::from_utf8(session).ok()?).ok()?,
        expires_at: DateTime::from_timestamp(i64::from_be_bytes(*expiry), 0)?,
    })
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn codes(seed: u8) -> TicketCodes {
        TicketCodes::new(&SecretKey::new([seed; 32])).unwrap()
    }

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_796_000_000, 0).unwrap()
    }

    fn code(session: &str) -> TicketCode {
        TicketCode::of(
            TicketId::new(Uuid::from_u128(0x0198_0000_0000_7000_8000_0000_0000_0001)),
            VisitDate::parse("2026-12-01").unwrap(),
            SessionCode::parse(session).unwrap(),
            now(),
        )
    }

    #[test]
    fn the_public_key_alone_verifies_what_was_issued() {
        let text = codes(1).issue(&code("morning"));
        let reader = TicketCodeReader::new(codes(1).public_key()).unwrap();
        assert_eq!(reader.verify(&text, now()), Ok(code("morning")));
        assert_eq!(codes(1).verify(&text, now()), Ok(code("morning")));
        assert!(text.starts_with("PM1."));
        // Version 7 of a QR with medium correction holds 122 bytes, version 10 holds 213.
        assert!(text.len() < 180, "{}", text.len());
    }

    #[test]
    fn the_longest_session_still_fits() {
        let longest = code(&"s".repeat(32));
        let text = codes(1).issue(&longest);
        assert_eq!(codes(1).verify(&text, now()), Ok(longest));
    }

    #[test]
    fn expires_at_the_instant_it_says() {
        let text = codes(1).issue(&code("morning"));
        let expiry = code("morning").expires_at;
        let before = expiry - TimeDelta::microseconds(1);
        assert!(codes(1).verify(&text, before).is_ok());
        assert_eq!(
            codes(1).verify(&text, expiry),
            Err(TicketCodeError::Expired)
        );
    }

    #[test]
    fn no_character_can_be_changed() {
        let text = codes(1).issue(&code("morning"));
        for at in 0..text.len() {
            let mut altered = text.clone().into_bytes();
            altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(altered).unwrap();
            let verdict = codes(1).verify(&altered, now());
            assert!(
                matches!(
                    verdict,
                    Err(TicketCodeError::Form | TicketCodeError::Forged)
                ),
                "{at}: {verdict:?}"
            );
        }
    }

    #[test]
    fn another_key_signed_it() {
        let text = codes(2).issue(&code("morning"));
        assert_eq!(codes(1).verify(&text, now()), Err(TicketCodeError::Forged));
    }

    #[test]
    fn what_has_not_the_form() {
        let long = format!("PM1.{}.AAAA", "A".repeat(300));
        for text in [
            "",
            "PM1",
            "PM1..",
            "PM2.AQ.AQ",
            "PM1.A=.AQ",
            "票",
            "PM1.AQ.票",
            &long,
        ] {
            let verdict = codes(1).verify(text, now());
            assert!(
                matches!(
                    verdict,
                    Err(TicketCodeError::Form | TicketCodeError::Forged)
                ),
                "{text}"
            );
        }
        assert_eq!(codes(1).verify(&long, now()), Err(TicketCodeError::Form));
        assert!(TicketCodeReader::new(&[1, 2, 3]).is_err());
    }
}
