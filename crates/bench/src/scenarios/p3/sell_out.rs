//! One service sells a session out, then turns everybody away.

use serde_json::json;

use super::{not_exact, tickets};
use crate::context::Bench;
use crate::failure::Failure;
use crate::house::{House, Plan};
use crate::load::{Figures, Load, Requests};
use crate::orders::orders;
use crate::sale::{COME_AGAIN, CONFLICT, CONNECTIONS, Sale, VISITORS};
use crate::scenario::{Line, Outcome, ratio};
use crate::scenarios::hello::say_hello;

/// How many different people are turned away, again and again.
const LOSERS: usize = 20_000;

/// The reason that who comes too late is told.
const SOLD_OUT: &str = "quota.sold_out";

pub(super) fn run(bench: &Bench) -> Result<Outcome, Failure> {
    let tickets = tickets(bench);
    let date = bench.open_day(tickets)?;
    let mut outcome = Outcome {
        dates: vec![date],
        ..Outcome::default()
    };
    let house = House::start(bench, &Plan::default())?;
    let sold = sell(bench, &house, tickets, &mut outcome)?;
    let exact = not_exact(bench, &outcome, tickets)?;
    outcome.broken.extend(exact.clone());
    let losers = orders(bench, date, VISITORS, bench.people_for(LOSERS))?;
    let load = Load::on(house.first()?, CONNECTIONS, Requests::Again(losers.clone()));
    let refused = load.lasting(bench.seconds(30)).run(bench.folder())?;
    outcome.broken.extend(wrongly_answered(&refused));
    drop(house);
    let hello = say_hello(bench, losers)?;
    outcome.lines = lines(tickets, &sold, &refused, &hello, exact.is_none());
    outcome.details = json!({ "sale": sold, "refusals": refused, "hello": hello });
    Ok(outcome)
}

/// Sells until nothing is left; more than one load where some were told to come again.
fn sell(
    bench: &Bench,
    house: &House<'_>,
    tickets: u32,
    outcome: &mut Outcome,
) -> Result<Vec<Figures>, Failure> {
    const MOST_LOADS: usize = 10;
    let mut sold = Vec::new();
    for date in outcome.dates.clone() {
        while bench.hot_quota(date)?.taken() < tickets && sold.len() < MOST_LOADS {
            let sale = Sale {
                seconds: 4,
                may_sell_out: true,
                ..Sale::of(date)
            };
            sold.push(sale.run(bench, house, &mut outcome.broken)?);
        }
    }
    Ok(sold)
}

/// Once all is sold there are refusals, and perhaps requests to come again; nothing else.
fn wrongly_answered(refused: &Figures) -> Option<String> {
    let others = refused.other_than(&[CONFLICT, COME_AGAIN]);
    let sold_out = refused.counted.codes.get(SOLD_OUT).copied().unwrap_or(0);
    let all = refused.answers(CONFLICT);
    (!others.is_empty() || sold_out != all || all == 0).then(|| {
        format!("after the last ticket: {sold_out} of {all} refusals say so, others {others:?}")
    })
}

fn lines(
    tickets: u32,
    sold: &[Figures],
    refused: &Figures,
    hello: &Figures,
    exact: bool,
) -> Vec<Line> {
    let busy = refused.answers(COME_AGAIN);
    let asked = sold
        .iter()
        .chain([refused])
        .map(Figures::all_answers)
        .sum::<u64>();
    let visitors = asked.saturating_mul(2);
    let demand = visitors / u64::from(tickets.max(1));
    let fastest = sold
        .iter()
        .map(|one| one.successes_per_second)
        .fold(0.0, f64::max);
    let rate = f64::from(u32::try_from(refused.answers(CONFLICT)).unwrap_or(u32::MAX))
        / refused.seconds.max(0.001);
    let selling = Line {
        target: "P3",
        wanted: "to the last, not one more".to_owned(),
        met: Some(exact),
        ..Line::plain(
            format!("{tickets} tickets, demand {demand} to 1, {CONNECTIONS} connections"),
            format!(
                "{} sold, {fastest:.0} orders/s",
                if exact { "all" } else { "NOT ALL" }
            ),
        )
    };
    let what = format!("refusals after the last ticket, warm; beside them {busy} answers 503");
    vec![
        selling,
        Line::plain(what, format!("{rate:.0} refusals/s"))
            .against(format!(
                "hello, same requests: {:.0}/s",
                hello.answers_per_second
            ))
            .at_least("P3", 0.4, ratio(rate, hello.answers_per_second)),
        Line::plain(
            "the same",
            format!("p50 {:.1} ms, p99 {:.1} ms", refused.p50_ms, refused.p99_ms),
        )
        .at_most("P3", 100.0, "ms", refused.p99_ms),
    ]
}
