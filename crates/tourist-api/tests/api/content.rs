//! What the museum tells its visitors, in their language.

use chrono::TimeDelta;
use domain::content::{
    AppId, Banner, BannerAction, Body, ContentCode, Exhibition, ExhibitionDays, Notice, NoticeKind,
    Period, PicturePath, Title,
};
use domain::testing::venue;
use reqwest::Method;
use serde_json::{Value, json};

use crate::house::{Answer, House, send};

fn code(text: &str) -> ContentCode {
    ContentCode::parse(text).unwrap()
}

fn notice(house: &House, name: &str, kind: NoticeKind) -> Notice {
    Notice {
        code: code(name),
        kind,
        title: Title::parse("须知", "Policies").unwrap(),
        body: Body::parse("第一段\n\n第二段", "One\n\nTwo").unwrap(),
        pictures: vec![PicturePath::parse("/pictures/gate.webp").unwrap()],
        pinned: kind == NoticeKind::VisitorPolicies,
        position: 1,
        published_at: house.now(),
    }
}

/// A house that tells: three notices, one of them later, two banners, an exhibition.
fn house() -> House {
    let house = House::open();
    let later = Notice {
        published_at: house.now() + TimeDelta::hours(1),
        ..notice(&house, "later", NoticeKind::Announcement)
    };
    let notices = [
        notice(&house, "hours", NoticeKind::OpeningHours),
        notice(&house, "policies", NoticeKind::VisitorPolicies),
        later,
    ];
    let banner = |name, action, position| Banner {
        code: code(name),
        title: Title::parse("问卷", "Survey").unwrap(),
        picture: None,
        action,
        period: Period::default(),
        position,
    };
    let survey = BannerAction::MiniProgram {
        app: AppId::parse("wx0123456789abcdef").unwrap(),
        page: None,
    };
    let exhibition = Exhibition {
        code: code("paintings"),
        venue: venue("exhibition"),
        title: Title::parse("书画展", "Paintings").unwrap(),
        body: Body::parse("展出书画。", "Paintings.").unwrap(),
        picture: None,
        days: ExhibitionDays::new(house.day(), None).unwrap(),
        position: 1,
    };
    house.museum.run(|stores| {
        let content = stores.content();
        notices
            .iter()
            .try_for_each(|notice| content.put_notice(notice))?;
        content.put_banner(&banner("survey", survey.clone(), 1))?;
        let opens = BannerAction::Notice(code("policies"));
        content.put_banner(&banner("policies", opens, 2))?;
        content.put_exhibition(&exhibition)
    });
    house
}

fn in_english(house: &House, path: &str) -> Answer {
    send(
        house
            .request(Method::GET, path)
            .header("Accept-Language", "en"),
    )
}

#[test]
fn banners_say_what_they_open() {
    let house = house();
    let banners = house.get("/banners").expect(200);
    let survey = json!({
        "id": "survey",
        "title": "问卷",
        "action": { "kind": "mini_program", "app_id": "wx0123456789abcdef" },
    });
    assert_eq!(banners["items"][0], survey);
    let action = json!({ "kind": "notice", "notice": "policies" });
    assert_eq!(banners["items"][1]["action"], action);
    let english = in_english(&house, "/banners").expect(200);
    assert_eq!(english["items"][0]["title"], "Survey");
}

#[test]
fn notices_are_listed_by_title_and_read_one_by_one() {
    let house = house();
    let notices = house.get("/notices").expect(200);
    let ids: Vec<&Value> = notices["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["id"])
        .collect();
    assert_eq!(ids, ["policies", "hours"]);
    assert_eq!(notices["items"][0]["pinned"], true);
    assert!(notices["items"][0]["body"].is_null());
    let expected = json!({
        "id": "policies",
        "kind": "visitor_policies",
        "title": "Policies",
        "pinned": true,
        "published_at": "2026-11-25T10:00:00+08:00",
        "body": "One\n\nTwo",
        "pictures": ["/pictures/gate.webp"],
    });
    assert_eq!(
        in_english(&house, "/notices/policies").expect(200),
        expected
    );
    for unknown in ["later", "nowhere", "Not-a-code", "%00"] {
        house
            .get(&format!("/notices/{unknown}"))
            .refused(404, "not_found");
    }
    house.advance(TimeDelta::hours(1));
    assert_eq!(house.get("/notices/later").status, 200);
}

#[test]
fn exhibitions_and_hours_come_with_their_texts() {
    let house = house();
    let exhibitions = in_english(&house, "/exhibitions").expect(200);
    let expected = json!([{
        "id": "paintings",
        "venue": "exhibition",
        "title": "Paintings",
        "body": "Paintings.",
        "first_day": "2026-12-01",
    }]);
    assert_eq!(exhibitions["items"], expected);
    let hours = in_english(&house, "/opening-hours?date=2026-12-01").expect(200);
    assert_eq!(
        (&hours["open"], &hours["text"]),
        (&json!(true), &json!("One\n\nTwo"))
    );
    assert_eq!(hours["hours"]["last_entry"], "15:30");
    let peak = house.get("/opening-hours?date=2026-07-01").expect(200);
    assert_eq!(
        (&peak["open"], &peak["season"]),
        (&json!(false), &json!("peak"))
    );
    assert_eq!(peak["hours"]["last_entry"], "16:10");
}

#[test]
fn public_answers_may_be_kept_for_a_while_one_for_each_language() {
    let house = house();
    for (path, age) in [
        ("/banners", 60),
        ("/notices", 60),
        ("/notices/policies", 60),
        ("/exhibitions", 60),
        ("/opening-hours?date=2026-12-01", 60),
        ("/calendar", 1),
        ("/ticket-types?date=2026-12-01", 60),
    ] {
        let headers = house.get(path).headers;
        assert_eq!(
            headers["cache-control"],
            format!("public, max-age={age}"),
            "{path}"
        );
        assert_eq!(headers["vary"], "Accept-Language", "{path}");
    }
}

#[test]
fn a_museum_that_has_published_nothing_tells_nothing() {
    let house = House::open();
    for path in ["/banners", "/notices", "/exhibitions"] {
        assert_eq!(house.get(path).expect(200)["items"], json!([]), "{path}");
    }
    let hours = house.get("/opening-hours?date=2026-12-01").expect(200);
    assert!(hours["text"].is_null());
}
