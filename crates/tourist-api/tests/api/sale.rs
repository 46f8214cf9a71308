//! Losing and looking while a day is on sale: from memory.

use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use domain::visit_date::VisitDate;
use reqwest::Method;
use serde_json::{Value, json};

use crate::house::{Answer, House, NONE, Tourist, send};

/// How long an answer may take that only memory is needed for, on a machine with much else to do.
const PATIENCE: Duration = Duration::from_secs(20);

/// A house with one place left on the day before its open one.
fn house_with_one_place() -> (House, VisitDate) {
    let house = House::open();
    let day = house.day().plus_days(-1);
    house.museum.open(day, 1);
    (house, day)
}

fn body(tourist: &Tourist<'_>, day: VisitDate) -> Value {
    let mut body = tourist.order_body(&[(tourist.house.museum.adult(), NONE)]);
    body["date"] = day.to_string().into();
    body
}

/// Does `work` while a unit has the day in its hands, so that nothing of it can be decided on the
/// database.
fn while_the_day_is_held<T>(house: &House, day: VisitDate, work: impl FnOnce() -> T) -> T {
    let ((held, is_held), (release, released)) = (channel(), channel::<()>());
    std::thread::scope(|scope| {
        let museum = &house.museum;
        scope.spawn(move || {
            museum.run(|stores| {
                stores.days().take(day)?;
                held.send(()).unwrap();
                let _ = released.recv();
                Ok(())
            });
        });
        is_held.recv().unwrap();
        let done = work();
        drop(release);
        done
    })
}

/// The first answer that is not 503: what the snapshot leaves to the desk ends so while the day is
/// held, and on a slow machine a snapshot may be too old for a moment.
fn decided(ask: impl Fn() -> Answer) -> Answer {
    let began = Instant::now();
    loop {
        let answer = ask();
        if answer.status != 503 || began.elapsed() > PATIENCE {
            return answer;
        }
    }
}

#[test]
fn who_comes_too_late_is_refused_without_the_database() {
    let (house, day) = house_with_one_place();
    let [anna, ben] = ["anna", "ben"].map(|name| house.tourist(name));
    let (annas, bens) = (body(&anna, day), body(&ben, day));
    let order = anna.order("key-1", &annas).expect(201);
    let at_the_desk = ben.order("key-1", &bens);
    at_the_desk.refused(409, "order.refused");
    house.advance(TimeDelta::seconds(1));
    let from_memory = while_the_day_is_held(&house, day, || decided(|| ben.order("key-2", &bens)));
    from_memory.refused(409, "order.refused");
    assert_eq!(from_memory.reasons(), ["quota.sold_out"]);
    assert_eq!(from_memory.body["details"], at_the_desk.body["details"]);
    assert_eq!(from_memory.body["message"], at_the_desk.body["message"]);
    // A lost answer finds its order again.
    assert_eq!(anna.order("key-1", &annas).expect(200), order);
}

#[test]
fn a_place_that_was_not_paid_for_is_free_at_once() {
    let (house, day) = house_with_one_place();
    let [anna, ben] = ["anna", "ben"].map(|name| house.tourist(name));
    anna.order("key-1", &body(&anna, day)).expect(201);
    house.advance(TimeDelta::minutes(30));
    let bens = body(&ben, day);
    ben.order("key-1", &bens).refused(409, "order.refused");
    // Not even the next snapshot is waited for.
    house.museum.clock.advance(TimeDelta::microseconds(1));
    ben.order("key-1", &bens).expect(201);
}

#[test]
fn a_place_that_was_given_back_is_free_with_the_next_snapshot() {
    let (house, day) = house_with_one_place();
    let [anna, ben] = ["anna", "ben"].map(|name| house.tourist(name));
    let order = anna.order("key-1", &body(&anna, day)).expect(201);
    house.advance(TimeDelta::seconds(1));
    let path = format!("/orders/{}/cancel", order["id"].as_str().unwrap());
    anna.post(&path, &json!({})).expect(200);
    house.renewed();
    ben.order("key-1", &body(&ben, day)).expect(201);
}

#[test]
fn sales_open_by_the_clock_whatever_is_in_memory() {
    let house = House::open();
    let day = house.day().plus_days(2);
    house.museum.open(day, 10);
    house.renewed();
    let opens_at = day.sales_open_at(&house.museum.rules);
    house
        .museum
        .clock
        .set(opens_at - TimeDelta::milliseconds(1));
    let anna = house.tourist("anna");
    let annas = body(&anna, day);
    let early = while_the_day_is_held(&house, day, || decided(|| anna.order("key-1", &annas)));
    early.refused(409, "order.refused");
    assert_eq!(early.reasons(), ["sales.not_open"]);
    assert_eq!(
        early.body["details"][0]["opens_at"],
        "2026-11-26T20:00:00+08:00"
    );
    house.museum.clock.set(opens_at);
    anna.order("key-1", &annas).expect(201);
}

#[test]
fn a_page_that_is_known_is_not_sent_again() {
    let house = House::open();
    let anna = house.tourist("anna");
    for (path, keeping) in [
        ("/calendar", "public, max-age=1"),
        ("/ticket-types?date=2026-12-01", "public, max-age=60"),
        ("/ticket-types?date=2027-04-01", "public, max-age=60"),
        ("/availability?date=2026-12-01", "private, no-cache"),
        ("/availability?date=2027-04-01", "private, no-cache"),
    ] {
        let tag = anna.get(path).headers["etag"].to_str().unwrap().to_owned();
        let ask = |tag: &str| {
            let request = anna.request(Method::GET, path);
            send(request.header("If-None-Match", tag))
        };
        for known in [&tag, "*", &format!("\"other\", {tag}")] {
            let answer = ask(known);
            assert_eq!((answer.status, &answer.body), (304, &Value::Null), "{path}");
            assert_eq!(answer.headers["etag"], tag.as_str(), "{path}");
            assert_eq!(answer.headers["cache-control"], keeping, "{path}");
        }
        let answer = ask("\"other\"");
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.headers["content-type"], "application/json");
        assert_eq!(answer.headers["cache-control"], keeping, "{path}");
    }
}

#[test]
fn a_page_has_a_new_tag_when_it_says_something_new() {
    let (house, day) = house_with_one_place();
    let anna = house.tourist("anna");
    let availability = format!("/availability?date={day}");
    let tags = || {
        house.renewed();
        [
            "/calendar",
            &availability,
            &format!("/ticket-types?date={day}"),
        ]
        .map(|path| anna.get(path).headers["etag"].to_str().unwrap().to_owned())
    };
    let before = tags();
    house.advance(TimeDelta::seconds(1));
    assert_eq!(tags(), before, "the time alone is nothing new");
    anna.order("key-1", &body(&anna, day)).expect(201);
    let after = tags();
    assert_ne!(after[0], before[0]);
    assert_ne!(after[1], before[1]);
    assert_eq!(after[2], before[2]);
}

#[test]
fn pages_are_in_the_language_of_the_reader() {
    let house = House::open();
    let name = |language: &str| {
        let request = house.request(Method::GET, "/ticket-types?date=2026-12-01");
        let answer = send(request.header("Accept-Language", language));
        assert_eq!(answer.headers["vary"], "Accept-Language");
        answer.body["ticket_types"][0]["name"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(
        (name("zh"), name("en")),
        ("标准票".into(), "Standard".into())
    );
}
