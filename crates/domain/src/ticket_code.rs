//! The code that a ticket shows at the gate as a QR.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use thiserror::Error;

use crate::id::TicketId;
use crate::session::SessionCode;
use crate::visit_date::VisitDate;

/// What a ticket's code says. It names no person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketCode {
    /// The ticket.
    pub ticket: TicketId,
    /// Its visit date.
    pub date: VisitDate,
    /// Its session.
    pub session: SessionCode,
    /// The first instant at which the code is no longer good, a whole second.
    pub expires_at: DateTime<Utc>,
}

/// Why a text is not a good ticket code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TicketCodeError {
    /// It has not the form of a ticket code.
    #[error("not a ticket code")]
    Form,
    /// It has the form, but we did not sign it.
    #[error("the ticket code is not signed by us")]
    Forged,
    /// We signed it, and its time is over: the screen should show a newer one.
    #[error("the ticket code has expired")]
    Expired,
}

impl TicketCode {
    /// How long a code is good: short, so that a photograph of a screen is soon worthless.
    pub const LIFETIME: TimeDelta = TimeDelta::minutes(5);

    /// The code that a ticket shows from `now` on.
    #[must_use]
    pub fn of(ticket: TicketId, date: VisitDate, session: SessionCode, now: DateTime<Utc>) -> Self {
        Self {
            ticket,
            date,
            session,
            expires_at: (now + Self::LIFETIME).trunc_subsecs(0),
        }
    }
}

/// Writes and signs the codes that tickets show.
pub trait TicketCodeSigner: Send + Sync {
    /// The text of the QR. [`TicketCodeVerifier::verify`] MUST read the same code from it.
    fn issue(&self, code: &TicketCode) -> String;
}

/// Reads what a gate has scanned.
pub trait TicketCodeVerifier: Send + Sync {
    /// The code that `text` says, if we signed it and it is still good at `now`.
    ///
    /// # Errors
    /// [`TicketCodeError`]; what is not signed by us MUST NOT be read any further.
    fn verify(&self, text: &str, now: DateTime<Utc>) -> Result<TicketCode, TicketCodeError>;
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn is_good_for_five_minutes_in_whole_seconds() {
        let now = DateTime::parse_from_rfc3339("2026-12-01T10:00:00.999+08:00").unwrap();
        let code = TicketCode::of(
            TicketId::new(Uuid::from_u128(1)),
            VisitDate::parse("2026-12-01").unwrap(),
            SessionCode::parse("morning").unwrap(),
            now.to_utc(),
        );
        let expected = DateTime::parse_from_rfc3339("2026-12-01T10:05:00+08:00").unwrap();
        assert_eq!(code.expires_at, expected);
    }
}
