//! Orders, the tickets in them, and their states.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::category::Category;
use crate::coded::coded;
use crate::id::{
    AccountId, AddOnId, AnnualPassId, BodyDigest, OrderId, OrderNumber, RequestKey, TicketId,
};
use crate::identity::{DocumentType, Nationality};
use crate::money::Fen;
use crate::phone::Phone;
use crate::rules::Rules;
use crate::sealed::{DocumentHash, Sealed};
use crate::session::SessionCode;
use crate::venue::VenueCode;
use crate::visit_date::VisitDate;

/// How the places of an order were got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderKind {
    /// Bought.
    Ordinary,
    /// A visit registered on an annual pass (section 8).
    AnnualPass,
}

/// The state of an order (section 5 of the rules).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OrderState {
    /// 待支付: places are held until `pay_by`.
    Unpaid,
    /// 未使用: paid, with at least one ticket still valid.
    Paid,
    /// 已核销: none is valid any more and at least one was admitted.
    Used,
    /// 已退票: every ticket was refunded.
    Refunded,
    /// 已取消: by the tourist or by expiry, before payment.
    Cancelled,
    /// 已关闭: by staff.
    Closed,
}

/// Why an unpaid order was cancelled. Only an expired one can be revived (rule 5.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CancelCause {
    /// The tourist cancelled it.
    Tourist,
    /// Its `pay_by` passed.
    Expired,
}

/// The state of a ticket or an add-on (section 5 of the rules).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TicketState {
    /// Held by an unpaid order.
    Held,
    /// Paid, not yet used.
    Valid,
    /// Admitted.
    Used,
    /// Its refund was requested.
    Refunded,
    /// Its order was never paid.
    Cancelled,
    /// The visit day passed without it.
    Expired,
}

coded!(OrderKind, "order kind", { Ordinary = "ordinary", AnnualPass = "annual_pass" });
coded!(OrderState, "order state", {
    Unpaid = "unpaid", Paid = "paid", Used = "used",
    Refunded = "refunded", Cancelled = "cancelled", Closed = "closed",
});
coded!(CancelCause, "cancel cause", { Tourist = "tourist", Expired = "expired" });
coded!(TicketState, "ticket state", {
    Held = "held", Valid = "valid", Used = "used",
    Refunded = "refunded", Cancelled = "cancelled", Expired = "expired",
});

impl TicketState {
    /// Whether it counts against stock and against rules 4.3 and 4.9.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Held | Self::Valid | Self::Used | Self::Expired)
    }
}

/// Where and when somebody was admitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admission {
    /// The instant.
    pub at: DateTime<Utc>,
    /// The name of the gate, or of the member of staff.
    pub gate: String,
}

/// A visitor's place in one of the add-on venues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddOn {
    /// Its id.
    pub id: AddOnId,
    /// Which venue.
    pub venue: VenueCode,
    /// The price it was sold at.
    pub price: Fen,
    /// Its state.
    pub state: TicketState,
    /// Its use, once used.
    pub admission: Option<Admission>,
}

/// One visitor's admission, with the add-ons that go with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Its id.
    pub id: TicketId,
    /// The kind of document.
    pub document_type: DocumentType,
    /// The nationality, for passports.
    pub nationality: Option<Nationality>,
    /// What the document is looked up by; `None` once erased (rule 10.3).
    pub document_hash: Option<DocumentHash>,
    /// Name and number, sealed for this id; `None` once erased (rule 10.3).
    pub identity: Option<Sealed>,
    /// The visitor's age on the visit date, in full years.
    pub age: u8,
    /// The price category.
    pub category: Category,
    /// The venue that admits: the palace itself.
    pub venue: VenueCode,
    /// The price it was sold at.
    pub price: Fen,
    /// Its state.
    pub state: TicketState,
    /// Its use, once used.
    pub admission: Option<Admission>,
    /// Its add-ons.
    pub add_ons: Vec<AddOn>,
}

/// An order: one date, one session, up to five visitors (rule 4.2).
///
/// The fields are open to read and to store; they change only through the methods below, which
/// keep order, tickets and add-ons in step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// Its number, for people and for the payment provider.
    pub number: OrderNumber,
    /// Whose it is.
    pub account: AccountId,
    /// How its places were got.
    pub kind: OrderKind,
    /// The pass that a visit is registered on; that of every [`OrderKind::AnnualPass`] and of no
    /// other.
    pub pass: Option<AnnualPassId>,
    /// The visit date.
    pub date: VisitDate,
    /// The session.
    pub session: SessionCode,
    /// The phone number to reach the party; `None` once erased (rule 10.3).
    pub phone: Option<Phone>,
    /// Its state.
    pub state: OrderState,
    /// Why it was cancelled, if it was.
    pub cancelled_because: Option<CancelCause>,
    /// What it is found again by.
    pub request_key: RequestKey,
    /// What it was asked for with.
    pub body_digest: BodyDigest,
    /// When the request was received.
    pub created_at: DateTime<Utc>,
    /// Until when, inclusive, it can be paid.
    pub pay_by: DateTime<Utc>,
    /// When it was paid, by the provider's clock.
    pub paid_at: Option<DateTime<Utc>>,
    /// The sum of the frozen prices.
    pub total: Fen,
    /// What was received for it.
    pub paid: Fen,
    /// What was asked back, never more than `paid` (rule 6.6).
    pub refunded: Fen,
    /// The tickets, in the order of the request's visitors.
    pub tickets: Vec<Ticket>,
}

