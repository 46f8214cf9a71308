//! docs/openapi/admin.json.

use std::path::Path;

#[test]
fn the_kept_document_is_the_one_the_service_prints() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi/admin.json");
    let kept = std::fs::read_to_string(path).unwrap();
    let printed = format!("{}\n", admin_api::document().to_pretty_json().unwrap());
    assert!(
        kept == printed,
        "docs/openapi/admin.json is out of date: run `cargo xtask openapi`"
    );
}
