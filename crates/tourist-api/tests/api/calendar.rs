use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::house::House;

#[test]
fn the_calendar_shows_today_and_14_days() {
    let house = House::open();
    let calendar = house.get("/calendar").expect(200);
    assert_eq!(calendar["server_time"], "2026-11-25T10:00:00+08:00");
    let days = calendar["days"].as_array().unwrap();
    assert_eq!(days.len(), 15);
    assert_eq!(days[0]["state"], "closed");
    assert_eq!(
        days[6],
        json!({
            "date": "2026-12-01",
            "state": "open",
            "season": "low",
            "hours": { "opens": "08:30", "last_entry": "15:30", "closes": "16:30" },
            "sessions": [
                { "session": "morning", "state": "available" },
                { "session": "afternoon", "state": "available" },
            ],
        })
    );
}

#[test]
fn a_day_ahead_says_when_its_sales_open() {
    let house = House::open();
    house.museum.open(house.day().plus_days(2), 10);
    house.renewed();
    let day = || house.get("/calendar").expect(200)["days"][8].clone();
    assert_eq!(day()["state"], "not_yet_open");
    assert_eq!(day()["opens_at"], "2026-11-26T20:00:00+08:00");
    let next = || house.get("/calendar").expect(200)["next_opening"].clone();
    let opening = json!({ "date": "2026-12-03", "opens_at": "2026-11-26T20:00:00+08:00" });
    assert_eq!(next(), opening);
    assert_eq!(day()["sessions"], json!([]));
    house.advance(TimeDelta::hours(10));
    let day = house.get("/calendar").expect(200)["days"][8].clone();
    assert_eq!(day["state"], "not_yet_open");
    house.advance(TimeDelta::days(1));
    let day = house.get("/calendar").expect(200)["days"][7].clone();
    assert_eq!(
        (&day["date"], &day["state"]),
        (&json!("2026-12-03"), &json!("open"))
    );
    assert!(next().is_null());
}

#[test]
fn exact_numbers_are_for_those_who_signed_in() {
    let house = House::open();
    let anna = house.tourist("anna");
    let availability = anna.get("/availability?date=2026-12-01").expect(200);
    assert_eq!(
        availability["sessions"][0]["venues"][0],
        json!({ "venue": "palace", "remaining": 100, "state": "available" })
    );
    assert_eq!(availability["sessions"][1]["session"], "afternoon");
    let closed = anna.get("/availability?date=2026-12-02").expect(200);
    assert_eq!(closed["sessions"], json!([]));
}

#[test]
fn ticket_types_have_the_prices_of_the_day() {
    let house = House::open();
    let price = |body: &Value| body["ticket_types"][0]["prices"][0]["price_fen"].clone();
    let low = house.get("/ticket-types?date=2026-12-01").expect(200);
    assert_eq!(
        (&low["ticket_types"][0]["name"], price(&low)),
        (&json!("标准票"), json!(4000))
    );
    assert_eq!(low["sessions"][0]["entry_until"], "12:00");
    assert_eq!(low["sessions"][1]["entry_until"], "15:30");
    let peak = house.get("/ticket-types?date=2027-04-01").expect(200);
    assert_eq!(
        (price(&peak), &peak["season"]),
        (json!(6000), &json!("peak"))
    );
    let categories = peak["ticket_types"].as_array().unwrap();
    assert!(
        categories
            .iter()
            .all(|category| category["category"] != "annual_pass")
    );
}

#[test]
fn opening_hours_are_those_of_the_day() {
    let house = House::open();
    let hours = house.get("/opening-hours?date=2026-12-01").expect(200);
    assert_eq!(
        (&hours["open"], &hours["hours"]["closes"]),
        (&json!(true), &json!("16:30"))
    );
    let undecided = house.get("/opening-hours?date=2027-05-01").expect(200);
    assert_eq!(undecided["open"], false);
    assert_eq!(undecided["hours"]["closes"], "17:00");
}
