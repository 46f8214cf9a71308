//! Placing orders (section 4).

use chrono::TimeDelta;
use domain::category::Category;
use domain::id::BodyDigest;
use domain::money::Fen;
use domain::no_show::Ban;
use domain::order::{CancelCause, OrderState, TicketState};
use domain::ports::OrderQueries;
use domain::refusal::Reason;
use domain::sealed::IdentityCipher;
use domain::testing::{Person, session};
use domain::use_cases::cancel_order::{CancelError, cancel_order};
use domain::use_cases::order_request::Who;
use domain::use_cases::place_orders::Placed;
use domain::visit_date::VisitDate;

use super::office::{Office, codes, created, instant, reason, stated, visitor, visitor_as};

#[test]
fn an_order_takes_a_place_in_every_venue_it_names() {
    let office = Office::with_capacity(10);
    let account = office.museum.account();
    let (one, two) = (office.museum.adult(), office.museum.person("1960-01-01"));
    let day = office.day();
    let visitors = vec![
        visitor(&one, day, &["treasure_gallery", "exhibition"]),
        visitor(&two, day, &["treasure_gallery"]),
    ];
    let order = created(&office.place(office.draft(&account, visitors)));
    assert_eq!(order.state, OrderState::Unpaid);
    // Low season: 40 + 10 + 0 yuan, and 20 + 5 yuan for the senior.
    assert_eq!(order.total, Fen::new(7500).unwrap());
    assert_eq!(office.taken("palace"), 2);
    assert_eq!(office.taken("treasure_gallery"), 2);
    assert_eq!(office.taken("exhibition"), 1);
    assert_eq!(office.taken("clock_gallery"), 0);
    assert_eq!(order.pay_by, order.created_at + TimeDelta::minutes(30));
    office.sweep();
}

#[test]
fn an_order_on_31_march_for_1_april_has_the_peak_price() {
    let office = Office::with_capacity(1);
    let first_of_april = VisitDate::parse("2027-04-01").unwrap();
    office.museum.open(first_of_april, 10);
    office.set("2027-03-31T12:00:00+08:00");
    let account = office.museum.account();
    let adult = office.museum.adult();
    let mut draft = office.draft(&account, vec![visitor(&adult, first_of_april, &[])]);
    draft.date = first_of_april;
    assert_eq!(created(&office.place(draft)).total, Fen::new(6000).unwrap());
}

#[test]
fn the_birthday_on_the_visit_day_decides_the_price() {
    let office = Office::with_capacity(10);
    let day = office.day();
    let total = |birth: &str| {
        let account = office.museum.account();
        let person = office.museum.person(birth);
        let adult = office.museum.adult();
        let visitors = vec![visitor(&person, day, &[]), visitor(&adult, day, &[])];
        let order = created(&office.place(office.draft(&account, visitors)));
        (order.tickets[0].category, order.tickets[0].price.amount())
    };
    assert_eq!(
        total("2008-12-01"),
        (Category::Standard, 4000),
        "18 on the day"
    );
    assert_eq!(total("2008-12-02"), (Category::Minor, 0), "18 a day later");
    assert_eq!(
        total("1966-12-01"),
        (Category::Senior, 2000),
        "60 on the day"
    );
}

#[test]
fn the_eighth_day_opens_at_twenty_hours_and_the_answer_says_so() {
    let office = Office::with_capacity(10);
    let account = office.museum.account();
    let adult = office.museum.adult();
    // The eighth day counted from today is D-7.
    office.set("2026-11-24T19:59:59.9+08:00");
    let placed = office.order(&account, &[&adult]);
    let opens_at = instant("2026-11-24T20:00:00+08:00");
    assert_eq!(*reason(&placed), Reason::SalesNotOpen { opens_at });
    assert!(reason(&placed).message().zh().contains("2026-11-24 20:00"));
    office.set("2026-11-24T20:00:00+08:00");
    created(&office.order(&account, &[&adult]));
}

#[test]
fn sales_close_at_the_end_of_the_day_before() {
    let office = Office::with_capacity(10);
    let (account, adult) = (office.museum.account(), office.museum.adult());
    office.set("2026-12-01T00:00:00+08:00");
    assert_eq!(
        *reason(&office.order(&account, &[&adult])),
        Reason::SalesClosed
    );
    office.set("2026-11-30T23:59:59.999999+08:00");
    let order = created(&office.order(&account, &[&adult]));
    assert_eq!(
        order.pay_by,
        order.created_at + TimeDelta::minutes(5),
        "at least five minutes"
    );
}

