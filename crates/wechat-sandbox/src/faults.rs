//! What shall go wrong, for the next few calls.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A kind of mishap that WeChat's users know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FaultKind {
    /// A notification is delivered `value` more times (1), all at once.
    DuplicateNotification,
    /// A call is carried out only after `value` milliseconds (1000).
    DelayMs,
    /// A notification is never sent, and never again.
    DropNotification,
    /// A notification or a query reports `value` fen, or one fen more than the truth.
    WrongAmount,
    /// An answer or one delivery of a notification is signed with another key.
    BadSignature,
    /// A refund that is accepted ends as `value`: `ABNORMAL`, or `CLOSED`.
    RefundFails,
    /// A call is answered 500 and nothing is done.
    #[serde(rename = "http_500")]
    Http500,
    /// A call is carried out, but its answer is held for `value` milliseconds (6000).
    Timeout,
}

/// One mishap, for as many matching calls as `count` says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    pub(crate) kind: FaultKind,
    #[serde(default = "once")]
    pub(crate) count: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<Value>,
    /// Only calls whose path begins so; of a notification, the path of its address counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<String>,
}

fn once() -> u32 {
    1
}

impl Fault {
    /// Says in plain words why this fault makes no sense, if it does not.
    pub(crate) fn objection(&self) -> Option<&'static str> {
        if self.count == 0 {
            return Some("count must be at least 1");
        }
        let value = self.value.as_ref()?;
        let sound = match self.kind {
            FaultKind::RefundFails => matches!(value.as_str(), Some("ABNORMAL" | "CLOSED")),
            _ => value.as_i64().is_some_and(|number| number >= 0),
        };
        (!sound).then_some("value does not suit this kind of fault")
    }

    /// The fault's number, if it has one.
    pub(crate) fn number(&self) -> Option<i64> {
        self.value.as_ref().and_then(Value::as_i64)
    }

    /// The fault's value as a time, bounded so that no call is held for ever.
    pub(crate) fn duration(&self, otherwise: Duration) -> Duration {
        let asked = self.value.as_ref().and_then(Value::as_u64);
        asked
            .map_or(otherwise, Duration::from_millis)
            .min(Duration::from_secs(30))
    }

    fn matches(&self, kind: FaultKind, path: &str) -> bool {
        let prefix = self.path.as_deref().unwrap_or("");
        self.kind == kind && path.starts_with(prefix)
    }
}

/// The faults that are still to happen, the oldest first.
#[derive(Default)]
pub(crate) struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    pub(crate) fn add(&self, fault: Fault) {
        self.lock().push(fault);
    }

    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    pub(crate) fn pending(&self) -> Vec<Fault> {
        self.lock().clone()
    }

    /// Uses up one call of the oldest fault that matches.
    pub(crate) fn take(&self, kind: FaultKind, path: &str) -> Option<Fault> {
        let mut faults = self.lock();
        let place = faults.iter().position(|fault| fault.matches(kind, path))?;
        let fault = faults.get_mut(place)?;
        fault.count = fault.count.saturating_sub(1);
        let taken = fault.clone();
        if taken.count == 0 {
            faults.remove(place);
        }
        Some(taken)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Fault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> Fault {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn a_fault_is_used_up_by_the_calls_it_matches() {
        let faults = Faults::default();
        faults.add(fault(
            r#"{"kind":"http_500","count":2,"path":"/v3/refund"}"#,
        ));
        assert_eq!(faults.take(FaultKind::Http500, "/v3/pay"), None);
        assert_eq!(faults.take(FaultKind::Timeout, "/v3/refund"), None);
        assert!(faults.take(FaultKind::Http500, "/v3/refund/x").is_some());
        assert!(faults.take(FaultKind::Http500, "/v3/refund/x").is_some());
        assert_eq!(faults.take(FaultKind::Http500, "/v3/refund/x"), None);
        assert!(faults.pending().is_empty());
    }

    #[test]
    fn senseless_faults_are_objected_to() {
        for text in [
            r#"{"kind":"delay_ms","count":0}"#,
            r#"{"kind":"delay_ms","value":-1}"#,
            r#"{"kind":"delay_ms","value":"long"}"#,
            r#"{"kind":"refund_fails","value":"SUCCESS"}"#,
        ] {
            assert!(fault(text).objection().is_some(), "{text}");
        }
        assert_eq!(fault(r#"{"kind":"refund_fails"}"#).objection(), None);
        assert!(serde_json::from_str::<Fault>(r#"{"kind":"flood"}"#).is_err());
    }

    #[test]
    fn no_call_is_held_for_ever() {
        let day = fault(r#"{"kind":"timeout","value":86400000}"#);
        assert_eq!(day.duration(Duration::ZERO), Duration::from_secs(30));
    }
}
