//! Randomness for secrets, from the system and from nothing else.

use std::fs::File;
use std::io::Read as _;

use crate::failure::{Context as _, Failure};

const ALPHANUMERIC: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// `count` random bytes as lower-case hexadecimal, two characters each.
pub(crate) fn hex(count: usize) -> Result<String, Failure> {
    Ok(bytes(count)?
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

/// `count` characters of 0-9A-Za-z, each equally likely.
pub(crate) fn alphanumeric(count: usize) -> Result<String, Failure> {
    let mut text = String::with_capacity(count);
    while text.len() < count {
        // Bytes past the alphabet are thrown away: a remainder would favour its first letters.
        let drawn = bytes(count)?;
        let letters = drawn
            .iter()
            .filter_map(|byte| ALPHANUMERIC.get(usize::from(byte >> 2)))
            .map(|letter| char::from(*letter));
        text.extend(letters.take(count - text.len()));
    }
    Ok(text)
}

fn bytes(count: usize) -> Result<Vec<u8>, Failure> {
    let mut drawn = vec![0; count];
    File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut drawn))
        .context("reading /dev/urandom")?;
    Ok(drawn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_the_length_and_the_letters_asked_for() {
        let key = hex(32).unwrap();
        assert_eq!(key.len(), 64);
        assert!(key.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let word = alphanumeric(32).unwrap();
        assert_eq!(word.len(), 32);
        assert!(word.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_ne!(word, alphanumeric(32).unwrap());
    }
}