#[test]
fn a_day_without_a_row_is_closed() {
    let office = Office::with_capacity(10);
    let (account, adult) = (office.museum.account(), office.museum.adult());
    let mut draft = office.draft(&account, vec![visitor(&adult, office.day(), &[])]);
    draft.date = office.day().plus_days(-1);
    assert_eq!(*reason(&office.place(draft)), Reason::DayClosed);
}

#[test]
fn three_left_and_an_order_for_four_takes_nothing_and_names_the_other_session() {
    let office = Office::with_capacity(3);
    let people: Vec<Person> = (0..4).map(|_| office.museum.adult()).collect();
    let account = office.museum.account();
    let placed = office.order(&account, &people.iter().collect::<Vec<_>>());
    let Reason::NotEnough {
        remaining,
        other_session,
        ..
    } = reason(&placed)
    else {
        panic!("{placed:?}");
    };
    assert_eq!(
        (*remaining, other_session.as_ref()),
        (3, None),
        "the afternoon has three too"
    );
    assert_eq!(office.taken("palace"), 0);

    let order = created(&office.order(&account, &[&people[0]]));
    let other = office.museum.account();
    let placed = office.order(&other, &people[1..].iter().collect::<Vec<_>>());
    let Reason::NotEnough {
        remaining,
        other_session,
        ..
    } = reason(&placed)
    else {
        panic!("{placed:?}");
    };
    assert_eq!(
        (*remaining, other_session.as_ref()),
        (2, Some(&session("afternoon")))
    );
    assert_eq!(office.taken("palace"), 1);
    assert_eq!(office.reload(&order).state, OrderState::Unpaid);
    office.sweep();
}

#[test]
fn a_sold_out_gallery_refuses_the_whole_order() {
    let office = Office::with_capacity(1);
    let day = office.day();
    let first = visitor(&office.museum.adult(), day, &["clock_gallery"]);
    created(&office.place(office.draft(&office.museum.account(), vec![first])));
    let mut draft = office.draft(
        &office.museum.account(),
        vec![visitor(&office.museum.adult(), day, &["clock_gallery"])],
    );
    draft.session = session("morning");
    let placed = office.place(draft);
    assert_eq!(
        codes(&placed),
        [(None, "quota.sold_out"), (None, "quota.sold_out")]
    );
}

#[test]
fn five_visitors_two_rejected_for_different_reasons_lists_both() {
    let office = Office::with_capacity(10);
    let day = office.day();
    let adults: Vec<Person> = (0..4).map(|_| office.museum.adult()).collect();
    let mut visitors: Vec<_> = adults
        .iter()
        .map(|person| visitor(person, day, &[]))
        .collect();
    visitors[1].category = Category::Senior;
    let mut broken = stated(&office.museum.adult());
    broken.document_number = "110101199902290011".to_owned();
    visitors.push(visitor_as(&adults[0], Category::Standard));
    visitors[4].who = Who::Stated(broken);
    let placed = office.place(office.draft(&office.museum.account(), visitors));
    assert_eq!(
        codes(&placed),
        [
            (Some(1), "category.age_mismatch"),
            (Some(4), "document.invalid")
        ]
    );
    assert_eq!(office.taken("palace"), 0);
}

#[test]
fn only_add_on_venues_can_be_added() {
    let office = Office::with_capacity(10);
    let teenager = office.museum.person("2010-01-01");
    for venue in ["palace", "garden"] {
        let visitors = vec![visitor(&teenager, office.day(), &[venue])];
        let placed = office.place(office.draft(&office.museum.account(), visitors));
        assert_eq!(codes(&placed), [(Some(0), "add_on.not_sold")], "{venue}");
    }
    assert_eq!(office.taken("palace"), 0);
}

#[test]
fn a_wrong_name_does_not_hide_that_the_document_is_booked_or_the_birth_date_wrong() {
    let office = Office::with_capacity(10);
    let person = office.museum.adult();
    created(&office.order(&office.museum.account(), &[&person]));
    let mut typed = stated(&person);
    typed.name = "1".to_owned();
    typed.birth_date = chrono::NaiveDate::from_ymd_opt(1991, 1, 1);
    let mut draft = visitor(&person, office.day(), &[]);
    draft.who = Who::Stated(typed);
    let placed = office.place(office.draft(&office.museum.account(), vec![draft]));
    let expected = [
        "name.invalid",
        "birth_date.mismatch",
        "document.already_booked",
    ];
    assert_eq!(codes(&placed), expected.map(|code| (Some(0), code)));
}

#[test]
fn one_document_has_one_admission_a_day_over_accounts_and_sessions() {
    let office = Office::with_capacity(10);
    let person = office.museum.adult();
    created(&office.order(&office.museum.account(), &[&person]));
    let mut draft = office.draft(
        &office.museum.account(),
        vec![visitor(&person, office.day(), &[])],
    );
    draft.session = session("afternoon");
    assert_eq!(
        codes(&office.place(draft)),
        [(Some(0), "document.already_booked")]
    );
    let twice = office.order(&office.museum.account(), &[&person, &person]);
    assert!(codes(&twice).contains(&(Some(1), "document.duplicate_in_order")));
}

