use serde_json::Value;

use crate::house::House;

#[test]
fn the_committed_document_is_the_one_of_the_routes() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docs/openapi/tourist.json"
    );
    let committed: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let made = serde_json::to_value(tourist_api::document()).unwrap();
    assert!(
        committed == made,
        "docs/openapi/tourist.json is stale; run: \
         cargo run -p tourist-api -- openapi > docs/openapi/tourist.json"
    );
    assert!(made["openapi"].as_str().unwrap().starts_with("3.1"));
}

#[test]
fn outside_production_the_document_can_be_browsed() {
    let house = House::open();
    let page = house.get_root("/docs/");
    assert_eq!(page.status(), 200);
    assert!(page.text().unwrap().contains("swagger"));
    let document: Value = house.get_root("/docs/openapi.json").json().unwrap();
    assert_eq!(document["info"]["version"], "1");
}

#[test]
fn health_and_readiness_are_at_the_root() {
    let house = House::open();
    assert_eq!(house.get_root("/healthz").status(), 200);
    let ready: Value = house.get_root("/readyz").json().unwrap();
    assert_eq!(ready["status"], "ready");
}
