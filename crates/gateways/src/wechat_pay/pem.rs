//! The text armour around keys (RFC 7468).

use base64::prelude::{BASE64_STANDARD, Engine as _};

/// The DER bytes of the first block with this label; `None` if there is none or it is damaged.
///
/// Line ends may be missing or written as `\n`, as they are when a key stands in an environment
/// variable.
pub(super) fn decode(label: &str, text: &str) -> Option<Vec<u8>> {
    let (_, after) = text.split_once(&format!("-----BEGIN {label}-----"))?;
    let (inside, _) = after.split_once(&format!("-----END {label}-----"))?;
    let inside = inside.replace("\\n", "");
    let digits: String = inside.split_whitespace().collect();
    BASE64_STANDARD.decode(digits).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_block_of_that_label_in_one_line_or_many() {
        let block = "noise\n-----BEGIN A KEY-----\nAQID\r\nBAUG\n-----END A KEY-----\n";
        assert_eq!(decode("A KEY", block), Some(vec![1, 2, 3, 4, 5, 6]));
        let flat = "-----BEGIN A KEY-----\\nAQID\\nBAUG\\n-----END A KEY-----";
        assert_eq!(decode("A KEY", flat), Some(vec![1, 2, 3, 4, 5, 6]));
        for broken in [
            "",
            "AQID",
            "-----BEGIN A KEY-----AQID",
            "-----BEGIN A KEY-----A!-----END A KEY-----",
        ] {
            assert_eq!(decode("A KEY", broken), None, "{broken}");
        }
        assert_eq!(decode("B KEY", block), None);
    }
}