/// Places by venue.
pub type Places = BTreeMap<VenueCode, u32>;

/// A step that the order's state does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an order that is {} cannot be {step}", state.code())]
pub struct WrongState {
    /// The state it is in.
    pub state: OrderState,
    /// What was tried.
    pub step: &'static str,
}

/// Why a ticket is not admitted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AdmitError {
    /// The order has no such ticket, or the ticket none for that venue.
    #[error("no ticket for this venue")]
    NoTicket,
    /// It was admitted before.
    #[error("already used")]
    AlreadyUsed(Admission),
    /// An add-on before the main gate (rule 9.3).
    #[error("the main gate comes first")]
    MainGateFirst,
    /// Unpaid, cancelled, refunded or expired.
    #[error("a ticket that is {} is not admitted", .0.code())]
    NotValid(TicketState),
}

/// Until when an order created at `created_at` for `date` can be paid (rule 5.1).
#[must_use]
pub fn payment_deadline(
    created_at: DateTime<Utc>,
    date: VisitDate,
    rules: &Rules,
) -> DateTime<Utc> {
    let window = created_at + rules.payment_window;
    let minimum = created_at + rules.minimum_payment_window;
    window.min(date.sales_close_at()).max(minimum)
}

impl Ticket {
    /// The states of the admission and of its add-ons, to be set together.
    fn items(&mut self) -> impl Iterator<Item = &mut TicketState> {
        std::iter::once(&mut self.state)
            .chain(self.add_ons.iter_mut().map(|add_on| &mut add_on.state))
    }

    /// The venues this ticket holds a live place in.
    pub fn live_venues(&self) -> impl Iterator<Item = &VenueCode> {
        let own = self.state.is_live().then_some(&self.venue);
        let add_ons = self.add_ons.iter().filter(|add_on| add_on.state.is_live());
        own.into_iter().chain(add_ons.map(|add_on| &add_on.venue))
    }
}

impl Order {
    /// Whether the places of an unpaid order are no longer held at `now` (rule 5.1).
    #[must_use]
    pub fn is_lapsed(&self, now: DateTime<Utc>) -> bool {
        self.state == OrderState::Unpaid && now > self.pay_by
    }

    /// The live places, which are those the quotas count as taken.
    #[must_use]
    pub fn live_places(&self) -> Places {
        let mut places = Places::new();
        for venue in self.tickets.iter().flat_map(Ticket::live_venues) {
            let count = places.entry(venue.clone()).or_insert(0_u32);
            *count = count.saturating_add(1);
        }
        places
    }

    /// The ticket `id`.
    #[must_use]
    pub fn ticket(&self, id: TicketId) -> Option<&Ticket> {
        self.tickets.iter().find(|ticket| ticket.id == id)
    }

    /// `unpaid` → `paid`; every ticket becomes valid.
    ///
    /// # Errors
    /// [`WrongState`] unless the order is unpaid.
    pub fn confirm(&mut self, paid: Fen, paid_at: DateTime<Utc>) -> Result<(), WrongState> {
        self.expect(OrderState::Unpaid, "paid")?;
        self.state = OrderState::Paid;
        self.paid = paid;
        self.paid_at = Some(paid_at);
        self.move_items(TicketState::Held, TicketState::Valid);
        Ok(())
    }

    /// `unpaid` → `cancelled`; the places it held are returned to the caller to release.
    ///
    /// # Errors
    /// [`WrongState`] unless the order is unpaid.
    pub fn cancel(&mut self, cause: CancelCause) -> Result<Places, WrongState> {
        self.expect(OrderState::Unpaid, "cancelled")?;
        let places = self.live_places();
        self.state = OrderState::Cancelled;
        self.cancelled_because = Some(cause);
        self.move_items(TicketState::Held, TicketState::Cancelled);
        Ok(places)
    }

