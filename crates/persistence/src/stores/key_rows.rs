//! Which columns keys protect, and statements over many of their rows at once.

use domain::key_rotation::SealedTable;
use domain::rehashing::HashedTable;

/// Every table with a sealed column, and the name of that column; beside it stands
/// `sealed_key_id`, and each text is sealed for the row's `id`.
/// `tests/suite/keys.rs` finds one that is missing here.
pub(super) const SEALED: &[(SealedTable, &str)] = &[
    (SealedTable::new("tickets"), "sealed_identity"),
    (SealedTable::new("saved_visitors"), "sealed_identity"),
    (SealedTable::new("annual_passes"), "sealed_identity"),
    (SealedTable::new("invoices"), "sealed_details"),
    (SealedTable::new("mails"), "sealed_letter"),
];

/// Every table that holds hashes of a document whose number stands sealed in the same row, and
/// the columns of hashes: the first is the document's, the others hold the same or NULL.
/// `tests/suite/keys.rs` finds one that is missing here.
pub(super) const HASHED: &[(HashedTable, &[&str])] = &[
    (
        HashedTable::new("tickets"),
        &["document_hash", "active_document"],
    ),
    (HashedTable::new("saved_visitors"), &["document_hash"]),
    (HashedTable::new("annual_passes"), &["document_hash"]),
];

/// Tables with nothing of a document but its `document_hash`.
pub(super) const FOLLOWING: &[&str] = &["no_shows", "bans"];

/// The most rows of one statement that gives each row a value of its own.
pub(super) const LONGEST_CASE: usize = 500;

/// Bytes as SQL: a hexadecimal literal is a binary string on every server, whatever character set
/// the session has, and nothing in it can end it.
pub(super) fn literal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2 + 3);
    text.push_str("X'");
    for byte in bytes {
        let digits = [byte >> 4, byte & 0x0f];
        text.extend(
            digits
                .into_iter()
                .filter_map(|digit| char::from_digit(digit.into(), 16)),
        );
    }
    text.push('\'');
    text
}

/// `X'…', X'…'`: the bytes as a list.
pub(super) fn list<'b>(values: impl Iterator<Item = &'b [u8]>) -> String {
    let values: Vec<String> = values.map(literal).collect();
    values.join(", ")
}

/// `CASE column WHEN X'…' THEN X'…' … END`, or with `otherwise` before the end.
pub(super) fn case<'b>(
    column: &str,
    values: impl Iterator<Item = (&'b [u8], &'b [u8])>,
    otherwise: Option<&str>,
) -> String {
    let mut text = format!("CASE {column}");
    for (when, then) in values {
        text.push_str(&format!(" WHEN {} THEN {}", literal(when), literal(then)));
    }
    if let Some(otherwise) = otherwise {
        text.push_str(&format!(" ELSE {otherwise}"));
    }
    text.push_str(" END");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_so_that_nothing_can_be_read_into_them() {
        assert_eq!(literal(b"' OR 1"), "X'27204f522031'");
        assert_eq!(literal(&[]), "X''");
        let values = [([1].as_slice(), [2].as_slice()), (&[3], &[4])];
        assert_eq!(
            case("id", values.into_iter(), None),
            "CASE id WHEN X'01' THEN X'02' WHEN X'03' THEN X'04' END"
        );
        assert_eq!(
            case("a", values.into_iter().take(1), Some("a")),
            "CASE a WHEN X'01' THEN X'02' ELSE a END"
        );
        assert_eq!(list(values.iter().map(|(when, _)| *when)), "X'01', X'03'");
    }
}
