//! What a mail says, and to whom.

use std::fmt;

use crate::email::EmailAddress;

/// The recipient and the text of a mail. Personal: `Debug` does not print it.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    to: EmailAddress,
    subject: String,
    text: String,
}

impl Letter {
    /// A letter. Control characters of the subject, which would end its line, become spaces.
    #[must_use]
    pub fn new(to: EmailAddress, subject: &str, text: String) -> Self {
        let on_one_line = |c: char| if c.is_control() { ' ' } else { c };
        Self {
            to,
            subject: subject.chars().map(on_one_line).collect(),
            text,
        }
    }

    /// To whom it goes.
    #[must_use]
    pub fn to(&self) -> &EmailAddress {
        &self.to
    }

    /// Its subject, one line.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Its text, in plain.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The whole letter as the text that is sealed.
    #[must_use]
    pub fn to_sealable(&self) -> String {
        format!("{}\n{}\n{}", self.to.as_str(), self.subject, self.text)
    }

    /// Reads what [`to_sealable`](Self::to_sealable) wrote; `None` for any other text.
    #[must_use]
    pub fn from_sealable(sealable: &str) -> Option<Self> {
        let (to, rest) = sealable.split_once('\n')?;
        let (subject, text) = rest.split_once('\n')?;
        let to = EmailAddress::parse(to).ok()?;
        Some(Self::new(to, subject, text.to_owned()))
    }
}

impl fmt::Debug for Letter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Letter(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_read_as_it_was_sealed() {
        let to = EmailAddress::parse("li.lei@example.com").unwrap();
        let letter = Letter::new(to, "发票\r\nBcc: x@example.com", "一\n\n二\n".to_owned());
        assert_eq!(letter.subject(), "发票  Bcc: x@example.com");
        assert_eq!(
            Letter::from_sealable(&letter.to_sealable()),
            Some(letter.clone())
        );
        assert_eq!(format!("{letter:?}"), "Letter(…)");
        for text in ["", "li.lei@example.com", "nobody\nsubject\ntext"] {
            assert_eq!(Letter::from_sealable(text), None);
        }
    }
}
