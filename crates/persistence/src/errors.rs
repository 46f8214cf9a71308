//! What the database's errors mean to the domain.
//!
//! Diesel tells few of them apart, and of a `batch_execute` none, so that the message has to be
//! read; the tests of `tests/suite/errors.rs` provoke each on a live server.

use diesel::result::{DatabaseErrorKind, Error};
use domain::ports::{StoreError, UniqueKey};

/// What messages of deadlocks (1213) and lock wait time-outs (1205) end in, and how MariaDB's
/// 1020 begins.
const CONTENTION_ENDING: &str = "try restarting transaction";
const CHANGED_SINCE_READ: &str = "Record has changed since last read";

/// Parts of messages that mean: this server does not serve this connection any more.
const GONE: [&str; 8] = [
    "server has gone away",
    "Lost connection to",
    "Connection was killed",
    "Query execution was interrupted",
    "Server shutdown in progress",
    "WSREP has not yet prepared node",
    "--read-only option",
    "Can't connect to",
];

/// The domain's word for a failed statement. Personal data that a message may quote is left out.
pub(crate) fn classify(error: &Error) -> StoreError {
    let (kind, message) = match error {
        Error::DatabaseError(kind, information) => (kind, information.message()),
        Error::NotFound => return fault("a row that must exist is missing"),
        Error::DeserializationError(_) => return fault("a stored value cannot be read"),
        Error::SerializationError(_) => return fault("a value cannot be stored"),
        _ => return fault("the statement could not be carried out"),
    };
    if matches!(kind, DatabaseErrorKind::SerializationFailure) || is_contention(message) {
        StoreError::Contention
    } else if matches!(kind, DatabaseErrorKind::ClosedConnection)
        || GONE.iter().any(|part| message.contains(part))
    {
        StoreError::Unavailable
    } else if matches!(kind, DatabaseErrorKind::UniqueViolation) {
        StoreError::Duplicate(unique_key(message))
    } else {
        fault(&without_values(message))
    }
}

/// Says that what is stored, or what the program asked for, cannot be.
pub(crate) fn fault(text: &str) -> StoreError {
    StoreError::Fault(text.to_owned())
}

fn is_contention(message: &str) -> bool {
    message.ends_with(CONTENTION_ENDING) || message.contains(CHANGED_SINCE_READ)
}

/// Reads which key a duplicate ran into, whether or not the server names its table before it.
fn unique_key(message: &str) -> UniqueKey {
    // The entry stands before the key and may hold anything, so the key is looked for backwards.
    let key = message
        .rsplit_once("for key '")
        .map(|(_, key)| key.trim_end_matches('\''))
        .map_or("", |key| key.rsplit_once('.').map_or(key, |(_, name)| name));
    match key {
        "uk_tickets_active_document" => UniqueKey::ActiveDocument,
        "uk_orders_unpaid_account" => UniqueKey::UnpaidAccount,
        "uk_orders_request_key" | "uk_refunds_request_key" => UniqueKey::RequestKey,
        _ => UniqueKey::Other,
    }
}

/// The message with what it quotes left out, unless it is the name of a column or a constraint.
fn without_values(message: &str) -> String {
    let is_name = |part: &str| {
        part.bytes()
            .all(|b| b.is_ascii_lowercase() || b"_.".contains(&b))
    };
    message
        .split('\'')
        .enumerate()
        .map(|(at, part)| {
            if at % 2 == 0 || is_name(part) {
                part
            } else {
                "…"
            }
        })
        .collect::<Vec<_>>()
        .join("'")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn database(kind: DatabaseErrorKind, message: &str) -> StoreError {
        classify(&Error::DatabaseError(kind, Box::new(message.to_owned())))
    }

    #[test]
    fn the_key_is_read_from_both_servers_messages() {
        for (message, key) in [
            (
                "Duplicate entry '\\x01' for key 'uk_tickets_active_document'",
                UniqueKey::ActiveDocument,
            ),
            (
                "Duplicate entry 'for key 'uk_x'' for key 'orders.uk_orders_unpaid_account'",
                UniqueKey::UnpaidAccount,
            ),
            (
                "Duplicate entry 'a' for key 'refunds.uk_refunds_request_key'",
                UniqueKey::RequestKey,
            ),
            ("Duplicate entry 'a' for key 'PRIMARY'", UniqueKey::Other),
        ] {
            let error = database(DatabaseErrorKind::UniqueViolation, message);
            assert_eq!(error, StoreError::Duplicate(key), "{message}");
        }
    }

    #[test]
    fn faults_quote_names_but_no_values() {
        let error = database(
            DatabaseErrorKind::Unknown,
            "Incorrect string value: '\\xF0\\x9F' for column 'phone' at row 1",
        );
        let text = "Incorrect string value: '…' for column 'phone' at row 1";
        assert_eq!(error, StoreError::Fault(text.to_owned()));
    }

    #[test]
    fn a_record_changed_under_us_is_contention() {
        let message = "Record has changed since last read in table 'orders'";
        let error = database(DatabaseErrorKind::Unknown, message);
        assert_eq!(error, StoreError::Contention);
    }

    #[test]
    fn a_node_that_cannot_serve_is_unavailable() {
        for message in [
            "WSREP has not yet prepared node for application use",
            "The MariaDB server is running with the --read-only option so it cannot execute this",
        ] {
            let error = database(DatabaseErrorKind::Unknown, message);
            assert_eq!(error, StoreError::Unavailable, "{message}");
        }
    }
}
