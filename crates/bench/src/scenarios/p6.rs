//! P6: thousands of unpaid orders lapse at once while everybody buys.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use domain::visit_date::VisitDate;
use serde_json::json;

use super::p1::warm_up;
use crate::context::Bench;
use crate::days::PLENTY;
use crate::failure::Failure;
use crate::house::{House, Plan};
use crate::load::{Figures, Requests};
use crate::sale::{CONNECTIONS, Sale};
use crate::scenario::{Line, Outcome, Scenario, ratio};

pub(crate) const SCENARIO: Scenario = Scenario {
    name: "p6",
    title: "P6: unpaid orders lapse at once while the sale runs",
    run,
};

const ORDERS: usize = 40_000;
const ORDERS_IN_SHORT: usize = 300;
/// All of them are to be released within so many seconds.
const MOST_SECONDS: f64 = 60.0;
/// The sale's p99 may grow by this meanwhile.
const MOST_SLOWER: f64 = 2.0;
/// The sale is measured in pieces of so many seconds, so that what happens to it shows.
const PIECE_SECONDS: u64 = 5;
/// So many pieces are made for the time of the release.
const PIECES: usize = 12;
const MOST_PER_SECOND: usize = 8_000;
/// Beyond this the release is given up.
const PATIENCE: Duration = Duration::from_secs(120);
/// The orders are there and the sale has been measured without them after so long.
const LEAD: TimeDelta = TimeDelta::seconds(75);
const LEAD_IN_SHORT: TimeDelta = TimeDelta::seconds(5);

fn run(bench: &Bench) -> Result<Outcome, Failure> {
    let mut broken = Vec::new();
    let (count, lead) = if bench.is_short() {
        (ORDERS_IN_SHORT, LEAD_IN_SHORT)
    } else {
        (ORDERS, LEAD)
    };
    let date = bench.open_day(PLENTY)?;
    let lapse = bench.clock().now() + lead;
    let placed_at = lapse - bench.settings().rules.payment_window;
    bench.place_unpaid(date, count, placed_at)?;

    let plan = Plan {
        admin: true,
        ..Plan::default()
    };
    let house = House::start(bench, &plan)?;
    warm_up(bench, &house, date, &mut broken)?;
    let before = piece(date, MOST_PER_SECOND).run(bench, &house, &mut broken)?;
    let pieces = pieces(bench, date, before.successes_per_second)?;
    if bench.clock().now() >= lapse && !bench.is_short() {
        return Err(Failure::new(
            "the orders lapsed before the sale was measured without that",
        ));
    }
    wait_until(bench, lapse);
    let (released, during) = release(bench, &house, pieces, lapse, &mut broken)?;
    Ok(Outcome {
        lines: lines(count, released, &before, &during),
        details: json!({
            "orders": count,
            "seconds_until_released": released.map(|it| it.as_secs_f64()),
            "sale_before": before,
            "sale_during": during,
        }),
        dates: vec![date],
        broken,
        ..Outcome::default()
    })
}

/// Some seconds of the sale.
fn piece(date: VisitDate, most_per_second: usize) -> Sale {
    Sale {
        seconds: PIECE_SECONDS,
        most_per_second,
        ..Sale::of(date)
    }
}

/// As many pieces as the release may take, made beforehand: each follows at once.
fn pieces(bench: &Bench, date: VisitDate, rate: f64) -> Result<Vec<(Sale, Requests)>, Failure> {
    // A quarter more than there was time for before.
    let most_per_second = format!("{:.0}", rate * 1.25)
        .parse()
        .unwrap_or(MOST_PER_SECOND);
    let made = (0..bench.tries(PIECES)).map(|_| {
        let sale = piece(date, most_per_second.clamp(100, MOST_PER_SECOND));
        let requests = sale.prepare(bench)?;
        Ok((sale, requests))
    });
    made.collect()
}

fn wait_until(bench: &Bench, instant: DateTime<Utc>) {
    let left = instant - bench.clock().now();
    sleep(left.to_std().unwrap_or_default());
}

/// Sells until no order is left that has lapsed; how long that took, unless it was given up.
fn release(
    bench: &Bench,
    house: &House<'_>,
    pieces: Vec<(Sale, Requests)>,
    lapse: DateTime<Utc>,
    broken: &mut Vec<String>,
) -> Result<(Option<Duration>, Vec<Figures>), Failure> {
    let over = AtomicBool::new(false);
    let date = pieces.first().map(|(sale, _)| sale.date);
    let date = date.ok_or_else(|| Failure::new("a sale without pieces"))?;
    thread::scope(|scope| {
        let watch = scope.spawn(|| {
            let released = watch(bench, date, lapse);
            over.store(true, Ordering::Relaxed);
            released
        });
        let mut sold = Vec::new();
        for (sale, requests) in pieces {
            sold.push(sale.send(bench, house, requests, broken)?);
            if over.load(Ordering::Relaxed) {
                break;
            }
        }
        let panicked = |_| Failure::new("the watch over the release panicked");
        Ok((watch.join().map_err(panicked)??, sold))
    })
}

/// Waits until none is left.
fn watch(
    bench: &Bench,
    date: VisitDate,
    lapse: DateTime<Utc>,
) -> Result<Option<Duration>, Failure> {
    const GLANCE: Duration = Duration::from_millis(200);
    let began = Instant::now();
    let mut connection = bench.observer()?;
    while began.elapsed() < PATIENCE {
        if bench.lapsed_orders(&mut connection, date, lapse)? == 0 {
            return Ok(Some(began.elapsed()));
        }
        sleep(GLANCE);
    }
    Ok(None)
}

fn lines(
    count: usize,
    released: Option<Duration>,
    before: &Figures,
    during: &[Figures],
) -> Vec<Line> {
    let seconds = released.unwrap_or(PATIENCE).as_secs_f64();
    let what = format!("{count} unpaid orders lapse at once, {CONNECTIONS} connections buy, warm");
    let figure = format!("all released after {seconds:.0} s");
    let worst = during.iter().map(|piece| piece.p99_ms).fold(0.0, f64::max);
    let slower = ratio(worst, before.p99_ms);
    let p99 = Line::plain("the sale meanwhile", format!("p99 {worst:.0} ms"))
        .against(format!("p99 before: {:.0} ms", before.p99_ms))
        .at_most("P6", MOST_SLOWER, "×", slower);
    vec![
        Line::plain(what, figure).at_most("P6", MOST_SECONDS, "s", seconds),
        Line {
            ratio: Some(slower),
            ..p99
        },
    ]
}
