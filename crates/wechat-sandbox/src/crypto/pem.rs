//! The text armour around keys.

use base64::prelude::{BASE64_STANDARD, Engine as _};

/// RFC 7468 wraps the base64 after 64 characters.
const LINE: usize = 64;

/// Wraps DER bytes as PEM with this label.
pub(crate) fn encode(label: &str, der: &[u8]) -> String {
    let text = BASE64_STANDARD.encode(der);
    let mut pem = format!("-----BEGIN {label}-----\n");
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, tail) = rest.split_at_checked(LINE).unwrap_or((rest, ""));
        pem.push_str(line);
        pem.push('\n');
        rest = tail;
    }
    pem.push_str("-----END ");
    pem.push_str(label);
    pem.push_str("-----\n");
    pem
}

/// The DER bytes of the first block with this label.
pub(crate) fn decode(label: &str, pem: &str) -> Option<Vec<u8>> {
    let (_, after) = pem.split_once(&format!("-----BEGIN {label}-----"))?;
    let (inside, _) = after.split_once(&format!("-----END {label}-----"))?;
    let text: String = inside.split_whitespace().collect();
    BASE64_STANDARD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_wrapped_can_be_unwrapped() {
        for length in [0, 1, 47, 48, 49, 500] {
            let der = vec![7_u8; length];
            let pem = encode("PUBLIC KEY", &der);
            assert!(pem.lines().all(|line| line.len() <= LINE));
            assert_eq!(decode("PUBLIC KEY", &pem), Some(der));
        }
        assert_eq!(decode("PRIVATE KEY", &encode("PUBLIC KEY", b"x")), None);
    }
}
