//! Invoices by command, and the mail that brings them.

use std::process::Command;

use api_kit::settings::Settings;
use domain::id::InvoiceId;
use domain::invoice::{InvoiceDetails, InvoiceState};
use domain::order::Order;
use domain::ports::InvoiceQueries as _;
use domain::testing::Museum;
use domain::use_cases::invoices::{InvoiceRequest, request_invoice};

use crate::office::{Answer, Office, command, now};
use crate::smtp_server::SmtpServer;

/// A paid order over 40 yuan whose tourist has asked for an invoice.
fn requested(office: &Office) -> Order {
    let museum = Museum::without_catalogue(office.unit_of_work());
    museum.clock.set(now());
    let order = museum.order(&museum.account()).visitor(&museum.adult());
    let order = order.build_paid();
    museum.run(|stores| stores.orders().insert(std::slice::from_ref(&order)));
    let cipher = assembly::text_cipher(&Settings::for_tests().unwrap().secrets).unwrap();
    let request = InvoiceRequest {
        invoice: InvoiceId::new(museum.next_id()),
        order: order.id,
        account: order.account,
        details: InvoiceDetails::parse("李雷", None, "li.lei@example.com").unwrap(),
        received_at: now(),
    };
    request_invoice(museum.unit_of_work(), &*cipher, &request).unwrap();
    order
}

fn state(office: &Office, order: &Order) -> InvoiceState {
    let invoice = office.database.queries().invoice_of(order.id).unwrap();
    invoice.unwrap().state
}

/// The same commands with a mail server set.
fn with_mail(office: &Office, server: &SmtpServer, words: &str) -> Answer {
    let mut command: Command = command(office.database.url());
    office.tell_wechat(&mut command);
    command
        .args(words.split_whitespace())
        .env("PALACE__MAIL__HOST", "127.0.0.1")
        .env("PALACE__MAIL__PORT", server.port().to_string())
        .env("PALACE__MAIL__SECURITY", "none")
        .env("PALACE__MAIL__FROM", "tickets@palace.example");
    command.output().unwrap().into()
}

/// Each look at what is personal is one line of the log, without it (rule 10.2).
fn is_logged(shown: &Answer, order: &Order) {
    let lines: Vec<&str> = shown.err.lines().collect();
    assert_eq!(lines.len(), 1, "{shown:?}");
    for word in ["\"look-up\"", "user_id", order.number.as_str()] {
        assert!(lines[0].contains(word), "{word}: {shown:?}");
    }
    for personal in ["李雷", "li.lei", "example.com"] {
        assert!(!lines[0].contains(personal), "{shown:?}");
    }
}

#[test]
fn an_issued_invoice_reaches_its_tourist_by_mail() {
    let office = Office::open();
    let order = requested(&office);
    let number = &order.number;
    let listed = office.manage("invoice list").done();
    assert!(
        listed.contains(number.as_str()) && listed.contains("requested"),
        "{listed}"
    );
    assert!(!listed.contains("李雷"), "{listed}");
    let shown = office.manage(&format!("invoice show {number}"));
    is_logged(&shown, &order);
    let shown = shown.done();
    assert!(
        shown.contains("李雷") && shown.contains("li.lei@example.com"),
        "{shown}"
    );

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("invoice.pdf");
    std::fs::write(&file, b"%PDF-1.7 an invoice").unwrap();
    let issue = |fen: i64| {
        let file = file.display();
        format!("invoice issue {number} --number 24952000000123456789 --fen {fen} --file {file}")
    };
    let refused = office.manage(&issue(3999)).refused(1);
    assert!(refused.contains("look at it again"), "{refused}");
    let issued = office.manage(&issue(4000));
    assert!(issued.err.contains("no mail server is set"), "{issued:?}");
    assert!(issued.done().contains("is issued"));
    office.manage(&issue(4000)).done();
    assert_eq!(state(&office, &order), InvoiceState::Issued);

    office.manage("jobs run send-mails").done();
    let waiting = office.manage("mails list --state queued").done();
    assert!(
        waiting.contains("invoice_issued") && waiting.contains("0 times"),
        "{waiting}"
    );
    let server = SmtpServer::start();
    let told = with_mail(&office, &server, "jobs run send-mails").done();
    assert!(told.contains("sent 1"), "{told}");
    let delivered = server.next();
    assert!(
        delivered
            .commands
            .contains(&"RCPT TO:<li.lei@example.com>".to_owned())
    );
    assert!(
        delivered.header("Subject").starts_with("=?utf-8?"),
        "{delivered:?}"
    );
    assert!(
        delivered
            .message
            .contains("invoice-24952000000123456789.pdf")
    );
    with_mail(&office, &server, "jobs run send-mails").done();
    assert!(server.is_idle(), "it is sent once");
}

#[test]
fn a_mail_that_is_refused_waits_for_a_person() {
    let office = Office::open();
    let order = requested(&office);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("invoice.pdf");
    std::fs::write(&file, b"%PDF-1.7").unwrap();
    let issue = format!(
        "invoice issue {} --number 24952000 --fen 4000 --file {}",
        order.number,
        file.display()
    );
    office.manage(&issue).done();
    let server = SmtpServer::refusing(&[("RCPT", "550 <li.lei@example.com> unknown")]);
    let told = with_mail(&office, &server, "jobs run send-mails").done();
    assert!(told.contains("died 1, dead 1"), "{told}");
    let dead = office.manage("mails list").done();
    assert!(
        dead.contains("SMTP 550") && !dead.contains("li.lei"),
        "{dead}"
    );
    let id = dead
        .lines()
        .nth(1)
        .unwrap()
        .split_whitespace()
        .next()
        .unwrap();
    office.manage(&format!("mails retry {id}")).done();
    office.manage(&format!("mails retry {id}")).refused(1);
    let server = SmtpServer::start();
    let told = with_mail(&office, &server, "jobs run send-mails").done();
    assert!(told.contains("sent 1"), "{told}");
}

#[test]
fn an_invoice_is_rejected_with_a_reason() {
    let office = Office::open();
    let order = requested(&office);
    let number = &order.number;
    office
        .manage(&format!("invoice reverse {number}"))
        .refused(1);
    let told = office
        .manage(&format!("invoice reject {number} --reason 税号有误"))
        .done();
    assert!(told.contains("is rejected"), "{told}");
    let listed = office.manage("invoice list --state rejected").done();
    assert!(listed.contains(number.as_str()), "{listed}");
    let left = office.manage("invoice list").done();
    assert_eq!(left, "There is no such invoice.\n");
    office.manage("invoice list --state lost").refused(2);
    office.manage("invoice show 261125AAAAAAAAAAAA").refused(1);
}