#[test]
fn a_group_decides_one_after_the_other_and_a_refusal_fails_nobody_else() {
    let office = Office::with_capacity(3);
    let day = office.day();
    let drafts = [2, 2, 1]
        .map(|number| {
            let people = (0..number).map(|_| visitor(&office.museum.adult(), day, &[]));
            office.draft(&office.museum.account(), people.collect())
        })
        .to_vec();
    let placed = office.place_group(drafts);
    assert!(matches!(placed[0], Placed::Created(_)));
    assert_eq!(codes(&placed[1]), [(None, "quota.not_enough")]);
    assert!(matches!(placed[2], Placed::Created(_)));
    assert_eq!(office.remaining("palace"), 0);
    office.sweep();
}

#[test]
fn an_account_has_one_unpaid_order_even_within_a_group() {
    let office = Office::with_capacity(10);
    let account = office.museum.account();
    let day = office.day();
    let drafts = (0..3)
        .map(|_| office.draft(&account, vec![visitor(&office.museum.adult(), day, &[])]))
        .collect();
    let placed = office.place_group(drafts);
    assert!(matches!(placed[0], Placed::Created(_)));
    for refused in &placed[1..] {
        assert_eq!(codes(refused), [(None, "order.unpaid_exists")]);
    }
}

#[test]
fn an_account_has_at_most_five_live_admissions_a_day() {
    let office = Office::with_capacity(20);
    let account = office.museum.account();
    let people: Vec<Person> = (0..6).map(|_| office.museum.adult()).collect();
    let first = office.paid(&account, &people[..4].iter().collect::<Vec<_>>());
    let placed = office.order(&account, &people[4..].iter().collect::<Vec<_>>());
    assert_eq!(
        *reason(&placed),
        Reason::TooManyAdmissions { limit: 5, held: 4 }
    );
    office.refund(&first, &[first.tickets[0].id]).unwrap();
    created(&office.order(&account, &people[4..].iter().collect::<Vec<_>>()));
    office.sweep();
}

#[test]
fn children_come_with_an_adult_and_one_adult_leads_three() {
    let office = Office::with_capacity(20);
    let child = || office.museum.person("2016-01-01");
    let teenager = office.museum.person("2011-11-30");
    created(&office.order(&office.museum.account(), &[&teenager]));
    let placed = office.order(&office.museum.account(), &[&child()]);
    assert_eq!(codes(&placed), [(Some(0), "minor.needs_adult")]);
    let fourteen = office.museum.person("2011-12-02");
    let placed = office.order(&office.museum.account(), &[&fourteen]);
    assert_eq!(codes(&placed), [(Some(0), "minor.needs_adult")]);

    let account = office.museum.account();
    let (adult, children) = (office.museum.adult(), [child(), child(), child(), child()]);
    let [a, b, c, d] = &children;
    assert_eq!(
        codes(&office.order(&account, &[&adult, a, b, c, d])).len(),
        4
    );
    let three = created(&office.order(&account, &[&adult, a, b, c]));
    office.pay(&three);
    // The adult's paid ticket in the earlier order leads three already.
    assert_eq!(
        codes(&office.order(&account, &[d])),
        [(Some(0), "minor.needs_adult")]
    );
}

#[test]
fn a_child_may_follow_an_adult_whose_ticket_is_valid_and_not_one_who_has_not_paid() {
    let office = Office::with_capacity(20);
    let account = office.museum.account();
    let child = office.museum.person("2016-01-01");
    office.paid(&account, &[&office.museum.adult()]);
    let order = created(&office.order(&account, &[&child]));
    assert_eq!(
        order.state,
        OrderState::Paid,
        "a total of 0 is paid at once"
    );
    assert_eq!(order.tickets[0].state, TicketState::Valid);
    office.sweep();
}

#[test]
fn the_same_request_gives_the_same_order_and_another_body_is_refused() {
    let office = Office::with_capacity(10);
    let account = office.museum.account();
    let draft = office.draft(
        &account,
        vec![visitor(&office.museum.adult(), office.day(), &[])],
    );
    let order = created(&office.place(draft.clone()));
    office.pay(&order);
    let Placed::Existing(again) = office.place(draft.clone()) else {
        panic!("not found again");
    };
    assert_eq!((again.id, again.state), (order.id, OrderState::Paid));
    let mut other = draft.clone();
    other.body_digest = BodyDigest([9; 32]);
    assert_eq!(office.place(other), Placed::KeyReused);

    let twice = office.museum.account();
    let draft = office.draft(
        &twice,
        vec![visitor(&office.museum.adult(), office.day(), &[])],
    );
    let placed = office.place_group(vec![draft.clone(), draft]);
    let Placed::Existing(second) = &placed[1] else {
        panic!("{:?}", placed[1]);
    };
    assert_eq!(second.id, created(&placed[0]).id);
    assert_eq!(office.taken("palace"), 2);
}

