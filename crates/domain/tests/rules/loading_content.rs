//! Loading what the museum tells its visitors.

use domain::content::{
    Banner, BannerAction, Body, Content, ContentCode, Exhibition, ExhibitionDays, Notice,
    NoticeKind, Period, Title,
};
use domain::ports::ContentQueries;
use domain::testing::venue;
use domain::use_cases::load_content::{Existing, LoadContentError, LoadedContent, load_content};

use super::office::Office;

fn code(text: &str) -> ContentCode {
    ContentCode::parse(text).unwrap()
}

/// A notice, a banner that opens it, and an exhibition, all of this title.
fn content(office: &Office, title: &str) -> Content {
    let title = Title::parse(title, "English").unwrap();
    let body = Body::parse("正文", "Text").unwrap();
    Content {
        banners: vec![Banner {
            code: code("welcome"),
            title: title.clone(),
            picture: None,
            action: BannerAction::Notice(code("policies")),
            period: Period::default(),
            position: 1,
        }],
        notices: vec![Notice {
            code: code("policies"),
            kind: NoticeKind::VisitorPolicies,
            title: title.clone(),
            body: body.clone(),
            pictures: Vec::new(),
            pinned: false,
            position: 1,
            published_at: office.museum.now(),
        }],
        exhibitions: vec![Exhibition {
            code: code("paintings"),
            venue: venue("exhibition"),
            title,
            body,
            picture: None,
            days: ExhibitionDays::new(office.day(), None).unwrap(),
            position: 1,
        }],
    }
}

fn load(
    office: &Office,
    content: &Content,
    existing: Existing,
) -> Result<LoadedContent, LoadContentError> {
    load_content(office.museum.unit_of_work(), content, existing)
}

fn titles(office: &Office) -> [String; 3] {
    let now = office.museum.now();
    let (banners, notices) = (office.store.banners(now), office.store.notices(now));
    let exhibitions = office.store.exhibitions(office.day());
    let title = |title: &Title| title.text().zh().to_owned();
    [
        title(&banners.unwrap()[0].title),
        title(&notices.unwrap()[0].title),
        title(&exhibitions.unwrap()[0].title),
    ]
}

#[test]
fn what_staff_have_changed_is_kept_unless_it_is_to_be_replaced() {
    let office = Office::with_capacity(10);
    let written = LoadedContent {
        written: 3,
        kept: 0,
    };
    let kept = LoadedContent {
        written: 0,
        kept: 3,
    };
    assert_eq!(
        load(&office, &content(&office, "一"), Existing::Keep),
        Ok(written)
    );
    assert_eq!(
        load(&office, &content(&office, "二"), Existing::Keep),
        Ok(kept)
    );
    assert_eq!(titles(&office), ["一", "一", "一"]);
    assert_eq!(
        load(&office, &content(&office, "二"), Existing::Replace),
        Ok(written)
    );
    assert_eq!(titles(&office), ["二", "二", "二"]);
}

#[test]
fn content_that_leads_nowhere_is_refused_whole() {
    let office = Office::with_capacity(10);
    let mut lost_notice = content(&office, "一");
    lost_notice.notices.clear();
    let refused = load(&office, &lost_notice, Existing::Keep);
    let error = LoadContentError::NoSuchNotice {
        banner: code("welcome"),
        notice: code("policies"),
    };
    assert_eq!(refused, Err(error));
    let mut lost_venue = content(&office, "一");
    lost_venue.exhibitions[0].venue = venue("moat");
    let refused = load(&office, &lost_venue, Existing::Keep);
    assert!(matches!(refused, Err(LoadContentError::NoSuchVenue { .. })));
    assert_eq!(office.store.notices(office.museum.now()), Ok(vec![]));
}
