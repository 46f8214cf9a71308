//! What HTTP costs on this machine: actix-web that says hello.

use serde_json::json;

use crate::context::Bench;
use crate::failure::Failure;
use crate::house::start_hello;
use crate::load::requests::{Request, get};
use crate::load::{Figures, Load, Requests};
use crate::sale::CONNECTIONS;
use crate::scenario::{Line, Outcome, Scenario};

pub(crate) const SCENARIO: Scenario = Scenario {
    name: "hello",
    title: "actix-web that says hello, and nothing else",
    run,
};

fn run(bench: &Bench) -> Result<Outcome, Failure> {
    let figures = say_hello(bench, vec![get("/")])?;
    let figure = format!(
        "{:.0} requests/s, p99 {:.1} ms",
        figures.successes_per_second, figures.p99_ms
    );
    let what = format!("hello, {CONNECTIONS} connections, warm");
    Ok(Outcome {
        lines: vec![Line::plain(what, figure)],
        details: json!({ "figures": figures }),
        ..Outcome::default()
    })
}

/// Measures `hello` given these request bytes, for scenarios that are held against it.
pub(crate) fn say_hello(bench: &Bench, requests: Vec<Request>) -> Result<Figures, Failure> {
    let hello = start_hello(bench)?;
    Load::on(hello.address(), CONNECTIONS, Requests::Again(requests))
        .lasting(bench.seconds(5))
        .run(bench.folder())
}
