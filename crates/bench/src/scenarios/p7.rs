//! P7: visitors enter by their documents while everybody buys.

use std::num::NonZeroU32;
use std::thread;

use chrono::TimeDelta;
use serde_json::json;

use super::p1::warm_up;
use crate::context::{Bench, today};
use crate::days::PLENTY;
use crate::failure::Failure;
use crate::gate::check_in;
use crate::house::{House, Plan};
use crate::load::requests::Request;
use crate::load::{Figures, Load, Requests};
use crate::sale::{CONNECTIONS, Sale};
use crate::scenario::{Line, Outcome, Scenario};

pub(crate) const SCENARIO: Scenario = Scenario {
    name: "p7",
    title: "P7: check-ins by document while the sale runs",
    run,
};

/// Visitors a second, come what may.
const PER_SECOND: u32 = 200;
/// More gates than ever wait at a time, so that a slow answer holds up nobody but its own visitor.
const GATES: u32 = 64;
const SECONDS: u64 = 20;
const MOST_MS: f64 = 50.0;

fn run(bench: &Bench) -> Result<Outcome, Failure> {
    let mut broken = Vec::new();
    let duration = bench.seconds(SECONDS);
    let per_second = usize::try_from(PER_SECOND).unwrap_or(1);
    let visitors = per_second * usize::try_from(duration.as_secs()).unwrap_or(1);
    let check_ins = visitors_at_the_gate(bench, visitors)?;
    let used_before = bench.used_tickets(today())?;

    let date = bench.open_day(PLENTY)?;
    let plan = Plan {
        admin: true,
        ..Plan::default()
    };
    let house = House::start(bench, &plan)?;
    warm_up(bench, &house, date, &mut broken)?;
    let load = Load {
        rate: NonZeroU32::new(PER_SECOND),
        ..Load::on(house.admin()?, GATES, Requests::Once(check_ins))
    };
    let load = load.lasting(duration);
    // As long as the gates are open.
    let sale = Sale {
        seconds: SECONDS,
        most_per_second: 8_000,
        ..Sale::of(date)
    };
    let orders = sale.prepare(bench)?;
    let (gates, sale) = thread::scope(|scope| {
        let sale = scope.spawn(|| sale.send(bench, &house, orders, &mut broken));
        let gates = load.run(bench.folder());
        let panicked = |_| Failure::new("the sale beside the gates panicked");
        Ok::<_, Failure>((gates?, sale.join().map_err(panicked)??))
    })?;
    let used = bench.used_tickets(today())?.saturating_sub(used_before);
    broken.extend(contradiction(&gates, used));
    Ok(Outcome {
        lines: vec![line(&gates, &sale)],
        details: json!({ "gates": gates, "sale": sale }),
        dates: vec![today(), date],
        broken,
        ..Outcome::default()
    })
}

/// Requests to admit that many, who have paid for today.
fn visitors_at_the_gate(bench: &Bench, count: usize) -> Result<Vec<Request>, Failure> {
    bench.open_today()?;
    let yesterday_evening = today().start() - TimeDelta::hours(3);
    let orders = bench.place_unpaid(today(), count, yesterday_evening)?;
    bench.open_attempts(&orders)?;
    bench.pay(&orders)?;
    let key = bench.add_gate()?;
    let cards = orders.iter().map(|order| &order.document);
    Ok(cards.map(|card| check_in(&key, card)).collect())
}

/// Everybody has a ticket, so everybody who was answered is inside, once.
fn contradiction(gates: &Figures, used: u64) -> Option<String> {
    let answered = gates.answers(200);
    let most = answered.saturating_add(gates.unanswered());
    let others = gates.other_than(&[200]);
    let sound = (answered..=most).contains(&used) && others.is_empty();
    (!sound).then(|| {
        format!("{answered} check-ins were answered 200, {used} visitors are inside: {others:?}")
    })
}

fn line(gates: &Figures, sale: &Figures) -> Line {
    let what = format!(
        "check-in by document, {PER_SECOND}/s over {GATES} connections, warm, beside {:.0} orders/s \
         over {CONNECTIONS} connections",
        sale.successes_per_second
    );
    let figure = format!("p50 {:.1} ms, p99 {:.1} ms", gates.p50_ms, gates.p99_ms);
    Line::plain(what, figure).at_most("P7", MOST_MS, "ms", gates.p99_ms)
}
