//! No-shows, closed orders and closed days.

use domain::order::{Order, OrderState};
use domain::ports::OrderQueries as _;
use domain::testing::{Museum, Person};
use domain::visit_date::VisitDate;

use crate::office::{Office, now};

/// A day that is over by the real clock, whatever the time is.
fn yesterday() -> VisitDate {
    VisitDate::containing(now()).plus_days(-1)
}

/// A stored paid order of one adult with its places taken; its money is of no matter here.
fn paid(museum: &Museum, person: &Person) -> Order {
    let order = museum.order(&museum.account()).on(yesterday());
    let order = order.visitor(person).build_paid();
    museum.run(|stores| {
        stores.days().take(order.date)?;
        let mut quotas = stores.quotas().lock_day(order.date)?;
        for quota in &mut quotas {
            let places = order.live_places().get(&quota.key().venue).copied();
            if quota.key().session == order.session {
                quota.take(places.unwrap_or_default()).unwrap();
            }
        }
        stores.quotas().save(&quotas)?;
        stores.orders().insert(std::slice::from_ref(&order))
    });
    order
}

fn state(office: &Office, order: &Order) -> OrderState {
    let order = office.database.queries().order(order.id).unwrap();
    order.unwrap().state
}

#[test]
fn a_day_is_recorded_once_listed_and_forgiven() {
    let office = Office::selling(yesterday());
    let museum = Museum::without_catalogue(office.unit_of_work());
    let order = paid(&museum, &museum.adult());
    let run = format!("no-shows run {}", yesterday());
    let told = office.manage(&run).done();
    assert!(
        told.contains("1 tickets expired, 1 no-shows and 0 bans are new"),
        "{told}"
    );
    let told = office.manage(&run).done();
    assert!(told.contains("0 tickets expired, 0 no-shows"), "{told}");

    let list = format!("no-shows list --date {}", yesterday());
    let told = office.manage(&list).done();
    assert_eq!(told.lines().count(), 2, "{told}");
    assert!(
        told.contains(order.number.as_str()) && told.contains("absent"),
        "{told}"
    );

    let waive = format!("no-shows waive --order-number {}", order.number);
    let told = office.manage(&waive).done();
    assert_eq!(told, "1 no-shows count no more, 0 bans are lifted\n");
    let told = office.manage(&waive).done();
    assert_eq!(told, "0 no-shows count no more, 0 bans are lifted\n");
    let told = office.manage(&list).done();
    assert!(told.contains("appeal"), "{told}");
}

#[test]
fn a_closed_day_takes_its_no_shows_back_and_its_orders_are_closed_once() {
    let office = Office::selling(yesterday());
    let museum = Museum::without_catalogue(office.unit_of_work());
    let orders = [(); 2].map(|()| paid(&museum, &museum.adult()));
    office
        .manage(&format!("no-shows run {}", yesterday()))
        .done();
    let close = format!("opening-days close-orders {} --yes", yesterday());
    let told = office.manage(&close).refused(1);
    assert!(told.contains("the day is not closed"), "{told}");
    let set = format!("opening-days set --date {} --state closed", yesterday());
    let told = office.manage(&set).done();
    assert!(
        told.contains("2 no-shows count no more, 0 bans are lifted"),
        "{told}"
    );
    let told = office.manage(&close).done();
    assert!(told.contains("2 paid orders are refunded"), "{told}");
    assert!(
        orders
            .iter()
            .all(|order| state(&office, order) == OrderState::Closed)
    );
    let told = office.manage(&close).done();
    assert!(told.contains("0 paid orders are refunded"), "{told}");
}

#[test]
fn an_order_is_shown_masked_and_closed_when_confirmed() {
    let office = Office::selling(yesterday());
    let museum = Museum::without_catalogue(office.unit_of_work());
    let person = museum.adult();
    let order = paid(&museum, &person);
    let told = office
        .manage(&format!("order show {}", order.number))
        .done();
    assert!(told.contains("paid") && told.contains("valid"), "{told}");
    assert!(!told.contains(person.document.number()), "{told}");
    let close = format!("order close {}", order.number);
    let told = office.manage(&close).refused(1);
    assert!(told.contains("not confirmed"), "{told}");
    assert_eq!(state(&office, &order), OrderState::Paid);
    let told = office.manage(&format!("{close} --yes")).done();
    assert!(told.contains("1 places go back, ¥40.00"), "{told}");
    assert_eq!(state(&office, &order), OrderState::Closed);
    let told = office.manage(&format!("{close} --yes")).done();
    assert!(told.contains("closed before"), "{told}");
    office.manage("order show 261201000000000011").refused(1);
}
