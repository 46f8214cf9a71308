//! P8: look-ups in a year of tickets.

use std::time::{Duration, Instant};

use api_kit::tokens::Audience;
use domain::id::AccountId;
use domain::identity::{Document, DocumentType};
use domain::ports::UnitOfWork;
use domain::sealed::{DocumentHash, IdentityCipher};
use domain::visit_date::VisitDate;
use serde_json::json;

use crate::context::{Bench, today};
use crate::failure::{Context as _, Failure};
use crate::gate::check_in;
use crate::house::{House, Plan};
use crate::load::requests::{Request, get_with};
use crate::load::{Load, Requests};
use crate::orders::tokens;
use crate::scenario::{Line, Outcome, Scenario};
use crate::year::{self, Sample};

pub(crate) const SCENARIO: Scenario = Scenario {
    name: "p8",
    title: "P8: look-ups in a year of tickets",
    run,
};

/// How many visitors and orders are looked up, each once cold and once warm.
const LOOK_UPS: usize = 300;
const LOOK_UPS_IN_SHORT: usize = 20;
/// At the latest a series is over then.
const SECONDS: u64 = 60;
/// How long a look-up may take, in milliseconds.
const VISITOR_MS: f64 = 10.0;
const ORDER_MS: f64 = 20.0;

/// The median time of a series, the first time and when it was asked again.
struct Medians {
    cold: f64,
    warm: f64,
}

fn run(bench: &Bench) -> Result<Outcome, Failure> {
    let count = if bench.is_short() {
        LOOK_UPS_IN_SHORT
    } else {
        LOOK_UPS
    };
    let sample = year::sample(bench, count)?;
    let mut broken = Vec::new();
    // Before the services are there and read days and quotas.
    let visitor = search(bench, &sample, &mut broken)?;
    let plan = Plan {
        admin: true,
        ..Plan::default()
    };
    let house = House::start(bench, &plan)?;
    let gate = at_the_gate(bench, &house, &sample, &mut broken)?;
    let page = order_page(bench, &house, &sample, &mut broken)?;
    let list = order_list(bench, &house, &sample, &mut broken)?;
    let tickets = bench.tickets_in_tables()?;
    let line = |what: &str, medians: &Medians, most| {
        let what = format!("{what}, one at a time, {tickets} tickets in the tables");
        let figure = format!(
            "p50 {:.2} ms cold, {:.2} ms warm",
            medians.cold, medians.warm
        );
        let worse = medians.cold.max(medians.warm);
        Line::plain(what, figure).at_most("P8", most, "ms", worse)
    };
    Ok(Outcome {
        lines: vec![
            line(
                "visitor by document, all year, by the stores",
                &visitor,
                VISITOR_MS,
            ),
            line(
                "visitor by document, at the gate over HTTP",
                &gate,
                VISITOR_MS,
            ),
            line("order page over HTTP", &page, ORDER_MS),
            line(
                "order list of an account with 365 orders over HTTP",
                &list,
                ORDER_MS,
            ),
        ],
        details: json!({
            "visitor_p50_ms": { "cold": visitor.cold, "warm": visitor.warm },
            "gate_p50_ms": { "cold": gate.cold, "warm": gate.warm },
            "order_page_p50_ms": { "cold": page.cold, "warm": page.warm },
            "order_list_p50_ms": { "cold": list.cold, "warm": list.warm },
        }),
        broken,
        ..Outcome::default()
    })
}

/// A visitor's tickets of the whole year with their orders, as staff will search; no route asks
/// for it yet.
fn search(bench: &Bench, sample: &Sample, broken: &mut Vec<String>) -> Result<Medians, Failure> {
    let cipher = assembly::identity_cipher(&bench.settings().secrets).context("the keys")?;
    let unit_of_work = bench.unit_of_work();
    let mut series = || {
        let mut times = Vec::with_capacity(sample.cards.len());
        for card in &sample.cards {
            let began = Instant::now();
            let found = tickets_of(&*unit_of_work, hash(&*cipher, card)?)?;
            times.push(began.elapsed());
            if found == 0 {
                broken.push("a visitor of the year was not found".to_owned());
            }
        }
        Ok::<f64, Failure>(median_ms(times))
    };
    Ok(Medians {
        cold: series()?,
        warm: series()?,
    })
}

