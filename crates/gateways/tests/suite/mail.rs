//! Mail over SMTP, to a server in this process.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::email::EmailAddress;
use domain::id::MailId;
use domain::mail::{Attachment, Letter};
use domain::ports::{MailError, Mailer as _, OutgoingMail};
use gateways::clock::SystemClock;
use gateways::smtp::{SmtpMailer, SmtpSecurity, SmtpSettings};
use uuid::Uuid;

use crate::smtp_server::SmtpServer;

const SUBJECT: &str = "故宫博物院门票发票 Invoice for order 261125ABCDEFGHJKMN";

fn settings(port: u16) -> SmtpSettings {
    SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port,
        security: SmtpSecurity::None,
        credentials: None,
        from: EmailAddress::parse("tickets@palace.example").unwrap(),
        from_name: "故宫博物院".to_owned(),
        patience: Duration::from_secs(5),
    }
}

fn mailer(settings: SmtpSettings) -> SmtpMailer {
    SmtpMailer::new(settings, Arc::new(SystemClock::system())).unwrap()
}

fn letter(to: &str, subject: &str) -> Letter {
    let to = EmailAddress::parse(to).unwrap();
    Letter::new(to, subject, "您好：\n\n.发票见附件。\n.\nHello".to_owned())
}

fn send(settings: SmtpSettings, letter: &Letter) -> Result<(), MailError> {
    let file = Attachment::pdf("invoice-1.pdf", pdf()).unwrap();
    mailer(settings).send(&OutgoingMail {
        id: MailId::new(Uuid::from_u128(7)),
        letter,
        attachment: Some(&file),
    })
}

/// Longer than a line of mail, with bytes that are no text.
fn pdf() -> Vec<u8> {
    let noise = (0..=255_u8).cycle().take(2000);
    b"%PDF-1.7\n".iter().copied().chain(noise).collect()
}

/// What the encoded words of a header say (RFC 2047); others stay as they are.
fn decoded(header: &str) -> String {
    let mut text = String::new();
    let mut was_encoded = false;
    for word in header.split(' ').filter(|word| !word.is_empty()) {
        let inner = word.strip_prefix("=?utf-8?b?");
        let inner = inner.and_then(|word| word.strip_suffix("?="));
        // Spaces between two encoded words are part of neither.
        let goes_on = inner.is_some() && was_encoded;
        if !(text.is_empty() || goes_on) {
            text.push(' ');
        }
        was_encoded = inner.is_some();
        match inner {
            Some(encoded) => {
                let bytes = STANDARD.decode(encoded).unwrap();
                text.push_str(std::str::from_utf8(&bytes).unwrap());
            }
            None => text.push_str(word),
        }
    }
    text
}

/// The parts of a message of several: each with its headers and its body.
fn parts(message: &str) -> Vec<(&str, &str)> {
    let (_, rest) = message.split_once("boundary=\"").unwrap();
    let (boundary, _) = rest.split_once('"').unwrap();
    let separator = format!("--{boundary}");
    let parts: Vec<&str> = message.split(&separator).collect();
    let inner = &parts[1..parts.len() - 1];
    inner
        .iter()
        .map(|part| part.trim_start().split_once("\r\n\r\n").unwrap())
        .collect()
}

fn base64_body(body: &str) -> Vec<u8> {
    let joined: String = body.split_whitespace().collect();
    STANDARD.decode(joined).unwrap()
}

#[test]
fn a_mail_arrives_with_its_chinese_subject_text_and_file() {
    let server = SmtpServer::start();
    send(
        settings(server.port()),
        &letter("li.lei@example.com", SUBJECT),
    )
    .unwrap();
    let delivered = server.next();
    let commands = &delivered.commands;
    assert!(
        commands[0].starts_with("EHLO palace.example"),
        "{commands:?}"
    );
    assert!(
        commands[1].starts_with("MAIL FROM:<tickets@palace.example>"),
        "{commands:?}"
    );
    assert_eq!(commands[2], "RCPT TO:<li.lei@example.com>");
    assert_eq!(decoded(&delivered.header("Subject")), SUBJECT);
    let from = decoded(&delivered.header("From"));
    assert_eq!(from, "故宫博物院 <tickets@palace.example>");
    assert_eq!(delivered.header("To"), "li.lei@example.com");
    let id = delivered.header("Message-ID");
    assert_eq!(id, "<00000000-0000-0000-0000-000000000007@palace.example>");
    assert!(!delivered.header("Date").is_empty());
    let parts = parts(&delivered.message);
    assert_eq!(parts.len(), 2);
    assert!(
        parts[0].0.contains("text/plain; charset=utf-8"),
        "{}",
        parts[0].0
    );
    let text = String::from_utf8(base64_body(parts[0].1)).unwrap();
    assert_eq!(
        text.replace("\r\n", "\n").trim_end(),
        "您好：\n\n.发票见附件。\n.\nHello"
    );
    assert!(
        parts[1].0.contains("filename=\"invoice-1.pdf\""),
        "{}",
        parts[1].0
    );
    assert_eq!(base64_body(parts[1].1), pdf());
}

