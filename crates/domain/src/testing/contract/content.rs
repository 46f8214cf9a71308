//! Banners, notices and exhibitions.

use chrono::{DateTime, Utc};

use crate::content::{
    AppId, Banner, BannerAction, Body, ContentCode, Exhibition, ExhibitionDays, Notice, NoticeKind,
    PagePath, Period, PicturePath, Title,
};
use crate::ports::StoreError;
use crate::testing::venue;

use super::Subject;
use super::scene::Scene;

fn code(text: &str) -> ContentCode {
    ContentCode::parse(text).unwrap()
}

fn picture(name: &str) -> PicturePath {
    PicturePath::parse(&format!("/pictures/{name}.webp")).unwrap()
}

/// A banner that is always shown and opens nothing.
fn banner(name: &str, position: u16) -> Banner {
    Banner {
        code: code(name),
        title: Title::parse("角楼", "A corner tower").unwrap(),
        picture: Some(picture(name)),
        action: BannerAction::None,
        period: Period::default(),
        position,
    }
}

fn notice(name: &str, published_at: DateTime<Utc>) -> Notice {
    Notice {
        code: code(name),
        kind: NoticeKind::Announcement,
        title: Title::parse("公告", "An announcement").unwrap(),
        body: Body::parse("一\n𠮷", "One\nTwo").unwrap(),
        pictures: vec![picture("b"), picture("a"), picture("b")],
        pinned: false,
        position: 5,
        published_at,
    }
}

fn exhibition(scene: &Scene, name: &str, position: u16) -> Exhibition {
    Exhibition {
        code: code(name),
        venue: venue("exhibition"),
        title: Title::parse("书画展", "Paintings").unwrap(),
        body: Body::parse("展出书画。", "Paintings on view.").unwrap(),
        picture: None,
        days: ExhibitionDays::new(scene.day(), Some(scene.day())).unwrap(),
        position,
    }
}

fn put_banners(scene: &Scene, banners: &[Banner]) {
    scene.run(|stores| {
        let mut banners = banners.iter();
        banners.try_for_each(|banner| stores.content().put_banner(banner))
    });
}

fn put_notices(scene: &Scene, notices: &[Notice]) {
    scene.run(|stores| {
        let mut notices = notices.iter();
        notices.try_for_each(|notice| stores.content().put_notice(notice))
    });
}

fn put_exhibitions(scene: &Scene, exhibitions: &[Exhibition]) {
    scene.run(|stores| {
        let mut exhibitions = exhibitions.iter();
        exhibitions.try_for_each(|exhibition| stores.content().put_exhibition(exhibition))
    });
}

pub fn codes_are_told_in_order(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    put_banners(&scene, &[banner("b", 1), banner("a", 2)]);
    put_notices(
        &scene,
        &[notice("d", scene.now()), notice("c", scene.after(60))],
    );
    put_exhibitions(
        &scene,
        &[exhibition(&scene, "f", 1), exhibition(&scene, "e", 2)],
    );
    scene.run(|stores| {
        assert_eq!(stores.content().banner_codes()?, ["a", "b"].map(code));
        assert_eq!(stores.content().notice_codes()?, ["c", "d"].map(code));
        assert_eq!(stores.content().exhibition_codes()?, ["e", "f"].map(code));
        Ok(())
    });
}

pub fn banners_come_whole_and_by_position(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let page = PagePath::parse("/pages/booking/index").unwrap();
    let app = AppId::parse("wx0123456789abcdef").unwrap();
    let [mut one, mut two, mut three, four, mut five] =
        [("e", 1), ("d", 2), ("c", 3), ("a", 4), ("b", 4)].map(|(name, at)| banner(name, at));
    put_notices(&scene, &[notice("open_late", scene.now())]);
    one.action = BannerAction::Notice(code("open_late"));
    two.action = BannerAction::Page(page.clone());
    three.action = BannerAction::MiniProgram {
        app: app.clone(),
        page: None,
    };
    five.action = BannerAction::MiniProgram {
        app,
        page: Some(page),
    };
    five.picture = None;
    let expected = [one, two, three, four, five];
    let mut stored = expected.clone();
    stored.reverse();
    put_banners(&scene, &stored);
    assert_eq!(scene.queries.banners(scene.now()).unwrap(), expected);
}

