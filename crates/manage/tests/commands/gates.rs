//! Gates, and admitting by hand.

use std::io::Write as _;
use std::process::Stdio;

use domain::check_in::Verdict;
use domain::order::Order;
use domain::ports::{GateQueries as _, OrderQueries as _};
use domain::testing::Museum;
use domain::visit_date::VisitDate;

use crate::office::{Answer, Office, command, now};

#[test]
fn a_gate_is_told_its_key_once() {
    let office = Office::furnished();
    let added = office.manage("gate add 午门-1 --venue palace");
    assert!(added.err.contains("shown once"), "{added:?}");
    let key = added.done();
    assert!(key.trim().starts_with("pg_"), "{key}");
    let listed = office.manage("gate list").done();
    assert!(
        listed.contains("午门-1") && listed.contains("palace"),
        "{listed}"
    );
    assert!(!listed.contains(key.trim()), "{listed}");
}

#[test]
fn a_name_is_given_once_and_a_venue_must_exist() {
    let office = Office::furnished();
    office.manage("gate add east --venue palace").done();
    let told = office.manage("gate add east --venue palace").refused(1);
    assert!(told.contains("exists, or existed"), "{told}");
    let told = office.manage("gate add west --venue zoo").refused(1);
    assert!(told.contains("no such venue"), "{told}");
    for words in [
        "gate add a:b --venue palace",
        "gate add west --venue Zoo",
        "gate add west",
    ] {
        office.manage(words).refused(2);
    }
}

#[test]
fn a_gate_is_revoked_for_good() {
    let office = Office::furnished();
    office.manage("gate add east --venue palace").done();
    let told = office.manage("gate revoke east").done();
    assert!(told.contains("is revoked"), "{told}");
    office.manage("gate revoke east").refused(1);
    office.manage("gate add east --venue palace").refused(1);
    assert!(
        office.database.queries().gates().unwrap()[0]
            .revoked_at
            .is_some()
    );
}

#[test]
fn the_public_key_is_printed() {
    let office = Office::furnished();
    let key = office.manage("gate public-key").done();
    assert_eq!(key.trim().len(), 64, "{key}");
}

/// A paid order for tomorrow, whose document the real keys have hashed.
fn sold(office: &Office) -> (Museum, Order, String) {
    let museum = Museum::without_catalogue(office.unit_of_work());
    let person = museum.adult();
    let builder = museum.order(&museum.account());
    let tomorrow = VisitDate::containing(now()).plus_days(1);
    let mut order = builder.on(tomorrow).visitor(&person).build_paid();
    let settings = api_kit::settings::Settings::for_tests().unwrap();
    let cipher = assembly::identity_cipher(&settings.secrets).unwrap();
    order.tickets[0].document_hash = Some(cipher.hash(&person.document));
    museum.run(|stores| stores.orders().insert(std::slice::from_ref(&order)));
    let number = person.document.number().to_owned();
    (museum, order, number)
}

/// Whoever types a number does so on standard input.
fn typed(office: &Office, number: &str) -> Answer {
    let mut command = command(office.database.url());
    command.args([
        "check-in",
        "--venue",
        "palace",
        "--document",
        "--user",
        "wang",
    ]);
    let mut process = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = process.stdin.take().unwrap();
    writeln!(input, "{number}").unwrap();
    drop(input);
    process.wait_with_output().unwrap().into()
}

#[test]
fn a_ticket_for_tomorrow_is_told_and_nobody_admitted() {
    let office = Office::furnished();
    let (_, order, number) = sold(&office);
    let by_number = format!("check-in --venue palace --order-number {}", order.number);
    for answer in [office.manage(&by_number), typed(&office, &number)] {
        assert_eq!(answer.code, 1, "{answer:?}");
        assert!(answer.out.contains(Verdict::WrongDate.code()), "{answer:?}");
        assert!(answer.out.contains(&order.date.to_string()), "{answer:?}");
        assert!(!answer.out.contains(&number) && !answer.err.contains(&number));
    }
    let unknown = typed(&office, "11010519491231002X");
    assert!(
        unknown.out.contains(Verdict::NoTicket.code()),
        "{unknown:?}"
    );
    let mistyped = typed(&office, "110105194912310021").refused(1);
    assert!(mistyped.contains("check character"), "{mistyped}");
    let forged = office
        .manage("check-in --venue palace --code PM1.AQ.AQ")
        .refused(1);
    assert!(forged.contains("ticket code"), "{forged}");
    let stored = office.database.queries().order(order.id).unwrap().unwrap();
    assert_eq!(stored, order, "nothing was changed");
    office.manage("check-in --venue palace").refused(2);
}
