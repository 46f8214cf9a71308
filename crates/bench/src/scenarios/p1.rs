//! P1 and P9: the sale start, held against groups of one and against bare diesel.

use domain::visit_date::VisitDate;
use serde::Serialize;
use serde_json::json;

use crate::bare::{self, BareFigures, Shape};
use crate::context::Bench;
use crate::days::PLENTY;
use crate::failure::Failure;
use crate::house::{GROUP_SIZE, House, POOL_SIZE, Plan, WRITERS};
use crate::load::Figures;
use crate::sale::{COME_AGAIN, CONNECTIONS, Sale};
use crate::scenario::{Line, Outcome, Scenario, ratio};

pub(crate) const SCENARIO: Scenario = Scenario {
    name: "p1",
    title: "P1, P9: orders of two on one hot session",
    run,
};

/// Writer threads with which groups of one are tried.
const WRITERS_OF_ONE: [u32; 6] = [1, 2, 4, 8, 16, 32];

/// Group sizes and threads with which bare inserts are tried.
const BARE_GROUPS: [usize; 3] = [32, 128, 256];
const BARE_WRITERS: [usize; 3] = [1, 2, 4];

/// What one number of writers reached with groups of one.
#[derive(Serialize)]
struct OfOne {
    writers: u32,
    figures: Figures,
}

/// The desk as it is shipped.
struct Shipped {
    figures: Figures,
    memory_mb: f64,
}

fn run(bench: &Bench) -> Result<Outcome, Failure> {
    let mut broken = Vec::new();
    let date = bench.open_day(PLENTY)?;
    let shipped = shipped(bench, date, &mut broken)?;
    let of_one = of_one(bench, date, &mut broken)?;
    let bare_date = bench.open_day(PLENTY)?;
    let bare = bare(bench, bare_date)?;
    let rate = shipped.figures.successes_per_second;
    Ok(Outcome {
        lines: lines(bench, &shipped, best_of_one(&of_one), best_bare(&bare))?,
        details: json!({
            "shipped": shipped.figures,
            "memory_mb": shipped.memory_mb,
            "groups_of_one": of_one,
            "bare": bare,
            "orders_per_second": rate,
        }),
        dates: vec![date, bare_date],
        broken,
        ..Outcome::default()
    })
}

/// The sale's rate for scenarios that are held against it, when P1 did not run.
pub(crate) fn measure_rate(bench: &Bench) -> Result<f64, Failure> {
    let date = bench.open_day(PLENTY)?;
    let mut broken = Vec::new();
    let rate = shipped(bench, date, &mut broken)?
        .figures
        .successes_per_second;
    match broken.pop() {
        Some(broken) => Err(Failure::new(broken)),
        None => Ok(rate),
    }
}

fn shipped(bench: &Bench, date: VisitDate, broken: &mut Vec<String>) -> Result<Shipped, Failure> {
    let house = House::start(bench, &Plan::default())?;
    warm_up(bench, &house, date, broken)?;
    let figures = Sale::of(date).run(bench, &house, broken)?;
    bench.remember_sale_rate(figures.successes_per_second);
    Ok(Shipped {
        figures,
        memory_mb: house.peak_memory()?,
    })
}

fn of_one(bench: &Bench, date: VisitDate, broken: &mut Vec<String>) -> Result<Vec<OfOne>, Failure> {
    let writers = WRITERS_OF_ONE
        .iter()
        .take(bench.tries(WRITERS_OF_ONE.len()));
    let measure = |writers: &u32| {
        let plan = Plan::default()
            .with(GROUP_SIZE, 1)
            .with(WRITERS, writers)
            .with(POOL_SIZE, 48);
        let house = House::start(bench, &plan)?;
        let sale = Sale {
            seconds: 4,
            ..Sale::of(date)
        };
        let figures = sale.run(bench, &house, broken)?;
        Ok(OfOne {
            writers: *writers,
            figures,
        })
    };
    writers.map(measure).collect()
}

fn bare(bench: &Bench, date: VisitDate) -> Result<Vec<BareFigures>, Failure> {
    let shapes = BARE_GROUPS.iter().flat_map(|group_size| {
        BARE_WRITERS.map(|writers| Shape {
            group_size: *group_size,
            writers,
        })
    });
    let shapes = shapes.take(bench.tries(BARE_GROUPS.len() * BARE_WRITERS.len()));
    shapes
        .map(|shape| bare::insert(bench, date, shape, bench.seconds(2)))
        .collect()
}

/// A moment of the same load, so that tables and connections are warm when it counts.
pub(crate) fn warm_up(
    bench: &Bench,
    house: &House<'_>,
    date: VisitDate,
    broken: &mut Vec<String>,
) -> Result<(), Failure> {
    if bench.is_short() {
        return Ok(());
    }
    let sale = Sale {
        seconds: 2,
        ..Sale::of(date)
    };
    sale.run(bench, house, broken).map(drop)
}

fn best_of_one(all: &[OfOne]) -> Option<&OfOne> {
    let rate = |one: &&OfOne| one.figures.successes_per_second;
    all.iter().max_by(|a, b| rate(a).total_cmp(&rate(b)))
}

fn best_bare(all: &[BareFigures]) -> Option<&BareFigures> {
    let rate = |one: &&BareFigures| one.orders_per_second;
    all.iter().max_by(|a, b| rate(a).total_cmp(&rate(b)))
}

fn lines(
    bench: &Bench,
    shipped: &Shipped,
    of_one: Option<&OfOne>,
    bare: Option<&BareFigures>,
) -> Result<Vec<Line>, Failure> {
    let figures = &shipped.figures;
    let rate = figures.successes_per_second;
    let tickets = bench.tickets_in_tables()?;
    let what =
        format!("sale start, {CONNECTIONS} connections, warm, {tickets} tickets in the tables");
    let figure = || format!("{rate:.0} orders/s");
    let mut lines = Vec::new();
    if let Some(one) = of_one {
        let (best, writers) = (one.figures.successes_per_second, one.writers);
        lines.push(
            Line::plain(what, figure())
                .against(format!("groups of one: {best:.0}/s ({writers} writers)"))
                .at_least("P1", 8.0, ratio(rate, best)),
        );
    }
    if let Some(bare) = bare {
        let Shape {
            group_size,
            writers,
        } = bare.shape;
        let best = bare.orders_per_second;
        lines.push(
            Line::plain("the same", figure())
                .against(format!(
                    "bare diesel: {best:.0}/s ({group_size} × {writers} writers)"
                ))
                .at_least("P1", 0.5, ratio(rate, best)),
        );
    }
    let times = format!(
        "p50 {:.0} ms, p99 {:.0} ms, {} answers 503",
        figures.p50_ms,
        figures.p99_ms,
        figures.answers(COME_AGAIN)
    );
    lines.push(Line::plain("the same", times).at_most("P1", 250.0, "ms", figures.p99_ms));
    let memory = shipped.memory_mb;
    lines.push(
        Line::plain(
            "memory of the service at its peak",
            format!("{memory:.0} MB"),
        )
        .at_most("P9", 120.0, "MB", memory),
    );
    Ok(lines)
}
