//! A sale over HTTP, and what must be so after it whatever its speed.

use std::time::Duration;

use domain::visit_date::VisitDate;

use crate::context::Bench;
use crate::failure::Failure;
use crate::house::House;
use crate::load::{Figures, Load, Requests};
use crate::orders::orders;

/// Visitors of each order.
pub(crate) const VISITORS: usize = 2;

/// The connections at which P1 is measured.
pub(crate) const CONNECTIONS: u32 = 512;

/// Orders of the smallest sale.
const FEWEST: usize = 200;

/// A sale may last so many times as long as it was meant to.
const PATIENCE: u32 = 4;

/// What an order is answered that was placed,
pub(crate) const CREATED: u16 = 201;
/// refused,
pub(crate) const CONFLICT: u16 = 409;
/// or not even looked at.
pub(crate) const COME_AGAIN: u16 = 503;

/// A sale to measure.
pub(crate) struct Sale {
    /// The day that is sold.
    pub(crate) date: VisitDate,
    /// How many connections ask for it.
    pub(crate) connections: u32,
    /// For about how many seconds; one in a short run.
    pub(crate) seconds: u64,
    /// More orders than can be placed in a second, for a sale that is prepared.
    pub(crate) most_per_second: usize,
    /// Whether there may be too few tickets, so that refusals are right, too.
    pub(crate) may_sell_out: bool,
}

impl Sale {
    /// At P1's concurrency, as fast as a good machine may be.
    pub(crate) fn of(date: VisitDate) -> Self {
        Self {
            date,
            connections: CONNECTIONS,
            seconds: 10,
            most_per_second: 15_000,
            may_sell_out: false,
        }
    }

    /// Sells at all tourist services of `house`. What is wrong with the outcome is added to
    /// `broken`.
    ///
    /// It ends with the last answer, after as many orders as a first, small sale says that the
    /// time allows: were it broken off, thousands of connections would have as many orders on
    /// their way that were work and count for nothing.
    pub(crate) fn run(
        &self,
        bench: &Bench,
        house: &House<'_>,
        broken: &mut Vec<String>,
    ) -> Result<Figures, Failure> {
        let connections = usize::try_from(self.connections).unwrap_or(usize::MAX);
        let few = connections.saturating_mul(2).max(FEWEST);
        if bench.is_short() {
            return self.sell(bench, house, bench.people_for(few), broken);
        }
        let first = self.sell(bench, house, few, broken)?;
        let count = orders_in(self.seconds, &first).max(few);
        self.sell(bench, house, count, broken)
    }

    fn sell(
        &self,
        bench: &Bench,
        house: &House<'_>,
        count: usize,
        broken: &mut Vec<String>,
    ) -> Result<Figures, Failure> {
        let requests = Requests::Once(orders(bench, self.date, VISITORS, count)?);
        let longest = bench.seconds(self.seconds).saturating_mul(PATIENCE);
        let figures = self.load(bench, house, requests, longest, broken)?;
        // It ends with the last answer: one that never came would be in no percentile.
        if figures.counted.broken > 0 {
            broken.push(format!("{} orders got no answer", figures.counted.broken));
        }
        Ok(figures)
    }

    /// The orders to send: for a sale beside something else, which must not wait for them.
    pub(crate) fn prepare(&self, bench: &Bench) -> Result<Requests, Failure> {
        let seconds = usize::try_from(bench.seconds(self.seconds).as_secs()).unwrap_or(1);
        let count = self.most_per_second.saturating_mul(seconds);
        let orders = orders(bench, self.date, VISITORS, bench.people_for(count))?;
        Ok(Requests::Once(orders))
    }

    /// Sells what was prepared, until the time is over.
    pub(crate) fn send(
        &self,
        bench: &Bench,
        house: &House<'_>,
        requests: Requests,
        broken: &mut Vec<String>,
    ) -> Result<Figures, Failure> {
        let duration = bench.seconds(self.seconds);
        self.load(bench, house, requests, duration, broken)
    }

    fn load(
        &self,
        bench: &Bench,
        house: &House<'_>,
        requests: Requests,
        longest: Duration,
        broken: &mut Vec<String>,
    ) -> Result<Figures, Failure> {
        let before = bench.stored_orders(self.date)?;
        let load = Load {
            targets: house.tourist().to_vec(),
            ..Load::on(house.first()?, self.connections, requests)
        };
        let figures = load.lasting(longest).run(bench.folder())?;
        // What was on its way at the end may be decided a moment later.
        let after = bench.settled_orders(self.date)?;
        broken.extend(contradiction(&figures, after.saturating_sub(before)));
        broken.extend(self.wrong_answers(&figures));
        Ok(figures)
    }

    /// Whoever is not sold to is refused where tickets may run out, or told to come again.
    fn wrong_answers(&self, figures: &Figures) -> Option<String> {
        let refusal = if self.may_sell_out { CONFLICT } else { CREATED };
        let others = figures.other_than(&[CREATED, COME_AGAIN, refusal]);
        (!others.is_empty()).then(|| format!("a sale was also answered {others:?}"))
    }
}

/// How many orders go into so many seconds, as a small sale took them.
fn orders_in(seconds: u64, small: &Figures) -> usize {
    let took = Duration::from_secs_f64(small.seconds.max(0.001)).as_millis();
    let time = Duration::from_secs(seconds).as_millis();
    let orders = u128::from(small.all_answers()).saturating_mul(time) / took.max(1);
    usize::try_from(orders).unwrap_or(usize::MAX)
}

/// Every answer 201 is an order, and every order was answered so, but for those whose answer came
/// too late to be read.
fn contradiction(figures: &Figures, stored: u64) -> Option<String> {
    let created = figures.answers(CREATED);
    let most = created.saturating_add(figures.unanswered());
    let sound = (created..=most).contains(&stored);
    (!sound).then(|| {
        format!("{created} orders were answered 201 and at most {most} can be; stored: {stored}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_neither_lost_nor_made_up() {
        let mut figures = Figures::default();
        figures.counted.requests = 12;
        figures.counted.statuses = [(201, 9), (503, 1)].into();
        assert_eq!(contradiction(&figures, 9), None);
        assert_eq!(contradiction(&figures, 11), None);
        assert!(contradiction(&figures, 8).is_some());
        assert!(contradiction(&figures, 12).is_some());
    }

    #[test]
    fn a_sale_is_as_long_as_a_small_one_says() {
        let mut small = Figures {
            seconds: 0.5,
            ..Figures::default()
        };
        small.counted.statuses = [(201, 900), (503, 100)].into();
        assert_eq!(orders_in(10, &small), 20_000);
    }

    #[test]
    fn a_refusal_is_right_only_where_tickets_may_run_out() {
        let mut figures = Figures::default();
        figures.counted.statuses = [(201, 9), (409, 1), (503, 1)].into();
        let sale = Sale::of(VisitDate::parse("2026-12-02").unwrap());
        assert!(sale.wrong_answers(&figures).is_some());
        let scarce = Sale {
            may_sell_out: true,
            ..sale
        };
        assert_eq!(scarce.wrong_answers(&figures), None);
    }
}
