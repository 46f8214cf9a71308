//! How long readers see what is no longer so.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::thread::sleep;
use std::time::{Duration, Instant};

use domain::use_cases::open_quotas::{BelowTaken, set_capacity};
use domain::visit_date::VisitDate;
use serde_json::Value;

use crate::context::Bench;
use crate::failure::{Context as _, Failure};
use crate::house::House;

use super::{CAPACITY, Read};

/// The quota is changed so many times.
const CHANGES: usize = 6;
/// After which we wait no longer.
const PATIENCE: Duration = Duration::from_secs(5);
const GLANCE: Duration = Duration::from_millis(5);

/// The longest time from a commit of staff's until the answers to all `requests` show it.
pub(super) fn worst(
    bench: &Bench,
    house: &House<'_>,
    date: VisitDate,
    requests: [Read; 2],
) -> Result<Duration, Failure> {
    let address = house.first()?;
    let key = bench.hot_quota(date)?.key().clone();
    let mut worst = Duration::ZERO;
    for change in 0..bench.tries(CHANGES) {
        let mut before = Vec::new();
        for (_, request) in &requests {
            before.push(answer(address, request)?);
        }
        let capacity = if change % 2 == 0 { 0 } else { CAPACITY };
        let changed = set_capacity(&*bench.unit_of_work(), &key, capacity, BelowTaken::Refuse);
        changed.context("changing a capacity")?;
        let start = Instant::now();
        for ((what, request), before) in requests.iter().zip(before) {
            while answer(address, request)? == before {
                if start.elapsed() > PATIENCE {
                    return Err(Failure::new(format!("the {what} never shows the change")));
                }
                sleep(GLANCE);
            }
            worst = worst.max(start.elapsed());
        }
    }
    Ok(worst)
}

/// The answer's JSON without the time of day, which always changes.
fn answer(address: SocketAddr, request: &[u8]) -> Result<Value, Failure> {
    let body = exchange(address, request).context("reading")?;
    let mut value: Value = serde_json::from_slice(&body).context("reading an answer")?;
    if let Some(fields) = value.as_object_mut() {
        fields.remove("server_time");
    }
    Ok(value)
}

/// One request over a connection of its own; the body of the answer.
fn exchange(address: SocketAddr, request: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(address)?;
    let end = request.strip_suffix(b"\r\n").unwrap_or(request);
    stream.write_all(&[end, b"Connection: close\r\n\r\n"].concat())?;
    let mut received = Vec::new();
    stream.read_to_end(&mut received)?;
    let head = received.windows(4).position(|four| four == b"\r\n\r\n");
    let body = head.map_or(0, |at| at.saturating_add(4));
    Ok(received.split_off(body.min(received.len())))
}