pub fn banners_are_shown_in_their_period(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let mut timed = banner("timed", 1);
    timed.period = Period::new(Some(scene.after(10)), Some(scene.after(20))).unwrap();
    put_banners(&scene, std::slice::from_ref(&timed));
    let shown = |minutes| scene.queries.banners(scene.after(minutes)).unwrap();
    assert_eq!((shown(9), shown(20)), (vec![], vec![]));
    assert_eq!((shown(10), shown(19)), (vec![timed.clone()], vec![timed]));
}

pub fn what_exists_is_written_anew(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let (banner, exhibition) = (banner("a", 1), exhibition(&scene, "a", 1));
    let notice = notice("a", scene.now());
    put_banners(&scene, std::slice::from_ref(&banner));
    put_notices(&scene, std::slice::from_ref(&notice));
    put_exhibitions(&scene, std::slice::from_ref(&exhibition));
    let title = Title::parse("新", "New").unwrap();
    let banner = Banner {
        title: title.clone(),
        picture: None,
        action: BannerAction::Notice(code("a")),
        period: Period::new(Some(scene.now()), None).unwrap(),
        position: 7,
        ..banner
    };
    let notice = Notice {
        kind: NoticeKind::BannedItems,
        title: title.clone(),
        body: Body::parse("新", "New").unwrap(),
        pictures: vec![picture("c")],
        pinned: true,
        position: 7,
        published_at: scene.after(-60),
        ..notice
    };
    let exhibition = Exhibition {
        venue: venue("treasure_gallery"),
        title,
        picture: Some(picture("d")),
        days: ExhibitionDays::new(scene.day().plus_days(-1), None).unwrap(),
        position: 7,
        ..exhibition
    };
    put_banners(&scene, std::slice::from_ref(&banner));
    put_notices(&scene, std::slice::from_ref(&notice));
    put_exhibitions(&scene, std::slice::from_ref(&exhibition));
    assert_eq!(scene.queries.banners(scene.now()), Ok(vec![banner]));
    assert_eq!(scene.queries.notices(scene.now()), Ok(vec![notice]));
    assert_eq!(scene.queries.exhibitions(scene.day()), Ok(vec![exhibition]));
}

pub fn no_banner_opens_a_notice_that_is_not_there(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let mut banner = banner("a", 1);
    banner.action = BannerAction::Notice(code("nowhere"));
    let put = scene.attempt(|stores| stores.content().put_banner(&banner));
    assert!(matches!(put, Err(StoreError::Fault(_))), "{put:?}");
    assert_eq!(scene.queries.banners(scene.now()), Ok(vec![]));
}

pub fn the_pinned_and_the_newest_notices_come_first(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let [mut pinned, mut placed] = ["e", "d"].map(|name| notice(name, scene.after(-90)));
    pinned.pinned = true;
    pinned.position = 9;
    placed.position = 1;
    let newest = notice("c", scene.now());
    let [first, second] = ["a", "b"].map(|name| notice(name, scene.after(-60)));
    let expected = [pinned, placed, newest, first, second];
    let mut stored = expected.clone();
    stored.reverse();
    put_notices(&scene, &stored);
    assert_eq!(scene.queries.notices(scene.now()).unwrap(), expected);
}

pub fn a_notice_is_read_once_it_is_published(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let mut notice = notice("a", scene.after(10));
    notice.pictures = Vec::new();
    put_notices(&scene, std::slice::from_ref(&notice));
    let read = |name, minutes| {
        scene
            .queries
            .notice(&code(name), scene.after(minutes))
            .unwrap()
    };
    assert_eq!(read("a", 9), None);
    assert_eq!(read("b", 10), None);
    assert_eq!(scene.queries.notices(scene.after(9)), Ok(vec![]));
    assert_eq!(
        scene.queries.notices(scene.after(10)),
        Ok(vec![notice.clone()])
    );
    assert_eq!(read("a", 10), Some(notice));
}

pub fn exhibitions_are_told_until_they_are_over(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let over = exhibition(&scene, "c", 1);
    let permanent = Exhibition {
        days: ExhibitionDays::new(scene.day(), None).unwrap(),
        picture: Some(picture("gate")),
        ..exhibition(&scene, "b", 2)
    };
    let to_come = Exhibition {
        days: ExhibitionDays::new(scene.day().plus_days(9), None).unwrap(),
        ..exhibition(&scene, "a", 3)
    };
    put_exhibitions(&scene, &[to_come.clone(), permanent.clone(), over.clone()]);
    let on = |days| {
        scene
            .queries
            .exhibitions(scene.day().plus_days(days))
            .unwrap()
    };
    assert_eq!(on(0), [over, permanent.clone(), to_come.clone()]);
    assert_eq!(on(1), [permanent, to_come]);
}