#[test]
fn what_was_refused_is_decided_anew() {
    let office = Office::with_capacity(1);
    let (first, second) = (office.museum.account(), office.museum.account());
    let order = created(&office.order(&first, &[&office.museum.adult()]));
    let draft = office.draft(
        &second,
        vec![visitor(&office.museum.adult(), office.day(), &[])],
    );
    assert_eq!(
        codes(&office.place(draft.clone())),
        [(None, "quota.sold_out")]
    );
    cancel_order(
        office.museum.unit_of_work(),
        first.id,
        order.id,
        office.museum.now(),
    )
    .unwrap();
    created(&office.place(draft));
    office.sweep();
}

#[test]
fn unpaid_orders_past_their_time_are_no_obstacle() {
    let office = Office::with_capacity(1);
    let (first, second) = (office.museum.account(), office.museum.account());
    let person = office.museum.adult();
    let lapsed = created(&office.order(&first, &[&person]));
    office.advance(TimeDelta::minutes(30));
    let placed = office.order(&second, &[&person]);
    assert!(
        matches!(placed, Placed::Refused(_)),
        "held to the last instant"
    );
    office.advance(TimeDelta::microseconds(1));
    // Its place, its document and its account's one unpaid order are all in the way.
    created(&office.order(&first, &[&person]));
    let lapsed = office.reload(&lapsed);
    assert_eq!(lapsed.state, OrderState::Cancelled);
    assert_eq!(lapsed.cancelled_because, Some(CancelCause::Expired));
    office.sweep();
}

#[test]
fn a_banned_document_is_refused_until_the_ban_ends() {
    let office = Office::with_capacity(10);
    let account = office.museum.account();
    let person = office.museum.adult();
    let document = office.museum.cipher.hash(&person.document);
    let third = VisitDate::parse("2026-09-28").unwrap();
    let ban = Ban::after(document, third, &office.museum.rules);
    office.museum.run(|stores| stores.bans().ban(&ban));
    let until = VisitDate::parse("2026-11-27").unwrap();
    assert_eq!(
        *reason(&office.order(&account, &[&person])),
        Reason::Banned { until }
    );
    office.set("2026-11-28T00:00:00+08:00");
    created(&office.order(&account, &[&person]));
}

#[test]
fn a_full_width_number_with_spaces_is_the_same_person() {
    let office = Office::with_capacity(10);
    let person = (0..)
        .map(|_| office.museum.adult())
        .find(|person| person.document.number().ends_with('X'))
        .unwrap();
    created(&office.order(&office.museum.account(), &[&person]));
    let typed: String = person
        .document
        .number()
        .chars()
        .flat_map(|digit| match digit {
            'X' => vec![' ', 'x'],
            digit => vec![char::from_u32(u32::from(digit) - 0x30 + 0xFF10).unwrap()],
        })
        .collect();
    let mut draft = visitor(&person, office.day(), &[]);
    let mut typed_person = stated(&person);
    typed_person.document_number = typed;
    draft.who = Who::Stated(typed_person);
    let placed = office.place(office.draft(&office.museum.account(), vec![draft]));
    assert_eq!(codes(&placed), [(Some(0), "document.already_booked")]);
}

#[test]
fn a_cancelled_order_gives_back_its_places_and_only_to_its_owner() {
    let office = Office::with_capacity(10);
    let account = office.museum.account();
    let order = created(&office.order(&account, &[&office.museum.adult()]));
    let now = office.museum.now();
    let cancel = |whose| cancel_order(office.museum.unit_of_work(), whose, order.id, now);
    assert_eq!(
        cancel(office.museum.account().id),
        Err(CancelError::NotFound)
    );
    let cancelled = cancel(account.id).unwrap();
    assert_eq!(cancelled.state, OrderState::Cancelled);
    assert_eq!(cancel(account.id), Ok(cancelled));
    assert_eq!(office.taken("palace"), 0);
    let paid = office.paid(&account, &[&office.museum.adult()]);
    assert_eq!(
        cancel_order(office.museum.unit_of_work(), account.id, paid.id, now),
        Err(CancelError::NotUnpaid(OrderState::Paid))
    );
    assert!(office.store.order(order.id).unwrap().is_some());
    office.sweep();
}
