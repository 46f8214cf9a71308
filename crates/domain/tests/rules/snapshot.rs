//! What is told from memory while a day is on sale.

use chrono::{DateTime, TimeDelta, Utc};
use domain::account::Account;
use domain::id::{AnnualPassId, BodyDigest};
use domain::order::Order;
use domain::refusal::{Reason, Refusal};
use domain::testing::{session, venue};
use domain::use_cases::cancel_order::cancel_order;
use domain::use_cases::order_request::OrderDraft;
use domain::use_cases::pass_visits::VisitDraft;
use domain::use_cases::place_orders::Placed;
use domain::use_cases::sale_snapshot::SaleSnapshot;
use domain::use_cases::show_calendar::{show_calendar, show_places};

use crate::office::{Office, created, visitor};

fn snapshot(office: &Office, before: Option<&SaleSnapshot>) -> SaleSnapshot {
    let museum = &office.museum;
    SaleSnapshot::take(&*office.store, before, &museum.rules, museum.now()).unwrap()
}

/// Asks for `number` places.
fn ask(office: &Office, account: &Account, number: usize) -> OrderDraft {
    let people = (0..number).map(|_| office.museum.adult());
    let visitors = people.map(|person| visitor(&person, Office::fixed_day(), &[]));
    office.draft(account, visitors.collect())
}

/// Buys one place.
fn buy(office: &Office, account: &Account) -> Order {
    created(&office.place(ask(office, account, 1)))
}

fn codes(office: &Office, snapshot: &SaleSnapshot, draft: &OrderDraft) -> Vec<&'static str> {
    let refusal = snapshot.refusal(draft, &office.museum.rules);
    let objections = refusal.into_iter().flat_map(|refusal| refusal.objections);
    objections
        .map(|objection| objection.reason.code())
        .collect()
}

fn at(mut draft: OrderDraft, instant: DateTime<Utc>) -> OrderDraft {
    draft.received_at = instant;
    draft
}

#[test]
fn who_cannot_succeed_is_refused_and_nobody_else() {
    let office = Office::with_capacity(3);
    let account = office.museum.account();
    let (of_three, of_four) = (ask(&office, &account, 3), ask(&office, &account, 4));
    let empty = snapshot(&office, None);
    assert_eq!(codes(&office, &empty, &of_four), ["quota.not_enough"]);
    assert!(codes(&office, &empty, &of_three).is_empty());
    buy(&office, &office.museum.account());
    office.advance(TimeDelta::seconds(1));
    let taken = snapshot(&office, Some(&empty));
    assert_eq!(codes(&office, &taken, &of_three), ["quota.not_enough"]);
}

#[test]
fn who_has_an_order_is_never_refused_for_want_of_places() {
    let office = Office::with_capacity(1);
    let before = snapshot(&office, None);
    let buyer = office.museum.account();
    buy(&office, &buyer);
    office.advance(TimeDelta::seconds(1));
    let after = snapshot(&office, Some(&before));
    let stranger = ask(&office, &office.museum.account(), 1);
    assert_eq!(codes(&office, &after, &stranger), ["quota.sold_out"]);
    assert!(codes(&office, &after, &ask(&office, &buyer, 1)).is_empty());
}

#[test]
fn nobody_is_refused_until_the_customers_are_known() {
    let office = Office::with_capacity(1);
    let before = snapshot(&office, None);
    buy(&office, &office.museum.account());
    let at_once = snapshot(&office, Some(&before));
    let stranger = ask(&office, &office.museum.account(), 1);
    assert!(codes(&office, &at_once, &stranger).is_empty());
    let still = snapshot(&office, Some(&at_once));
    assert!(codes(&office, &still, &stranger).is_empty());
    office.advance(TimeDelta::seconds(1));
    let later = snapshot(&office, Some(&still));
    assert_eq!(codes(&office, &later, &stranger), ["quota.sold_out"]);
}

#[test]
fn lapsed_orders_and_freed_places_refuse_nobody() {
    let office = Office::with_capacity(1);
    let buyer = office.museum.account();
    let order = buy(&office, &buyer);
    let sold_out = snapshot(&office, None);
    let stranger = ask(&office, &office.museum.account(), 1);
    let in_time = at(stranger.clone(), order.pay_by);
    assert_eq!(codes(&office, &sold_out, &in_time), ["quota.sold_out"]);
    let after = at(stranger.clone(), order.pay_by + TimeDelta::microseconds(1));
    assert!(codes(&office, &sold_out, &after).is_empty());

    let now = office.museum.now();
    cancel_order(office.museum.unit_of_work(), buyer.id, order.id, now).unwrap();
    let free = snapshot(&office, Some(&sold_out));
    assert!(codes(&office, &free, &stranger).is_empty());
}

