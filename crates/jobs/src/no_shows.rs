//! The job that records who did not come (rule 7.4).

use chrono::{DateTime, TimeDelta, Utc};
use domain::ports::StoreError;
use domain::use_cases::record_no_shows::{
    RecordError, RecordedNoShows, days_to_record, record_no_shows as record_batch,
};
use domain::visit_date::VisitDate;

use crate::context::JobContext;
use crate::job::{Job, JobError, Summary};
use crate::list::report_faulty;

/// How many batches of a day one run goes through at the most. With the default batch of 500 that
/// is 10,000 orders a minute: a day is done within a few.
const BATCHES_PER_RUN: usize = 20;

pub(crate) const RECORD_NO_SHOWS: Job = Job {
    name: "record-no-shows",
    summary: "Lets unused tickets expire from 20:05 of their day on, and records who did not come \
              (rule 7.4).",
    interval: TimeDelta::minutes(1),
    run: record_no_shows,
};

/// Makes up for days that were left over, too. That there is nothing to do costs one look into an
/// index.
fn record_no_shows(context: &JobContext) -> Result<Summary, JobError> {
    let now = context.clock.now();
    let days = days_to_record(&*context.unit_of_work, &context.rules, now)?;
    let mut done = RecordedNoShows::default();
    for date in days {
        record_day(context, date, now, &mut done)?;
    }
    Ok(Summary::of([
        ("expired", done.expired),
        ("no-shows", done.no_shows),
        ("bans", done.bans),
        ("faulty", done.faulty.len()),
    ]))
}

fn record_day(
    context: &JobContext,
    date: VisitDate,
    now: DateTime<Utc>,
    done: &mut RecordedNoShows,
) -> Result<(), StoreError> {
    let (unit_of_work, rules) = (&*context.unit_of_work, &context.rules);
    let (limit, mut after) = (context.batch_size, None);
    for _ in 0..BATCHES_PER_RUN {
        let of_batch = match record_batch(unit_of_work, rules, date, now, after, limit) {
            Ok(of_batch) => of_batch,
            // Staff have closed the day in this very moment.
            Err(RecordError::NotOpen | RecordError::TooEarly(_)) => break,
            Err(RecordError::Store(error)) => return Err(error),
        };
        report_faulty(&of_batch.faulty);
        done.add(&of_batch);
        after = of_batch.last;
        if of_batch.found < usize::try_from(limit).unwrap_or(usize::MAX) {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use domain::order::{Order, TicketState};
    use domain::ports::OrderQueries;

    use super::*;
    use crate::run::run_leased;
    use crate::test_kit::{Kit, terms, unstopped};

    fn run(kit: &Kit) -> Summary {
        let outcome = run_leased(&RECORD_NO_SHOWS, &kit.context, &terms("test"), &unstopped());
        outcome.outcome.unwrap()
    }

    fn missed(kit: &Kit) -> Order {
        let paid_at = kit.museum.now();
        kit.stored_order(|order| order.confirm(order.total, paid_at).unwrap())
    }

    #[test]
    fn no_shows_are_recorded_in_batches_and_once_whenever_the_job_comes() {
        let kit = Kit::new();
        let orders: Vec<Order> = (0..5).map(|_| missed(&kit)).collect();
        let day = orders[0].date;
        let evening = day.at(kit.museum.rules.no_shows_at);
        kit.clock().set(evening - TimeDelta::microseconds(1));
        assert!(run(&kit).is_idle());
        // Nothing ran for two days.
        kit.clock().set(evening + TimeDelta::days(2));
        let recorded = run(&kit);
        let counts = ["expired", "no-shows", "faulty"].map(|name| recorded.count(name));
        assert_eq!((counts, kit.context.batch_size), ([5, 5, 0], 2));
        assert!(run(&kit).is_idle());
        let order = kit.store.order(orders[0].id).unwrap().unwrap();
        assert_eq!(order.tickets[0].state, TicketState::Expired);
    }
}
