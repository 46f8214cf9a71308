//! To whom an invoice is made out, and where it goes.

use std::fmt;

use unicode_normalization::UnicodeNormalization as _;

use crate::email::{EmailAddress, EmailError};
use crate::text::LocalText;

/// The most characters of a title.
const LONGEST_TITLE: usize = 100;

/// A field of an invoice request that is not acceptable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DetailFault {
    /// The title (发票抬头).
    Title,
    /// The tax number (纳税人识别号).
    TaxNumber,
    /// The e-mail address.
    Email,
}

impl DetailFault {
    /// The field's name in the API.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::TaxNumber => "tax_number",
            Self::Email => "email",
        }
    }

    /// What to tell the tourist.
    #[must_use]
    pub fn message(self) -> LocalText {
        match self {
            Self::Title => LocalText::new(
                "发票抬头应为1至100个字符，不含换行",
                "The title is one line of 1 to 100 characters",
            ),
            Self::TaxNumber => LocalText::new(
                "纳税人识别号应为15至20位大写字母或数字",
                "The tax number has 15 to 20 letters A to Z and digits",
            ),
            Self::Email => EmailError.message(),
        }
    }
}

/// To whom an invoice is made out, and where it goes. Personal: `Debug` does not print it.
#[derive(Clone, PartialEq, Eq)]
pub struct InvoiceDetails {
    title: String,
    tax_number: Option<String>,
    email: EmailAddress,
}

impl InvoiceDetails {
    /// Reads what was typed. The title is brought to NFC and trimmed; the tax number loses its
    /// spaces and goes to upper case; an empty one is none.
    ///
    /// # Errors
    /// Every field that is not acceptable.
    pub fn parse(
        title: &str,
        tax_number: Option<&str>,
        email: &str,
    ) -> Result<Self, Vec<DetailFault>> {
        let title = parse_title(title);
        let tax_number = parse_tax_number(tax_number.unwrap_or_default());
        let email = EmailAddress::parse(email).map_err(|_| DetailFault::Email);
        match (title, tax_number, email) {
            (Ok(title), Ok(tax_number), Ok(email)) => Ok(Self {
                title,
                tax_number,
                email,
            }),
            (title, tax_number, email) => {
                let faults = [title.err(), tax_number.err(), email.err()];
                Err(faults.into_iter().flatten().collect())
            }
        }
    }

    /// To whom: a person or a company.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The tax number, which companies have.
    #[must_use]
    pub fn tax_number(&self) -> Option<&str> {
        self.tax_number.as_deref()
    }

    /// Where the invoice goes.
    #[must_use]
    pub fn email(&self) -> &EmailAddress {
        &self.email
    }

    /// The text that is sealed: a line for each field, none of which holds a line break.
    #[must_use]
    pub fn to_text(&self) -> String {
        let tax_number = self.tax_number().unwrap_or_default();
        format!("{}\n{tax_number}\n{}", self.title, self.email.as_str())
    }

    /// Reads what [`to_text`](Self::to_text) wrote; `None` for any other text.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let mut lines = text.split('\n');
        let (title, tax_number, email) = (lines.next()?, lines.next()?, lines.next()?);
        let details = Self::parse(title, Some(tax_number), email).ok()?;
        lines.next().is_none().then_some(details)
    }
}

impl fmt::Debug for InvoiceDetails {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("InvoiceDetails(…)")
    }
}

fn parse_title(typed: &str) -> Result<String, DetailFault> {
    let title: String = typed.trim().nfc().collect();
    let is_line = !title.chars().any(char::is_control);
    (is_line && (1..=LONGEST_TITLE).contains(&title.chars().count()))
        .then_some(title)
        .ok_or(DetailFault::Title)
}

fn parse_tax_number(typed: &str) -> Result<Option<String>, DetailFault> {
    let number: String = typed.split_whitespace().collect();
    let number = number.to_ascii_uppercase();
    let is_number = number.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if number.is_empty() {
        Ok(None)
    } else if is_number && (15..=20).contains(&number.len()) {
        Ok(Some(number))
    } else {
        Err(DetailFault::TaxNumber)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(title: &str, tax_number: Option<&str>) -> Result<InvoiceDetails, Vec<DetailFault>> {
        InvoiceDetails::parse(title, tax_number, "li.lei@example.com")
    }

    #[test]
    fn what_was_sealed_is_read_again() {
        for (title, tax_number) in [
            ("李雷", None),
            (" 北京某某科技有限公司 ", Some(" 91110108ma01abcd2x ")),
            ("𠮷田", Some("")),
        ] {
            let details = parse(title, tax_number).unwrap();
            assert_eq!(details.title(), title.trim());
            assert_eq!(InvoiceDetails::from_text(&details.to_text()), Some(details));
        }
        let company = parse("甲公司", Some("91110108ma01abcd2x")).unwrap();
        assert_eq!(company.tax_number(), Some("91110108MA01ABCD2X"));
        for text in [
            "",
            "李雷\n\n",
            "李雷\n\na@example.com\n",
            "李雷\nx\na@example.com",
        ] {
            assert_eq!(InvoiceDetails::from_text(text), None, "{text:?}");
        }
    }

    #[test]
    fn every_faulty_field_is_named() {
        let too_long = "长".repeat(101);
        for title in [
            "",
            "  ",
            "李\r\nBcc: x@example.com",
            "李\u{0}雷",
            too_long.as_str(),
        ] {
            assert_eq!(
                parse(title, None),
                Err(vec![DetailFault::Title]),
                "{title:?}"
            );
        }
        for number in [
            "12345678901234",
            "123456789012345678901",
            "91110108-MA01ABC",
            "九一一一零一零八九一一一零一零",
        ] {
            let refused = Err(vec![DetailFault::TaxNumber]);
            assert_eq!(parse("李雷", Some(number)), refused, "{number}");
        }
        let all = InvoiceDetails::parse("", Some("1"), "x").unwrap_err();
        let fields: Vec<_> = all.iter().map(|fault| fault.field()).collect();
        assert_eq!(fields, ["title", "tax_number", "email"]);
        assert!(all.iter().all(|fault| !fault.message().en().is_empty()));
    }

    #[test]
    fn nothing_personal_is_printed() {
        assert_eq!(
            format!("{:?}", parse("李雷", None).unwrap()),
            "InvoiceDetails(…)"
        );
    }
}
