//! Some of the year's visitors and orders, known without asking the database: whoever asks it
//! first finds nothing in its memory.

use domain::id::{AccountId, OrderId};

use super::crowd;
use super::day::{is_first_visit, sell};
use super::office::Office;
use super::plan::{PlannedDay, YearPlan};
use crate::context::Bench;
use crate::failure::{Context as _, Failure};

/// What look-ups ask for.
pub(crate) struct Sample {
    /// Numbers of ID cards that one ticket each of the last month was for.
    pub(crate) recent_cards: Vec<String>,
    /// The same, of all days whose visitors are not erased.
    pub(crate) cards: Vec<String>,
    /// Orders from all over the year, and whose they are.
    pub(crate) orders: Vec<(AccountId, OrderId)>,
    /// An account with an order for each day.
    pub(crate) guide: AccountId,
}

/// From so many days of the year orders are taken.
const DAYS_OF_ORDERS: usize = 10;

impl Sample {
    /// About `count` of each, of the year that is there.
    pub(super) fn of(bench: &Bench, plan: YearPlan, count: usize) -> Result<Self, Failure> {
        let cipher = assembly::identity_cipher(&bench.settings().secrets).context("the keys")?;
        let office = Office::new(&*cipher)?;
        let days: Vec<PlannedDay> = plan.days(&office.rules).collect();
        let known: Vec<PlannedDay> = days.iter().filter(|day| !day.erased).copied().collect();
        let recent = known.get(known.len().saturating_sub(28)..);
        let mut orders = Vec::new();
        for day in evenly(&days, DAYS_OF_ORDERS) {
            let sold = sell(&office, day)?.orders;
            let some = evenly(&sold, count.div_ceil(DAYS_OF_ORDERS));
            orders.extend(some.map(|booked| (booked.order.account, booked.order.id)));
        }
        Ok(Self {
            recent_cards: cards(recent.unwrap_or_default(), count)?,
            cards: cards(&known, count)?,
            orders,
            guide: crowd::account(crowd::GUIDE),
        })
    }
}

/// Cards of visitors who came once, spread over the days and over each of them.
fn cards(days: &[PlannedDay], count: usize) -> Result<Vec<String>, Failure> {
    let tickets: Vec<(PlannedDay, u64)> = days
        .iter()
        .flat_map(|day| (0..day.tickets.saturating_sub(20)).map(|place| (*day, place)))
        .filter(|(_, place)| is_first_visit(*place))
        .step_by(97)
        .collect();
    evenly(&tickets, count)
        .map(|(day, place)| {
            let visitor = crowd::visitor(day.first_visitor + place).context("naming a visitor")?;
            Ok(visitor.document.number().to_owned())
        })
        .collect()
}

/// About `count` of them, evenly spread.
fn evenly<T>(all: &[T], count: usize) -> impl Iterator<Item = &T> {
    let step = all.len() / count.max(1);
    all.iter().step_by(step.max(1)).take(count)
}
