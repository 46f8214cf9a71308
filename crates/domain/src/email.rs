//! E-mail addresses.

use std::fmt;

use thiserror::Error;

use crate::text::LocalText;

/// The most characters of an address, and of what stands before the @ (RFC 5321).
const LONGEST: usize = 254;
const LONGEST_MAILBOX: usize = 64;
/// The most characters of one label of a host's name.
const LONGEST_LABEL: usize = 63;

/// An address that mail can be sent to.
///
/// A part of what RFC 5321 allows, which the mailbox providers stay within: words apart by dots,
/// an @, and a host's name with at least one dot; no quotes, comments, address literals or line
/// breaks. Personal: `Debug` does not print it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

/// A text that is no address. It is left out: it may well be one with a slip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not an e-mail address")]
pub struct EmailError;

impl EmailError {
    /// What to tell the tourist.
    #[must_use]
    pub fn message(self) -> LocalText {
        LocalText::new(
            "请填写有效的电子邮箱地址",
            "Please enter a valid e-mail address",
        )
    }
}

impl EmailAddress {
    /// Reads an address as it was typed; surrounding space is dropped, and the host's name goes to
    /// lower case.
    ///
    /// # Errors
    /// [`EmailError`].
    pub fn parse(typed: &str) -> Result<Self, EmailError> {
        let (mailbox, host) = typed.trim().rsplit_once('@').ok_or(EmailError)?;
        let is_short = mailbox.len() <= LONGEST_MAILBOX && typed.trim().len() <= LONGEST;
        if is_short && mailbox.split('.').all(is_word) && is_host(host) {
            Ok(Self(format!("{mailbox}@{}", host.to_ascii_lowercase())))
        } else {
            Err(EmailError)
        }
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of the host, which is nobody's secret.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, host)| host)
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("EmailAddress(…)")
    }
}

/// An atom of RFC 5321.
fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte))
}

fn is_host(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=LONGEST_LABEL).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    // A name that ends in digits would be an address of the network.
    let is_domain = text
        .rsplit_once('.')
        .is_some_and(|(_, last)| last.bytes().any(|byte| byte.is_ascii_alphabetic()));
    is_domain && text.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_as_typed() {
        for (typed, stored) in [
            (" li.lei@example.com ", "li.lei@example.com"),
            ("Li+fapiao@Mail.Example.CN", "Li+fapiao@mail.example.cn"),
            ("1234567890@qq.com", "1234567890@qq.com"),
            ("o'neill@xn--fiq228c.example", "o'neill@xn--fiq228c.example"),
        ] {
            assert_eq!(EmailAddress::parse(typed).unwrap().as_str(), stored);
        }
        let longest = format!(
            "{}@{}.{}.cn",
            "x".repeat(64),
            "y".repeat(63),
            "z".repeat(63)
        );
        assert!(EmailAddress::parse(&longest).is_ok());
    }

    #[test]
    fn what_is_no_address_or_more_than_one_is_refused() {
        let long_mailbox = format!("{}@example.com", "x".repeat(65));
        let long_label = format!("a@{}.com", "x".repeat(64));
        let labels = "x".repeat(60);
        let long_address = format!("a@{labels}.{labels}.{labels}.{labels}.example.com");
        for typed in [
            "",
            "@",
            "a",
            "a@",
            "@example.com",
            "a@b",
            "a@@example.com",
            "a@b@example.com",
            "a@example.com, b@example.com",
            "a@example.com\r\nBcc: b@example.com",
            "a\r\n@example.com",
            "a@exam\nple.com",
            "\"a b\"@example.com",
            "a b@example.com",
            ".a@example.com",
            "a..b@example.com",
            "a.@example.com",
            "a@.example.com",
            "a@example..com",
            "a@example.com.",
            "a@-example.com",
            "a@example-.com",
            "a@[127.0.0.1]",
            "a@127.0.0.1",
            "李雷@example.com",
            "a@例子.com",
            "<a@example.com>",
            "a@example.com\u{0}",
            long_mailbox.as_str(),
            long_label.as_str(),
            long_address.as_str(),
        ] {
            assert_eq!(EmailAddress::parse(typed), Err(EmailError), "{typed:?}");
        }
    }

    #[test]
    fn an_address_is_not_printed() {
        let address = EmailAddress::parse("li.lei@example.com").unwrap();
        assert_eq!(format!("{address:?}"), "EmailAddress(…)");
        assert_eq!(address.host(), "example.com");
    }
}
