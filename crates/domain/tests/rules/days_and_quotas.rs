//! Opening days, quotas and prices as staff set them.

use domain::calendar::DayState;
use domain::holiday::holidays_2026;
use domain::money::Fen;
use domain::ports::CalendarQueries;
use domain::session::first_sessions;
use domain::testing::{Museum, venue};
use domain::ticket_type::default_prices;
use domain::use_cases::open_days::{confirm_days, import_holidays, propose_days};
use domain::use_cases::open_quotas::{
    Catalogue, CatalogueError, default_template, load_catalogue, open_quotas,
};
use domain::venue::first_venues;
use domain::visit_date::VisitDate;

fn day(text: &str) -> VisitDate {
    VisitDate::parse(text).unwrap()
}

#[test]
fn confirming_writes_what_was_proposed_and_keeps_what_staff_set() {
    let (museum, store) = Museum::in_memory();
    let unit_of_work = museum.unit_of_work();
    import_holidays(unit_of_work, 2026, holidays_2026().periods()).unwrap();
    let (first, last) = (day("2026-12-28"), day("2027-01-02"));
    let proposals = propose_days(unit_of_work, first, last).unwrap();
    assert!(proposals[..4].iter().all(|(_, proposal)| proposal.is_ok()));
    assert!(proposals[4..].iter().all(|(_, proposal)| proposal.is_err()));
    museum.open(day("2026-12-29"), 5);
    let confirmed = confirm_days(unit_of_work, first, last).unwrap();
    assert_eq!((confirmed.written.len(), confirmed.kept), (3, 1));
    assert_eq!(confirmed.beyond, [day("2027-01-01"), day("2027-01-02")]);
    let days = store.days(first, last).unwrap();
    assert_eq!(days[0].state(), DayState::Closed, "a Monday");
    assert!(days[1..].iter().all(domain::calendar::OpeningDay::is_open));
    assert_eq!(confirm_days(unit_of_work, first, last).unwrap().written, []);
}

#[test]
fn quotas_are_opened_once_and_only_on_open_days() {
    let (museum, store) = Museum::in_memory();
    let unit_of_work = museum.unit_of_work();
    import_holidays(unit_of_work, 2026, holidays_2026().periods()).unwrap();
    confirm_days(unit_of_work, day("2026-11-30"), day("2026-12-01")).unwrap();
    let template = default_template(&first_sessions(), &first_venues());
    let monday = open_quotas(unit_of_work, day("2026-11-30"), &template).unwrap();
    assert_eq!((monday.added, monday.left_out), (0, 1));
    let tuesday = open_quotas(unit_of_work, day("2026-12-01"), &template).unwrap();
    assert_eq!(tuesday.added, 8);
    let again = open_quotas(unit_of_work, day("2026-12-01"), &template).unwrap();
    assert_eq!((again.added, again.kept), (0, 8));
    let quotas = store.quotas(day("2026-12-01"), day("2026-12-01")).unwrap();
    let palace = quotas
        .iter()
        .filter(|quota| quota.key().venue == venue("palace"));
    assert_eq!(
        palace
            .map(domain::quota::Quota::capacity)
            .collect::<Vec<_>>(),
        [20_000, 20_000]
    );
}

#[test]
fn a_price_of_two_fen_is_refused() {
    let (museum, store) = Museum::in_memory();
    let before = store.prices().unwrap();
    let mut prices: Vec<_> = default_prices().rows().collect();
    let first = prices
        .iter()
        .position(|(_, price)| !price.is_zero())
        .unwrap();
    prices[first].1 = Fen::new(2).unwrap();
    let catalogue = Catalogue {
        sessions: first_sessions(),
        venues: first_venues(),
        prices,
    };
    let refused = load_catalogue(museum.unit_of_work(), &catalogue);
    assert!(matches!(refused, Err(CatalogueError::Price { .. })));
    assert_eq!(store.prices().unwrap(), before);
}
