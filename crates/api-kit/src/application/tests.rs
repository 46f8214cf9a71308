//! The envelope, the middleware and the operational routes, in one small application.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::http::StatusCode;
use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, get, post};
use serde::Deserialize;
use serde_json::Value;

use super::*;
use crate::blocking::BlockingPool;
use crate::body::Body;
use crate::health::{Health, NotReady, Readiness};
use crate::limits::{AddressLimit, limit_addresses};
use crate::metrics::Metrics;
use crate::observe::observe;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    #[serde(rename = "count")]
    _count: u8,
}

#[get("/things/{id}")]
async fn thing(id: web::Path<u32>) -> Result<HttpResponse, ApiError> {
    match *id {
        7 => Err(ApiError::internal("the thing of user secret-name broke")),
        _ => Ok(HttpResponse::Ok().finish()),
    }
}

#[post("/things")]
async fn make(_: Body<Wanted>) -> HttpResponse {
    HttpResponse::Created().finish()
}

#[get("/search")]
async fn search(_: web::Query<Wanted>) -> HttpResponse {
    HttpResponse::Ok().finish()
}

struct Switch(AtomicBool);

impl Readiness for Switch {
    fn check(&self) -> Result<(), NotReady> {
        match self.0.load(Ordering::Relaxed) {
            true => Ok(()),
            false => Err(NotReady::Migrations),
        }
    }
}

struct Answer {
    status: StatusCode,
    body: Value,
    request_id: Option<String>,
    retry_after: Option<String>,
}

/// Answers one request as a whole application would, with two requests a minute and address.
async fn answers<const N: usize>(requests: [TestRequest; N], ready: bool) -> [Answer; N] {
    let pool = Arc::new(BlockingPool::start("test", 1).unwrap());
    let health = Health::new(Arc::new(Switch(AtomicBool::new(ready))), pool);
    let limit = web::Data::new(AddressLimit::per_minute(2, Vec::new()));
    let app = App::new()
        .app_data(limit)
        .wrap(from_fn(limit_addresses))
        .wrap(from_fn(observe))
        .configure(configure)
        .configure(|service| health.configure(service))
        .service(
            web::scope("/api")
                .service(thing)
                .service(make)
                .service(search),
        );
    let app = init_service(app).await;
    let mut answers = Vec::new();
    for request in requests {
        let response = match actix_web::dev::Service::call(&app, request.to_request()).await {
            Ok(response) => response.map_into_boxed_body().into_parts().1,
            Err(error) => error.error_response(),
        };
        let text = |name: &str| {
            let value = response.headers().get(name);
            value
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned)
        };
        let (status, request_id, retry_after) =
            (response.status(), text("x-request-id"), text("retry-after"));
        let bytes = actix_web::body::to_bytes(response.into_body())
            .await
            .unwrap();
        answers.push(Answer {
            status,
            body: serde_json::from_slice(&bytes).unwrap_or_default(),
            request_id,
            retry_after,
        });
    }
    answers
        .try_into()
        .ok()
        .expect("one answer for each request")
}

async fn answer(request: TestRequest) -> Answer {
    let [answer] = answers([request], true).await;
    answer
}

fn get(path: &str) -> TestRequest {
    TestRequest::get().uri(path)
}

fn post_json(text: impl Into<web::Bytes>) -> TestRequest {
    TestRequest::post()
        .uri("/api/things")
        .insert_header(("content-type", "application/json; charset=utf-8"))
        .set_payload(text)
}

#[actix_web::test]
async fn every_error_is_in_the_envelope() {
    for (request, status, code) in [
        (get("/nowhere"), 404, "not_found"),
        (get("/api"), 404, "not_found"),
        (get("/api/things/none"), 404, "not_found"),
        (get("/api/things/-1"), 404, "not_found"),
        (get("/api/things"), 405, "method_not_allowed"),
        (
            TestRequest::delete().uri("/api/things/1"),
            405,
            "method_not_allowed",
        ),
        (get("/api/things/7"), 500, "internal"),
        (get("/api/search"), 422, "request.invalid"),
        (get("/api/search?count=x"), 422, "request.invalid"),
        (get("/api/search?count=1&more=2"), 422, "request.invalid"),
        (post_json("{}"), 422, "request.invalid"),
        (post_json("{"), 422, "request.invalid"),
        (
            TestRequest::post()
                .uri("/api/things")
                .set_payload(r#"{"count":1}"#),
            422,
            "request.invalid",
        ),
        (
            post_json(vec![b' '; crate::body::LARGEST + 1]),
            413,
            "request.too_large",
        ),
    ] {
        let answer = answer(request).await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
        assert_eq!(answer.body["code"], code);
        assert_eq!(
            answer.body["request_id"].as_str(),
            answer.request_id.as_deref()
        );
        assert!(answer.request_id.is_some_and(|id| id.len() == 32));
    }
    assert_eq!(
        answer(post_json(r#"{"count":1}"#)).await.status,
        StatusCode::CREATED
    );
}

#[actix_web::test]
async fn a_fault_of_ours_tells_nothing_of_itself() {
    let answer = answer(get("/api/things/7")).await;
    assert!(!answer.body.to_string().contains("secret-name"));
}

#[actix_web::test]
async fn the_message_is_in_the_callers_language() {
    let english = get("/nowhere").insert_header(("accept-language", "en-GB"));
    assert_eq!(answer(english).await.body["message"], "Not found");
    assert_eq!(answer(get("/nowhere")).await.body["message"], "未找到");
}

#[actix_web::test]
async fn a_query_fault_names_its_field() {
    let field = async |path| answer(get(path)).await.body["details"][0]["field"].clone();
    assert_eq!(field("/api/search").await, "count");
    assert_eq!(field("/api/search?count=1&more=2").await, "more");
}

#[actix_web::test]
async fn an_address_that_asks_too_often_is_told_when_to_come_again() {
    let from = |peer: &str| get("/api/things/8").peer_addr(peer.parse::<SocketAddr>().unwrap());
    let requests = [
        from("203.0.113.1:1000"),
        from("203.0.113.1:1001"),
        from("203.0.113.1:1002"),
        from("203.0.113.2:1000"),
    ];
    let answers = answers(requests, true).await;
    let statuses = answers.each_ref().map(|answer| answer.status.as_u16());
    assert_eq!(statuses, [200, 200, 429, 200]);
    assert_eq!(answers[2].body["code"], "rate_limited");
    assert!(
        answers[2]
            .retry_after
            .as_ref()
            .is_some_and(|seconds| seconds != "0")
    );
}

#[actix_web::test]
async fn readiness_is_not_health() {
    let [health, ready] = answers([get("/healthz"), get("/readyz")], false).await;
    assert_eq!(health.status, StatusCode::OK);
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(ready.body["reason"], "migrations");
    assert_eq!(answer(get("/readyz")).await.status, StatusCode::OK);
}

#[actix_web::test]
async fn metrics_go_by_route_and_never_by_path() {
    let metrics = Metrics::install().unwrap();
    answer(get("/api/things/4711?token=abc")).await;
    let text = metrics.render();
    assert!(text.contains(r#"route="/api/things/{id}""#), "{text}");
    assert!(text.contains("http_request_duration_seconds_bucket"));
    assert!(!text.contains("4711"));
}
