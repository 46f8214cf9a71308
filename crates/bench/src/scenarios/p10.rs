//! P10: news of payments, verified and booked.

use std::thread;

use serde_json::json;
use wechat_sandbox::{NewsWriter, PaidOrder, SignedNews};

use crate::context::Bench;
use crate::days::PLENTY;
use crate::failure::{Context as _, Failure};
use crate::house::{House, Plan};
use crate::load::requests::{Request, post};
use crate::load::{Figures, Load, Requests};
use crate::prepared::PreparedOrder;
use crate::scenario::{Line, Outcome, Scenario, ratio};

pub(crate) const SCENARIO: Scenario = Scenario {
    name: "p10",
    title: "P10: payment notifications, signed beforehand, verified and booked",
    run,
};

/// Enough for some seconds; each is signed beforehand, a thousand a second.
const ORDERS: usize = 20_000;
const ORDERS_IN_SHORT: usize = 300;
/// WeChat's servers call over this many connections.
const CONNECTIONS: u32 = 128;
/// At the latest it is over then.
const SECONDS: u64 = 60;
const LEAST: f64 = 0.3;

fn run(bench: &Bench) -> Result<Outcome, Failure> {
    let date = bench.open_day(PLENTY)?;
    let count = if bench.is_short() {
        ORDERS_IN_SHORT
    } else {
        ORDERS
    };
    let orders = bench.place_unpaid(date, count, bench.clock().now())?;
    bench.open_attempts(&orders)?;
    let news = sign(bench, &orders)?;
    let sale_rate = bench.sale_rate()?;

    let house = House::start(bench, &Plan::default())?;
    let told = tell(bench, &house, news.clone())?;
    let paid = bench.paid_orders(date)?;
    let mut broken: Vec<String> = contradiction(&told, paid).into_iter().collect();
    // What WeChat did not hear of in time it sends again; nothing may be booked twice.
    let again = tell(bench, &house, news)?;
    let (paid_at_last, booked) = (bench.paid_orders(date)?, bench.booked_payments(date)?);
    let all = u64::try_from(count).unwrap_or_default();
    if (paid_at_last, booked) != (all, all) {
        broken.push(format!(
            "of {all} payments {paid_at_last} orders are paid and {booked} are in the ledger"
        ));
    }
    Ok(Outcome {
        lines: vec![line(&told, sale_rate)],
        details: json!({ "told": told, "told_again": again, "sale_rate": sale_rate }),
        dates: vec![date],
        broken,
        ..Outcome::default()
    })
}

/// The requests, signed on all processors.
fn sign(bench: &Bench, orders: &[PreparedOrder]) -> Result<Vec<Request>, Failure> {
    let settings = wechat_sandbox::Settings::for_tests(bench.clock().clone());
    let writer = NewsWriter::new(settings, bench.sandbox().keys()).context("the sandbox's keys")?;
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let share = orders.len().div_ceil(threads).max(1);
    thread::scope(|scope| {
        let writer = &writer;
        let threads: Vec<_> = orders
            .chunks(share)
            .map(|orders| {
                scope.spawn(move || {
                    orders
                        .iter()
                        .map(|one| request(writer, one))
                        .collect::<Result<Vec<_>, Failure>>()
                })
            })
            .collect();
        let mut requests = Vec::with_capacity(orders.len());
        for thread in threads {
            let panicked = |_| Failure::new("a thread that signs panicked");
            requests.extend(thread.join().map_err(panicked)??);
        }
        Ok(requests)
    })
}

fn request(writer: &NewsWriter, order: &PreparedOrder) -> Result<Request, Failure> {
    let news = writer.payment(PaidOrder {
        out_trade_no: order.number.to_string(),
        openid: order.payer.as_str().to_owned(),
        total: order.total.amount(),
        transaction_id: order.transaction_id(),
        success_time: order.placed_at,
    });
    let SignedNews { headers, body } = news.ok_or_else(|| Failure::new("no news was signed"))?;
    let headers = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"));
    let headers: String = headers.collect();
    Ok(post(
        "/api/v1/wechat/payment-notifications",
        &headers,
        &body,
    ))
}

fn tell(bench: &Bench, house: &House<'_>, news: Vec<Request>) -> Result<Figures, Failure> {
    let load = Load::on(house.first()?, CONNECTIONS, Requests::Once(news));
    load.lasting(std::time::Duration::from_secs(SECONDS))
        .run(bench.folder())
}

/// Whatever was answered 204 is booked.
fn contradiction(told: &Figures, paid: u64) -> Option<String> {
    let taken = told.answers(204);
    let most = taken.saturating_add(told.unanswered());
    let others = told.other_than(&[204, 503]);
    let sound = (taken..=most).contains(&paid) && others.is_empty();
    (!sound).then(|| {
        format!("{taken} notifications were answered 204, {paid} orders are paid: {others:?}")
    })
}

fn line(told: &Figures, sale_rate: f64) -> Line {
    let rate = told.successes_per_second;
    Line::plain(
        format!("payment notifications, {CONNECTIONS} connections, warm"),
        format!("{rate:.0}/s, p99 {:.0} ms", told.p99_ms),
    )
    .against(format!("the sale: {sale_rate:.0} orders/s"))
    .at_least("P10", LEAST, ratio(rate, sale_rate))
}
