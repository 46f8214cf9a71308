//! What a gate answers about a ticket (rules 9.1 to 9.3).
//!
//! [`judge`] decides by one ticket alone. Whether a child comes with an adult is decided over the
//! whole party, by [`judge_party`].

mod messages;

use chrono::{DateTime, Utc};

use crate::calendar::{Hours, OpeningDay};
use crate::category::Category;
use crate::coded::coded;
use crate::companions::{accompanied, is_adult, is_child_in_need};
use crate::id::{BodyDigest, OrderId, RequestKey, TicketId};
use crate::order::{Admission, Order, Ticket, TicketState};
use crate::rules::Rules;
use crate::session::Session;
use crate::venue::VenueCode;
use crate::visit_date::VisitDate;

pub use messages::message;
pub(crate) use messages::nothing_found;

/// A gate's answer about one ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Let in.
    Admitted,
    /// 未生效: the right day, before the session's window.
    NotYetValid,
    /// 已过期: the right day, after the window.
    Expired,
    /// A ticket for another day.
    WrongDate,
    /// Let in before.
    AlreadyUsed,
    /// Given back.
    Refunded,
    /// Its order is not paid.
    Unpaid,
    /// Its order was never paid.
    Cancelled,
    /// None, or none for this venue.
    NoTicket,
    /// A gallery before the main gate (rule 9.3).
    MainGateFirst,
    /// A student whose certificate is to be seen first (rule 3.5).
    CertificateNeeded,
    /// A child whose adult is neither admitted nor in the same call (rule 3.6).
    AdultNeeded,
    /// The museum has closed the day since the ticket was sold.
    DayClosed,
}

coded!(Verdict, "verdict", {
    Admitted = "admitted", NotYetValid = "not_yet_valid", Expired = "expired",
    WrongDate = "wrong_date", AlreadyUsed = "already_used", Refunded = "refunded",
    Unpaid = "unpaid", Cancelled = "cancelled", NoTicket = "no_ticket",
    MainGateFirst = "main_gate_first", CertificateNeeded = "certificate_needed",
    AdultNeeded = "adult_needed", DayClosed = "day_closed",
});

/// A check-in that admitted somebody, by which the same request gets its first answer again
/// (rule 9.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckIn {
    /// What it is found again by.
    pub request_key: RequestKey,
    /// What it was asked for with.
    pub body_digest: BodyDigest,
    /// The order whose tickets were shown.
    pub order: OrderId,
    /// The name of the gate, or of the member of staff.
    pub gate: String,
    /// Where.
    pub venue: VenueCode,
    /// When the request was received.
    pub at: DateTime<Utc>,
    /// What was answered, by ticket, in the order of the answer.
    pub verdicts: Vec<(TicketId, Verdict)>,
}

/// The place and the moment in which tickets are judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doorway {
    /// Which venue.
    pub venue: VenueCode,
    /// When.
    pub at: DateTime<Utc>,
    /// What staff have decided about the day of `at`, if anything.
    pub day: Option<OpeningDay>,
    /// The session of the order.
    pub session: Session,
    /// Whether the clerk has seen the certificates of those who need one.
    pub certificate_checked: bool,
}

impl Doorway {
    /// The day that it is.
    #[must_use]
    pub fn today(&self) -> VisitDate {
        VisitDate::containing(self.at)
    }

    /// Today's hours, if the museum is open.
    fn hours(&self) -> Option<&Hours> {
        let open = self.day.as_ref().filter(|day| day.is_open());
        open.map(OpeningDay::hours)
    }
}

/// The state and the use of a ticket's place in `venue`: its own, or that of an add-on.
fn place_in<'a>(
    ticket: &'a Ticket,
    venue: &VenueCode,
) -> Option<(TicketState, Option<&'a Admission>)> {
    if ticket.venue == *venue {
        return Some((ticket.state, ticket.admission.as_ref()));
    }
    let add_on = ticket
        .add_ons
        .iter()
        .find(|add_on| add_on.venue == *venue)?;
    Some((add_on.state, add_on.admission.as_ref()))
}

/// When and where a ticket was used in `venue`, once it was.
#[must_use]
pub fn use_in<'a>(ticket: &'a Ticket, venue: &VenueCode) -> Option<&'a Admission> {
    place_in(ticket, venue).and_then(|(_, admission)| admission)
}