#[test]
fn openness_goes_by_the_clock_of_the_request() {
    let office = Office::with_capacity(1);
    let shown = snapshot(&office, None);
    let opens_at = Office::fixed_day().sales_open_at(&office.museum.rules);
    let draft = ask(&office, &office.museum.account(), 1);
    let early = at(draft.clone(), opens_at - TimeDelta::microseconds(1));
    assert_eq!(codes(&office, &shown, &early), ["sales.not_open"]);
    let mut draft = at(draft, opens_at);
    assert!(codes(&office, &shown, &draft).is_empty());
    draft.date = draft.date.plus_days(1);
    let closed = codes(&office, &shown, &draft);
    assert!(
        closed.is_empty(),
        "a closed day is for the database to refuse"
    );
}

#[test]
fn another_session_with_room_is_named() {
    let office = Office::with_capacity(1);
    buy(&office, &office.museum.account());
    let draft = ask(&office, &office.museum.account(), 1);
    let refusal = snapshot(&office, None).refusal(&draft, &office.museum.rules);
    let expected = Reason::SoldOut {
        venue: venue("palace"),
        other_session: Some(session("afternoon")),
    };
    assert_eq!(refusal, Some(Refusal::whole(expected)));
}

#[test]
fn it_shows_what_the_database_shows() {
    let office = Office::with_capacity(100);
    let (rules, store) = (&office.museum.rules, &*office.store);
    let (day, now) = (Office::fixed_day(), office.museum.now());
    let shown = snapshot(&office, None);
    let calendar = show_calendar(store, rules, now).unwrap();
    assert_eq!(shown.calendar(rules, now), calendar);
    let places = show_places(store, rules, day, now).unwrap();
    assert_eq!(places.len(), 2);
    assert_eq!(shown.places(day, rules, now), Some(places));
    assert_eq!(shown.places(day.plus_days(30), rules, now), None);
}

#[test]
fn who_is_refused_at_the_desk_changes_nothing_for_the_others() {
    let office = Office::with_capacity(1);
    let (buyer, other) = (office.museum.account(), office.museum.account());
    let draft = ask(&office, &buyer, 1);
    let placed = office.place(draft.clone());
    assert!(matches!(placed, Placed::Created(_)));
    let sold_out = snapshot(&office, None);
    let outcomes = office.place_group(vec![ask(&office, &other, 1), draft]);
    assert!(matches!(outcomes[0], Placed::Refused(_)));
    assert!(matches!(outcomes[1], Placed::Existing(_)));
    let after = snapshot(&office, Some(&sold_out));
    let stranger = ask(&office, &office.museum.account(), 1);
    assert_eq!(codes(&office, &after, &stranger), ["quota.sold_out"]);
}

#[test]
fn a_visit_on_an_annual_pass_is_refused_like_an_order_of_one() {
    let office = Office::with_capacity(1);
    let (buyer, other) = (office.museum.account(), office.museum.account());
    let visit = |account: &Account, received_at| VisitDraft {
        account: account.id,
        pass: AnnualPassId::next(&office.museum.ids),
        date: Office::fixed_day(),
        session: session("morning"),
        request_key: office.next_key(),
        body_digest: BodyDigest([1; 32]),
        received_at,
    };
    let (rules, now) = (&office.museum.rules, office.museum.now());
    let free = snapshot(&office, None);
    assert_eq!(free.refusal_of_visit(&visit(&other, now), rules), None);
    let opens_at = Office::fixed_day().sales_open_at(rules);
    let early = visit(&other, opens_at - TimeDelta::microseconds(1));
    let not_open = Refusal::whole(Reason::SalesNotOpen { opens_at });
    assert_eq!(free.refusal_of_visit(&early, rules), Some(not_open));
    buy(&office, &buyer);
    let sold_out = snapshot(&office, None);
    let expected = Refusal::whole(Reason::SoldOut {
        venue: venue("palace"),
        other_session: Some(session("afternoon")),
    });
    assert_eq!(
        sold_out.refusal_of_visit(&visit(&other, now), rules),
        Some(expected)
    );
    assert_eq!(sold_out.refusal_of_visit(&visit(&buyer, now), rules), None);
}
