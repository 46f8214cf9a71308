//! A mail as MIME (RFC 5322).

use chrono::{DateTime, Utc};
use domain::ports::{MailError, OutgoingMail};
use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox, Message, MultiPart, SinglePart};

/// Puts the message together; non-ASCII text is encoded, and no line of it can become a header.
pub(super) fn compose(
    from: &Mailbox,
    message_id: String,
    now: DateTime<Utc>,
    mail: &OutgoingMail<'_>,
) -> Result<Message, MailError> {
    let unsendable =
        |what: &str| MailError::Refused(format!("the mail has no {what} that can be sent"));
    let to = mail.letter.to().as_str().parse();
    let to = to.map_err(|_| unsendable("address"))?;
    let head = Message::builder()
        .message_id(Some(message_id))
        .date(now.into())
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(mail.letter.subject());
    let text = SinglePart::plain(mail.letter.text().to_owned());
    let message = match mail.attachment {
        None => head.singlepart(text),
        Some(file) => {
            let pdf = ContentType::parse("application/pdf").map_err(|_| unsendable("file"))?;
            let file = Attachment::new(file.name().to_owned()).body(file.bytes().to_vec(), pdf);
            head.multipart(MultiPart::mixed().singlepart(text).singlepart(file))
        }
    };
    message.map_err(|_| unsendable("form"))
}