/// Judges one ticket of an order (rule 9.1), whoever comes with it: [`Verdict::Admitted`] if
/// nothing about the ticket itself stands in the way.
///
/// A gallery admits from the main gate on until the museum closes, whatever the session.
#[must_use]
pub fn judge(order: &Order, ticket: &Ticket, doorway: &Doorway, rules: &Rules) -> Verdict {
    let Some((state, _)) = place_in(ticket, &doorway.venue) else {
        return Verdict::NoTicket;
    };
    match state {
        TicketState::Held => return Verdict::Unpaid,
        TicketState::Used => return Verdict::AlreadyUsed,
        TicketState::Refunded => return Verdict::Refunded,
        TicketState::Cancelled => return Verdict::Cancelled,
        TicketState::Valid | TicketState::Expired => {}
    }
    if order.date != doorway.today() {
        return Verdict::WrongDate;
    }
    let Some(hours) = doorway.hours() else {
        return Verdict::DayClosed;
    };
    if state == TicketState::Expired {
        Verdict::Expired
    } else if ticket.venue == doorway.venue {
        judge_at_main_gate(order, ticket, doorway, hours, rules)
    } else {
        judge_at_gallery(order, ticket, doorway, hours)
    }
}

fn judge_at_main_gate(
    order: &Order,
    ticket: &Ticket,
    doorway: &Doorway,
    hours: &Hours,
    rules: &Rules,
) -> Verdict {
    let window = doorway.session.entry_window(order.date, hours);
    if doorway.at < window.from {
        Verdict::NotYetValid
    } else if doorway.at >= window.until {
        Verdict::Expired
    } else if needs_certificate(ticket, rules) && !doorway.certificate_checked {
        Verdict::CertificateNeeded
    } else {
        Verdict::Admitted
    }
}

/// Students declare themselves; a minor with a foreign passport has a student's ticket without
/// being one (rule 3.5).
fn needs_certificate(ticket: &Ticket, rules: &Rules) -> bool {
    ticket.category == Category::Student && is_adult(ticket.age, rules)
}

fn judge_at_gallery(order: &Order, ticket: &Ticket, doorway: &Doorway, hours: &Hours) -> Verdict {
    if doorway.at >= order.date.at(hours.closes()) {
        Verdict::Expired
    } else if ticket.state != TicketState::Used {
        Verdict::MainGateFirst
    } else {
        Verdict::Admitted
    }
}

/// Judges tickets of one order that are shown together. `inside` are the ages of those of the
/// same account, date and session who are admitted already.
///
/// At the main gate a child needs an adult inside or among those who are let in now, and one
/// adult leads no more than [`Rules::children_per_adult`] (rule 3.6); children are let in by the
/// order of their tickets as far as there are adults for them.
#[must_use]
pub fn judge_party(
    order: &Order,
    shown: &[TicketId],
    inside: &[u8],
    doorway: &Doorway,
    rules: &Rules,
) -> Vec<(TicketId, Verdict)> {
    let tickets = order.tickets.iter();
    let shown: Vec<(&Ticket, Verdict)> = tickets
        .filter(|ticket| shown.contains(&ticket.id))
        .map(|ticket| (ticket, judge(order, ticket, doorway, rules)))
        .collect();
    let enters = |(ticket, verdict): &&(&Ticket, Verdict)| {
        *verdict == Verdict::Admitted && ticket.venue == doorway.venue
    };
    let is_child = |ticket: &Ticket| is_child_in_need(ticket.age, rules);
    let entering = shown.iter().filter(enters).map(|(ticket, _)| *ticket);
    let mut ages = inside.to_vec();
    ages.extend(
        entering
            .filter(|ticket| !is_child(ticket))
            .map(|ticket| ticket.age),
    );
    let mut verdicts = Vec::with_capacity(shown.len());
    for judged in &shown {
        let (ticket, mut verdict) = *judged;
        if enters(&judged) && is_child(ticket) {
            ages.push(ticket.age);
            if !accompanied(ages.iter().copied(), rules) {
                ages.pop();
                verdict = Verdict::AdultNeeded;
            }
        }
        verdicts.push((ticket.id, verdict));
    }
    verdicts
}

#[cfg(test)]
mod tests;
