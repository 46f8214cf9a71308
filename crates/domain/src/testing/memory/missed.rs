//! No-shows and bans that contradict their tickets and days (section 7).

use chrono::{DateTime, TimeDelta, Utc};

use crate::calendar::DayState;
use crate::no_show::NoShow;
use crate::order::{Order, TicketState};
use crate::ports::Finding;
use crate::rules::Rules;
use crate::visit_date::VisitDate;

use super::tables::Tables;

/// How long after its time the job that records no-shows may be late.
const PATIENCE: TimeDelta = TimeDelta::days(1);

fn finding(rule: &'static str, text: String) -> Finding {
    Finding { rule, text }
}

impl Tables {
    pub(super) fn wrong_no_shows(&self, date: VisitDate) -> Vec<Finding> {
        let no_shows = self.no_shows.values();
        let counting = no_shows.filter(|no_show| no_show.date == date && no_show.waiver.is_none());
        let mut findings = Vec::new();
        for no_show in counting {
            findings.extend(self.wrong_ticket(no_show));
            if self.state_of(date) == Some(DayState::Closed) {
                let what = format!("the no-show of ticket {} counts", no_show.ticket);
                findings.push(finding("7.1", format!("{what}, but the day is closed")));
            }
        }
        findings.extend(self.groundless_bans(date));
        findings
    }

    fn wrong_ticket(&self, no_show: &NoShow) -> Option<Finding> {
        let missed = [TicketState::Expired, TicketState::Refunded];
        let fits = self.ticket(no_show.ticket).is_some_and(|(order, ticket)| {
            order.date == no_show.date && missed.contains(&ticket.state)
        });
        let text = format!(
            "the no-show of ticket {} is not that ticket's",
            no_show.ticket
        );
        (!fits).then(|| finding("7.1", text))
    }

    fn groundless_bans(&self, date: VisitDate) -> impl Iterator<Item = Finding> {
        let bans = self.bans.iter();
        let groundless = bans.filter(move |((document, third), row)| {
            let known = self.no_shows.contains_key(&(*document, *third));
            *third == date && row.lifted_at.is_none() && !known
        });
        groundless.map(|_| finding("7.2", "a ban has no no-show on its third day".to_owned()))
    }

    /// Tickets that have expired, and nobody has missed them.
    pub(super) fn unmissed(&self, order: &Order) -> Vec<Finding> {
        let tickets = order.tickets.iter();
        let expired = tickets.filter(|ticket| ticket.state == TicketState::Expired);
        let unmissed = expired.filter(|ticket| {
            let document = ticket.document_hash;
            document.is_some_and(|document| !self.no_shows.contains_key(&(document, order.date)))
        });
        let text = |id| format!("ticket {id} has expired without a no-show");
        unmissed
            .map(|ticket| finding("7.1", text(ticket.id)))
            .collect()
    }

    /// Open days whose unused tickets have not expired although it was time long ago.
    pub(super) fn unrecorded(&self, now: DateTime<Utc>) -> Vec<Finding> {
        let time = Rules::default().no_shows_at;
        let open = self.days.values().filter(|day| day.is_open());
        let past = open.filter(|day| day.date().at(time) + PATIENCE < now);
        let is_valid = |order: &Order| {
            let mut tickets = order.tickets.iter();
            tickets.any(|ticket| ticket.state == TicketState::Valid)
        };
        let unrecorded = past.filter(|day| {
            let mut orders = self.orders.values();
            orders.any(|order| order.date == day.date() && is_valid(order))
        });
        let text = |date| format!("tickets of {date} are still valid");
        unrecorded
            .map(|day| finding("7.4", text(day.date())))
            .collect()
    }

    fn state_of(&self, date: VisitDate) -> Option<DayState> {
        self.days.get(&date).map(|day| day.state())
    }
}
