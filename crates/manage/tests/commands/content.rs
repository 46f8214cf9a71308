//! Content by command.

use domain::content::ContentCode;
use domain::ports::ContentQueries as _;

use crate::office::{Office, now};

#[test]
fn the_first_content_is_loaded_once_and_replaced_on_request() {
    let office = Office::furnished();
    let first = office.manage("content load").done();
    assert!(first.contains(" are written, 0 stay"), "{first}");
    let again = office.manage("content load").done();
    assert!(again.starts_with("0 banners"), "{again}");
    let replaced = office.manage("content load --replace").done();
    assert_eq!(replaced, first);
    let code = ContentCode::parse("visitor_policies").unwrap();
    let notice = office.database.queries().notice(&code, now()).unwrap();
    assert!(
        notice
            .unwrap()
            .body
            .text()
            .en()
            .contains("7 days before the visit")
    );
}

#[test]
fn content_before_its_venues_is_refused_and_nothing_is_loaded() {
    let office = Office::open();
    let told = office.manage("content load").refused(1);
    assert!(told.contains("which does not exist"), "{told}");
    assert_eq!(office.database.queries().notices(now()), Ok(vec![]));
    office
        .manage("content load --file /nowhere.toml")
        .refused(1);
}
