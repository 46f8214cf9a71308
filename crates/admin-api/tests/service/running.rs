//! What a running service answers and does.

use std::sync::Arc;

use admin_api::startup::{AdminApi, Running, clock};
use api_kit::metrics::Metrics;
use api_kit::settings::Settings;
use chrono::TimeDelta;
use domain::delivery::{Delivery, DeliveryState, Failure};
use domain::order::OrderState;
use domain::outbox::{Message, MessageKind};
use domain::ports::{OrderQueries as _, UnitOfWork};
use domain::testing::Museum;
use persistence::test_support::EmptyDatabase;
use serde_json::Value;

use crate::world::World;

fn spawn(settings: &Settings) -> Running {
    let service = AdminApi::prepare(settings, clock(settings)).unwrap();
    service.spawn().unwrap()
}

fn get(service: &Running, path: &str) -> (u16, Value) {
    let url = format!("http://{}{path}", service.address());
    let answer = reqwest::blocking::get(url).unwrap();
    (answer.status().as_u16(), answer.json().unwrap())
}

#[test]
fn a_service_with_its_database_is_ready_and_shows_nothing_else() {
    let world = World::new();
    let service = spawn(&world.settings(world.database.url()));
    assert_eq!(get(&service, "/healthz").0, 200);
    assert_eq!(
        get(&service, "/readyz"),
        (200, serde_json::json!({"status": "ready"}))
    );
    for path in ["/api/v1/jobs", "/api/v1/orders", "/metrics"] {
        let (status, body) = get(&service, path);
        assert_eq!(
            (status, &body["code"]),
            (404, &Value::from("not_found")),
            "{path}"
        );
    }
}

#[test]
fn a_service_without_tables_lives_and_is_not_ready() {
    let world = World::new();
    let database = EmptyDatabase::create();
    let service = spawn(&world.settings(database.url()));
    assert_eq!(get(&service, "/healthz").0, 200);
    let (status, body) = get(&service, "/readyz");
    assert_eq!((status, &body["reason"]), (503, &Value::from("migrations")));
}

#[test]
fn the_jobs_run_beside_it_and_are_counted() {
    let world = World::new();
    let settings = world.settings(world.database.url());
    let unit_of_work: Arc<dyn UnitOfWork> = Arc::new(world.database.unit_of_work());
    let museum = Museum::on(unit_of_work);
    museum.open(museum.day(), 10);
    let lapsed_at = clock(&settings).now() - TimeDelta::hours(1);
    let order = museum
        .order(&museum.account())
        .created_at(lapsed_at)
        .visitor(&museum.adult())
        .build();
    museum.run(|stores| {
        stores.days().take(order.date)?;
        let mut quotas = stores.quotas().lock_day(order.date)?;
        quotas.retain(|quota| {
            let key = quota.key();
            key.session == order.session && order.live_places().contains_key(&key.venue)
        });
        quotas[0].take(1).unwrap();
        stores.quotas().save(&quotas)?;
        stores.orders().insert(std::slice::from_ref(&order))
    });
    let dead = Delivery::of(Message {
        kind: MessageKind::OrderPaid,
        account: order.account,
        order: order.id,
        reference: order.number.to_string(),
        created_at: lapsed_at,
    });
    let dead = dead.turned_down(DeliveryState::Dead, Failure::Errcode(40037));
    museum.run(|stores| {
        let message = std::slice::from_ref(&dead.message);
        stores.outbox().add(message)?;
        stores.outbox().settle(&dead)
    });
    // A service that has stopped has run every job at least once.
    drop(spawn(&settings));
    let order = world.database.queries().order(order.id).unwrap().unwrap();
    assert_eq!(order.state, OrderState::Cancelled);
    let metrics = Metrics::install().unwrap().render();
    let succeeded = r#"job_runs_total{job="release-unpaid-orders",outcome="succeeded"}"#;
    assert!(metrics.contains(succeeded), "{metrics}");
    assert!(metrics.contains(r#"job_last_success_timestamp{job="follow-payments"}"#));
    assert!(metrics.contains(r#"job_duration_seconds_count{job="submit-refunds"}"#));
    assert!(metrics.contains("outbox_dead_messages 1"), "{metrics}");
    assert!(metrics.contains("mails_dead 0"), "{metrics}");
    assert!(metrics.contains("outbox_queued_messages 0"), "{metrics}");
}
