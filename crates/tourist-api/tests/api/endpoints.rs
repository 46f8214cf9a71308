//! Every operation of the OpenAPI document is closed to those without a token, or stands in the
//! reviewed list of those that are open to everybody.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::Value;

use crate::house::{House, send};

/// Reviewed: what these tell or do is for everybody.
const OPEN: [(&str, &str); 10] = [
    ("GET", "/banners"),
    ("GET", "/calendar"),
    ("GET", "/exhibitions"),
    ("GET", "/notices"),
    ("GET", "/notices/{id}"),
    ("GET", "/opening-hours"),
    ("GET", "/ticket-types"),
    ("POST", "/sessions"),
    ("POST", "/wechat/payment-notifications"), // proven by WeChat's signature
    ("POST", "/wechat/refund-notifications"),  // proven by WeChat's signature
];

fn document() -> Value {
    serde_json::to_value(tourist_api::document()).unwrap()
}

/// Every method and path of the document, without `/api/v1`.
pub(crate) fn operations() -> Vec<(Method, String)> {
    let document = document();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            operations.push((method, path.strip_prefix("/api/v1").unwrap().to_owned()));
        }
    }
    assert!(operations.len() >= 24, "{operations:?}");
    operations
}

pub(crate) fn is_open(method: &Method, path: &str) -> bool {
    OPEN.contains(&(method.as_str(), path))
}

#[test]
fn every_other_operation_asks_for_a_token() {
    let house = House::open();
    for (method, path) in operations() {
        let filled = path.replace("{id}", "x").replace("{ticket}", "x");
        let answer = send(house.request(method.clone(), &filled));
        if is_open(&method, &path) {
            // What has an id in its path finds nothing by this one, in its own way.
            let is_found = answer.status != 404 || path.contains('{');
            assert!(
                is_found && answer.code() != "auth.required",
                "{method} {path}"
            );
            assert_ne!(answer.status, 405, "{method} {path}");
        } else {
            answer.refused(401, "auth.required");
        }
    }
}

#[test]
fn the_document_says_which_ask_for_a_token() {
    let document = document();
    for (method, path) in operations() {
        let operation =
            &document["paths"][format!("/api/v1{path}")][method.as_str().to_lowercase()];
        assert_eq!(
            operation["security"].is_array(),
            !is_open(&method, &path),
            "{method} {path}"
        );
    }
    let known: BTreeSet<_> = operations()
        .into_iter()
        .map(|(method, path)| format!("{method} {path}"))
        .collect();
    for (method, path) in OPEN {
        assert!(
            known.contains(&format!("{method} {path}")),
            "{method} {path} is no operation"
        );
    }
}

#[test]
fn operations_have_names_of_their_own() {
    let document = document();
    let items = document["paths"].as_object().unwrap().values();
    let names: Vec<_> = items
        .flat_map(|item| item.as_object().unwrap().values())
        .map(|operation| operation["operationId"].as_str().unwrap().to_owned())
        .collect();
    let distinct: BTreeSet<_> = names.iter().collect();
    assert_eq!(distinct.len(), names.len());
}
