//! Files that go with a mail.

use std::fmt;

use thiserror::Error;

/// The largest file, in bytes: with the third that mail adds to it most mailboxes take it.
const LARGEST: usize = 5 * 1024 * 1024;

/// What a PDF begins with.
const PDF: &[u8] = b"%PDF-";

/// A PDF with its name.
#[derive(Clone, PartialEq, Eq)]
pub struct Attachment {
    name: String,
    bytes: Vec<u8>,
}

/// Why a file cannot go with a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AttachmentError {
    /// The name.
    #[error("a file's name is 1 to 100 of A-Z, a-z, 0-9, -, _ and ., and ends in .pdf")]
    Name,
    /// The size.
    #[error("a file has at most 5 MiB")]
    TooLarge,
    /// The contents.
    #[error("the file is no PDF")]
    NotPdf,
}

impl Attachment {
    /// A PDF under a name.
    ///
    /// # Errors
    /// [`AttachmentError`].
    pub fn pdf(name: &str, bytes: Vec<u8>) -> Result<Self, AttachmentError> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if !(name.len() <= 100 && name.ends_with(".pdf") && name.bytes().all(is_plain)) {
            return Err(AttachmentError::Name);
        }
        if bytes.len() > LARGEST {
            return Err(AttachmentError::TooLarge);
        }
        if !bytes.starts_with(PDF) {
            return Err(AttachmentError::NotPdf);
        }
        Ok(Self {
            name: name.to_owned(),
            bytes,
        })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What is in it.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Debug for Attachment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "Attachment({}, {} bytes)",
            self.name,
            self.bytes.len()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_pdf_of_reasonable_size_and_name_goes_along() {
        let pdf = b"%PDF-1.7 ...".to_vec();
        let attachment = Attachment::pdf("invoice-1.pdf", pdf.clone()).unwrap();
        assert_eq!(
            format!("{attachment:?}"),
            "Attachment(invoice-1.pdf, 12 bytes)"
        );
        let long = format!("{}.pdf", "x".repeat(97));
        for name in [
            "",
            "a.exe",
            "发票.pdf",
            "a\r\nb.pdf",
            "a/b.pdf",
            long.as_str(),
        ] {
            let refused = Attachment::pdf(name, pdf.clone());
            assert_eq!(refused, Err(AttachmentError::Name), "{name:?}");
        }
        let executable = Attachment::pdf("a.pdf", b"MZ".to_vec());
        assert_eq!(executable, Err(AttachmentError::NotPdf));
        let mut large = pdf;
        large.resize(LARGEST + 1, 0);
        assert_eq!(
            Attachment::pdf("a.pdf", large),
            Err(AttachmentError::TooLarge)
        );
    }
}
