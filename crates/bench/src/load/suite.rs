//! What rlt runs on each connection.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use async_trait::async_trait;
use rlt::{BenchSuite, IterInfo, IterReport, Status};
use serde::Deserialize;
use tokio::time::Instant;
use uuid::Uuid;

use super::connection::{Answer, Connection};
use super::figures::Counted;
use super::{Load, Requests};

/// Connecting thousands at once overruns the queue of who listens; the system tries again after
/// one and three seconds.
const PATIENCE: Duration = Duration::from_secs(20);

/// One load, shared by its connections.
#[derive(Clone)]
pub(super) struct Suite {
    targets: Arc<[SocketAddr]>,
    requests: Arc<Requests>,
    remembers: bool,
    total: Total,
}

/// What all connections counted, complete when the load is over.
#[derive(Clone, Default)]
pub(super) struct Total(Arc<Mutex<Counted>>);

/// A connection and what it counted.
pub(super) struct Worker {
    connection: Connection,
    counted: Counted,
}

impl Suite {
    pub(super) fn new(load: &Load) -> (Self, Total) {
        let total = Total::default();
        let suite = Self {
            targets: load.targets.clone().into(),
            requests: Arc::clone(&load.requests),
            remembers: load.remembers,
            total: total.clone(),
        };
        (suite, total)
    }

    fn target(&self, worker: u32) -> Option<SocketAddr> {
        let worker = usize::try_from(worker).unwrap_or_default();
        let place = worker.checked_rem(self.targets.len())?;
        self.targets.get(place).copied()
    }
}

impl Total {
    pub(super) fn take(&self) -> Counted {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn add(&self, counted: Counted) {
        let mut total = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        total.add(counted);
    }
}

#[async_trait]
impl BenchSuite for Suite {
    type WorkerState = Worker;

    async fn state(&self, worker: u32) -> Result<Worker> {
        let target = self.target(worker).context("a load without a target")?;
        let mut connection = Connection::to(target);
        // Whoever fails here is waited for by all others without an end: a connection that could
        // not be made is tried again by its first request, and shows among the broken ones.
        drop(tokio::time::timeout(PATIENCE, connection.open()).await);
        Ok(Worker {
            connection,
            counted: Counted::default(),
        })
    }

    async fn bench(&mut self, worker: &mut Worker, info: &IterInfo) -> Result<IterReport> {
        let request = self.requests.get(info.runner_seq);
        worker.counted.sent();
        let start = Instant::now();
        let answer = worker.connection.exchange(request).await;
        let duration = start.elapsed();
        let answer = answer.inspect_err(|_| worker.counted.broke())?;
        let bytes = u64::try_from(answer.body.len()).unwrap_or_default();
        let created = self.remembers.then(|| created(&answer)).flatten();
        let status = answer.status;
        worker.counted.answered(status, code(&answer), created);
        Ok(IterReport {
            duration,
            status: kind(status),
            bytes,
            items: u64::from(status < 300),
        })
    }

    async fn teardown(self, worker: Worker, _: IterInfo) -> Result<()> {
        self.total.add(worker.counted);
        Ok(())
    }
}

fn kind(status: u16) -> Status {
    let code = i64::from(status);
    match status {
        ..400 => Status::success(code),
        400..500 => Status::client_error(code),
        500.. => Status::server_error(code),
    }
}

/// The code of an error's envelope, or of its first detail, which says it more exactly. Found and
/// not parsed: it is done for hundreds of thousands of refusals while they are measured.
fn code<'a>(answer: &Answer<'a>) -> Option<&'a str> {
    if answer.status < 400 {
        return None;
    }
    let body = str::from_utf8(answer.body).ok()?;
    let mut codes = body.split(r#""code":""#).skip(1).take(2);
    let (rest, detail) = (codes.next()?, codes.next());
    detail.unwrap_or(rest).split('"').next()
}

fn created(answer: &Answer<'_>) -> Option<Uuid> {
    #[derive(Deserialize)]
    struct Created<'a> {
        id: &'a str,
    }
    if answer.status != 201 {
        return None;
    }
    let created: Created<'_> = serde_json::from_slice(answer.body).ok()?;
    Uuid::try_parse(created.id).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_known_by_its_code_and_a_success_by_its_id() {
        let body = br#"{"code":"order.refused","message":"x","details":[]}"#;
        let refused = Answer { status: 409, body };
        assert_eq!(code(&refused), Some("order.refused"));
        let body = br#"{"code":"order.refused","details":[{"code":"quota.sold_out"}]}"#;
        let sold_out = Answer { status: 409, body };
        assert_eq!(code(&sold_out), Some("quota.sold_out"));
        assert_eq!(created(&refused), None);
        let body = br#"{"id":"01890a5d-ac96-774b-bcce-b302099a8057","state":"unpaid"}"#;
        let order = Answer { status: 201, body };
        assert_eq!(code(&order), None);
        assert!(created(&order).is_some());
    }
}