#[test]
fn a_line_break_in_a_subject_makes_no_header() {
    let server = SmtpServer::start();
    let smuggled = "Invoice\r\nBcc: spy@example.com\r\n\r\nbody";
    send(
        settings(server.port()),
        &letter("li.lei@example.com", smuggled),
    )
    .unwrap();
    let delivered = server.next();
    assert_eq!(delivered.header("Bcc"), "");
    assert!(delivered.header("Subject").contains("Bcc: spy@example.com"));
    let recipients = delivered
        .commands
        .iter()
        .filter(|it| it.starts_with("RCPT"));
    assert_eq!(recipients.count(), 1);
}

/// What the domain takes for an address, the library must take too.
#[test]
fn every_address_of_the_domain_can_be_written_to() {
    let long = format!("{}@{}.example", "x".repeat(64), "y".repeat(63));
    for to in [
        "o'neill+a=b@xn--fiq228c.example",
        "!#$%&'*+-/=?^_`{|}~@example.com",
        &long,
    ] {
        let server = SmtpServer::start();
        send(settings(server.port()), &letter(to, "x")).unwrap();
        let expected = format!("RCPT TO:<{to}>");
        assert!(server.next().commands.contains(&expected), "{to}");
    }
}

#[test]
fn the_server_is_told_who_sends() {
    let server = SmtpServer::start();
    let settings = SmtpSettings {
        credentials: Some(("tickets".to_owned(), "secret".to_owned().into())),
        ..settings(server.port())
    };
    send(settings, &letter("li.lei@example.com", "x")).unwrap();
    let commands = server.next().commands;
    let told = format!("AUTH PLAIN {}", STANDARD.encode("\0tickets\0secret"));
    assert!(commands.contains(&told), "{commands:?}");
}

#[test]
fn what_the_server_refuses_is_told_without_its_words() {
    let failed = |text: &str| MailError::Failed(text.to_owned());
    let refused = |text: &str| MailError::Refused(text.to_owned());
    type Refusal = &'static [(&'static str, &'static str)];
    let cases: [(Refusal, MailError); 7] = [
        (
            &[("RCPT", "550 <li.lei@example.com> unknown")],
            refused("SMTP 550"),
        ),
        (&[("RCPT", "553 no such name")], refused("SMTP 553")),
        (
            &[("RCPT", "450 <li.lei@example.com> is busy")],
            failed("SMTP 450"),
        ),
        (&[("MAIL", "421 come again")], failed("SMTP 421")),
        (&[("AUTH", "535 wrong password")], failed("SMTP 535")),
        (&[("DATA END", "552 too large")], failed("SMTP 552")),
        (&[("DATA END", "451 disk full")], failed("SMTP 451")),
    ];
    for (refusals, expected) in cases {
        let server = SmtpServer::refusing(refusals);
        let settings = SmtpSettings {
            credentials: Some(("tickets".to_owned(), "secret".to_owned().into())),
            ..settings(server.port())
        };
        let sent = send(settings, &letter("li.lei@example.com", "x"));
        assert_eq!(sent, Err(expected), "{refusals:?}");
        assert!(server.is_idle());
    }
}

#[test]
fn nothing_is_sent_in_the_clear_where_encryption_is_asked_for() {
    for security in [SmtpSecurity::StartTls, SmtpSecurity::Tls] {
        let server = SmtpServer::start();
        let settings = SmtpSettings {
            security,
            patience: Duration::from_millis(500),
            ..settings(server.port())
        };
        let sent = send(settings, &letter("li.lei@example.com", "x"));
        assert!(matches!(sent, Err(MailError::Failed(_))), "{sent:?}");
        assert!(server.is_idle());
    }
}

#[test]
fn a_server_that_is_silent_or_away_is_not_waited_for() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let patience = Duration::from_millis(100);
    let silent_settings = SmtpSettings {
        patience,
        ..settings(port)
    };
    let sent = send(silent_settings.clone(), &letter("li.lei@example.com", "x"));
    assert_eq!(
        sent,
        Err(MailError::Failed("SMTP: no answer in time".to_owned()))
    );
    drop(silent);
    let sent = send(silent_settings, &letter("li.lei@example.com", "x"));
    assert!(matches!(sent, Err(MailError::Failed(_))), "{sent:?}");
}
