//! P4: everybody looks at the calendar and at what is left.

mod staleness;

use domain::visit_date::VisitDate;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::context::Bench;
use crate::failure::{Context as _, Failure};
use crate::house::{House, Plan};
use crate::load::requests::{Request, get_with};
use crate::load::{Figures, Load, Requests};
use crate::orders::tokens;
use crate::sale::CONNECTIONS;
use crate::scenario::{Line, Outcome, Scenario, ratio};
use crate::scenarios::hello::say_hello;

pub(crate) const SCENARIO: Scenario = Scenario {
    name: "p4",
    title: "P4: calendar and availability",
    run,
};

/// Few enough that the places left are told as a number.
const CAPACITY: u32 = 500;

fn run(bench: &Bench) -> Result<Outcome, Failure> {
    let date = bench.open_day(CAPACITY)?;
    let house = House::start(bench, &Plan::default())?;
    let mut outcome = Outcome {
        dates: vec![date],
        ..Outcome::default()
    };
    let mut details = serde_json::Map::new();
    for (what, request) in requests(bench, date)? {
        let (line, figures) = measure(bench, &house, what, &request, &mut outcome.broken)?;
        outcome.lines.push(line);
        details.insert(what.to_owned(), figures);
    }
    let stale = staleness::worst(bench, &house, date, requests(bench, date)?)?;
    let seconds = stale.as_secs_f64();
    outcome.lines.push(
        Line::plain(
            "a changed quota is seen by readers",
            format!("after {seconds:.2} s at the latest"),
        )
        .at_most("P4", 1.0, "s", seconds),
    );
    details.insert("stale_seconds".to_owned(), json!(seconds));
    outcome.details = Value::Object(details);
    Ok(outcome)
}

/// What is read, and the request.
type Read = (&'static str, Request);

/// Everything that is read.
fn requests(bench: &Bench, date: VisitDate) -> Result<[Read; 2], Failure> {
    let issued = tokens(bench, api_kit::tokens::Audience::Tourist).issue(Uuid::new_v4());
    let token = issued.context("issuing a token")?.token;
    let header = format!("Authorization: Bearer {token}\r\n");
    Ok([
        ("calendar", get_with("/api/v1/calendar", "")),
        (
            "availability",
            get_with(&format!("/api/v1/availability?date={date}"), &header),
        ),
    ])
}

fn measure(
    bench: &Bench,
    house: &House<'_>,
    what: &str,
    request: &[u8],
    broken: &mut Vec<String>,
) -> Result<(Line, Value), Failure> {
    let figures = read(bench, house, request)?;
    let others = figures.other_than(&[200]);
    if !others.is_empty() {
        broken.push(format!("the {what} was also answered {others:?}"));
    }
    if figures.counted.broken > 0 {
        broken.push(format!("the {what} was not answered at times"));
    }
    let hello = say_hello(bench, vec![request.into()])?;
    let rate = figures.successes_per_second;
    let line = Line::plain(
        format!("{what}, {CONNECTIONS} connections, warm"),
        format!("{rate:.0} reads/s, p99 {:.1} ms", figures.p99_ms),
    )
    .against(format!(
        "hello, same requests: {:.0}/s",
        hello.answers_per_second
    ))
    .at_least("P4", 0.7, ratio(rate, hello.answers_per_second));
    Ok((line, json!({ "figures": figures, "hello": hello })))
}

fn read(bench: &Bench, house: &House<'_>, request: &[u8]) -> Result<Figures, Failure> {
    Load::on(
        house.first()?,
        CONNECTIONS,
        Requests::Again(vec![request.into()]),
    )
    .lasting(bench.seconds(5))
    .run(bench.folder())
}
