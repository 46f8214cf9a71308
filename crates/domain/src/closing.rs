//! Orders that staff close (已关闭, section 5 of the rules).

use crate::id::TicketId;
use crate::money::{Fen, MoneyError};
use crate::order::{Order, OrderState, Places, Ticket, TicketState};
use crate::refund::{RefundItem, RefundPlan, all_items};

/// Whether the museum was, or will be, open on the day of an order that staff close.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClosingDay {
    /// What expired did so through the visitors' absence: it is not given back.
    Open,
    /// Nobody could come: what expired is given back, too.
    Closed,
}

/// What closing a paid order gives back: everything that nobody has used, whatever the rules of
/// refunds say, and without a no-show. Nothing of an order that has no such place.
///
/// # Errors
/// [`MoneyError`] if the prices do not add up.
pub fn plan_closing(order: &Order, day: ClosingDay) -> Result<RefundPlan, MoneyError> {
    let is_unused = |state: TicketState| match state {
        TicketState::Valid => true,
        TicketState::Expired => day == ClosingDay::Closed,
        _ => false,
    };
    let of_ticket = |ticket: &Ticket| {
        let mut items = all_items(ticket);
        items.retain(|item| is_unused(state_of(ticket, item)));
        items
    };
    let items: Vec<RefundItem> = order.tickets.iter().flat_map(of_ticket).collect();
    let amount = Fen::total(items.iter().map(|item| item.amount))?;
    Ok(RefundPlan {
        items,
        amount,
        no_shows: Vec::new(),
    })
}

/// The state of the place that is `item`, one of `ticket`'s.
fn state_of(ticket: &Ticket, item: &RefundItem) -> TicketState {
    let add_on = item.add_on.and_then(|id| {
        let mut add_ons = ticket.add_ons.iter();
        add_ons.find(|add_on| add_on.id == id)
    });
    add_on.map_or(ticket.state, |add_on| add_on.state)
}

impl Order {
    /// Closes a paid order, whose unused places `plan` gives back; returns the places that came
    /// free.
    ///
    /// # Errors
    /// [`MoneyError`] if more would go back than was paid (rule 6.6); nothing is changed then.
    pub fn close_paid(&mut self, plan: &RefundPlan) -> Result<Places, MoneyError> {
        let places = self.apply_refund(plan)?;
        self.state = OrderState::Closed;
        Ok(places)
    }

    /// The tickets whose admission `plan` gives back although they had expired.
    pub(crate) fn expired_in(&self, plan: &RefundPlan) -> Vec<TicketId> {
        let admissions = plan.items.iter().filter(|item| item.add_on.is_none());
        let tickets = admissions.filter_map(|item| self.ticket(item.ticket));
        let expired = tickets.filter(|ticket| ticket.state == TicketState::Expired);
        expired.map(|ticket| ticket.id).collect()
    }
}