fn hash(cipher: &dyn IdentityCipher, card: &str) -> Result<DocumentHash, Failure> {
    let document = Document::parse(DocumentType::IdCard, card, None, today().date());
    Ok(cipher.hash(&document.context("reading an ID card's number")?))
}

fn tickets_of(unit_of_work: &dyn UnitOfWork, document: DocumentHash) -> Result<usize, Failure> {
    let first: VisitDate = today().plus_days(-366);
    let found = unit_of_work.run(|stores| {
        let tickets = stores.tickets().of_documents(&[document], first)?;
        for ticket in &tickets {
            stores.orders().find(ticket.order)?;
        }
        Ok::<_, domain::ports::StoreError>(tickets.len())
    });
    found.context("looking a visitor up")
}

/// A gate is told what has become of a ticket of the last month; nobody is admitted by it.
fn at_the_gate(
    bench: &Bench,
    house: &House<'_>,
    sample: &Sample,
    broken: &mut Vec<String>,
) -> Result<Medians, Failure> {
    let key = bench.add_gate()?;
    let series = || {
        let cards = sample.recent_cards.iter();
        let requests = cards.map(|card| check_in(&key, card)).collect();
        Load::on(house.admin()?, 1, Requests::Once(requests)).one_by_one(bench)
    };
    medians(series, broken)
}

fn order_page(
    bench: &Bench,
    house: &House<'_>,
    sample: &Sample,
    broken: &mut Vec<String>,
) -> Result<Medians, Failure> {
    let series = || {
        let orders = sample.orders.iter();
        let requests = orders
            .map(|(account, order)| request(bench, *account, &format!("/api/v1/orders/{order}")));
        let requests = requests.collect::<Result<Vec<_>, _>>()?;
        Load::on(house.first()?, 1, Requests::Once(requests)).one_by_one(bench)
    };
    medians(series, broken)
}

/// Each tab in turn, twenty orders of each.
fn order_list(
    bench: &Bench,
    house: &House<'_>,
    sample: &Sample,
    broken: &mut Vec<String>,
) -> Result<Medians, Failure> {
    let series = || {
        let tabs = ["all", "unpaid", "unused", "after_sales"].iter().cycle();
        let requests = tabs.take(40).map(|tab| {
            let path = format!("/api/v1/orders?tab={tab}&limit=20");
            request(bench, sample.guide, &path)
        });
        let requests = requests.collect::<Result<Vec<_>, _>>()?;
        Load::on(house.first()?, 1, Requests::Once(requests)).one_by_one(bench)
    };
    medians(series, broken)
}

fn request(bench: &Bench, account: AccountId, path: &str) -> Result<Request, Failure> {
    let token = tokens(bench, Audience::Tourist).issue(account.uuid());
    let token = token.context("issuing a token")?.token;
    Ok(get_with(
        path,
        &format!("Authorization: Bearer {token}\r\n"),
    ))
}

fn medians(
    series: impl Fn() -> Result<(f64, Option<String>), Failure>,
    broken: &mut Vec<String>,
) -> Result<Medians, Failure> {
    let (cold, wrong_cold) = series()?;
    let (warm, wrong_warm) = series()?;
    broken.extend(wrong_cold.into_iter().chain(wrong_warm));
    Ok(Medians { cold, warm })
}

impl Load {
    /// The median time of its answers in milliseconds, and what was answered but 200.
    fn one_by_one(self, bench: &Bench) -> Result<(f64, Option<String>), Failure> {
        let load = self.lasting(Duration::from_secs(SECONDS));
        let figures = load.run(bench.folder())?;
        let others = figures.other_than(&[200]);
        let wrong = (!others.is_empty() || figures.unanswered() > 0)
            .then(|| format!("look-ups were answered {others:?}"));
        Ok((figures.p50_ms, wrong))
    }
}

fn median_ms(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    let middle = times.get(times.len() / 2).copied();
    middle.unwrap_or_default().as_secs_f64() * 1000.0
}