    /// `unpaid` → `closed`, by staff; the places it held are returned to the caller to release.
    ///
    /// # Errors
    /// [`WrongState`] unless the order is unpaid.
    pub fn close_unpaid(&mut self) -> Result<Places, WrongState> {
        let places = self.cancel(CancelCause::Tourist)?;
        self.state = OrderState::Closed;
        self.cancelled_because = None;
        Ok(places)
    }

    /// An expired order comes back to life, paid (rule 5.3); the caller has taken its places anew.
    ///
    /// # Errors
    /// [`WrongState`] unless the order was cancelled by expiry.
    pub fn revive(&mut self, paid: Fen, paid_at: DateTime<Utc>) -> Result<(), WrongState> {
        if self.cancelled_because != Some(CancelCause::Expired) {
            return Err(self.wrong("revived"));
        }
        self.expect(OrderState::Cancelled, "revived")?;
        self.state = OrderState::Paid;
        self.cancelled_because = None;
        self.paid = paid;
        self.paid_at = Some(paid_at);
        self.move_items(TicketState::Cancelled, TicketState::Valid);
        Ok(())
    }

    /// Money came for an order that stays dead: it is booked as received and, at once, as asked
    /// back (rule 5.3).
    ///
    /// # Errors
    /// [`WrongState`] if the order is alive or was paid before.
    pub fn take_and_return(&mut self, paid: Fen, paid_at: DateTime<Utc>) -> Result<(), WrongState> {
        let dead = matches!(self.state, OrderState::Cancelled | OrderState::Closed);
        if !dead || !self.paid.is_zero() {
            return Err(self.wrong("paid and returned"));
        }
        self.paid = paid;
        self.paid_at = Some(paid_at);
        self.refunded = paid;
        Ok(())
    }

    /// `valid` → `used`, of a ticket or of its add-on in `venue` (rules 9.2 and 9.3).
    ///
    /// # Errors
    /// [`AdmitError`]; nothing is changed then.
    pub fn admit(
        &mut self,
        ticket: TicketId,
        venue: &VenueCode,
        admission: Admission,
    ) -> Result<(), AdmitError> {
        let ticket = self.tickets.iter_mut().find(|known| known.id == ticket);
        let ticket = ticket.ok_or(AdmitError::NoTicket)?;
        let (state, used) = if ticket.venue == *venue {
            (&mut ticket.state, &mut ticket.admission)
        } else {
            let add_on = ticket
                .add_ons
                .iter_mut()
                .find(|add_on| add_on.venue == *venue);
            let add_on = add_on.ok_or(AdmitError::NoTicket)?;
            if add_on.state == TicketState::Valid && ticket.state != TicketState::Used {
                return Err(AdmitError::MainGateFirst);
            }
            (&mut add_on.state, &mut add_on.admission)
        };
        match (*state, used.as_ref()) {
            (TicketState::Valid, _) => {
                *state = TicketState::Used;
                *used = Some(admission);
                self.derive_state();
                Ok(())
            }
            (TicketState::Used, Some(earlier)) => Err(AdmitError::AlreadyUsed(earlier.clone())),
            (state, _) => Err(AdmitError::NotValid(state)),
        }
    }

    /// Everything that is still `valid` becomes `expired`: the visit day is over (section 5).
    /// Returns the admissions among it; their holders did not come.
    pub fn expire_unused(&mut self) -> Vec<TicketId> {
        let valid = |ticket: &&Ticket| ticket.state == TicketState::Valid;
        let missed = self.tickets.iter().filter(valid).map(|ticket| ticket.id);
        let missed = missed.collect();
        self.move_items(TicketState::Valid, TicketState::Expired);
        self.derive_state();
        missed
    }

    /// The state that a paid order has by its tickets.
    pub(crate) fn derive_state(&mut self) {
        if !matches!(
            self.state,
            OrderState::Paid | OrderState::Used | OrderState::Refunded
        ) {
            return;
        }
        let all = |wanted| self.tickets.iter().all(|ticket| ticket.state == wanted);
        let any = |wanted| self.tickets.iter().any(|ticket| ticket.state == wanted);
        self.state = if all(TicketState::Refunded) {
            OrderState::Refunded
        } else if !any(TicketState::Valid) && any(TicketState::Used) {
            OrderState::Used
        } else {
            OrderState::Paid
        };
    }

    fn move_items(&mut self, from: TicketState, to: TicketState) {
        for item in self.tickets.iter_mut().flat_map(Ticket::items) {
            if *item == from {
                *item = to;
            }
        }
    }

    fn expect(&self, state: OrderState, step: &'static str) -> Result<(), WrongState> {
        if self.state == state {
            Ok(())
        } else {
            Err(self.wrong(step))
        }
    }

    fn wrong(&self, step: &'static str) -> WrongState {
        WrongState {
            state: self.state,
            step,
        }
    }
}
