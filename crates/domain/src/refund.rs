//! Refunds: what may be refunded, for how much, and at what price in no-shows (section 6).

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::category::Category;
use crate::coded::coded;
use crate::companions::{accompanied, is_child_in_need};
use crate::id::{AccountId, AddOnId, BodyDigest, OrderId, RefundId, RequestKey, TicketId};
use crate::money::{Fen, MoneyError};
use crate::no_show::Standing;
use crate::order::{Order, OrderKind, OrderState, Places, Ticket, TicketState};
use crate::ports::LiveAdmission;
use crate::rules::Rules;
use crate::text::LocalText;
use crate::venue::VenueCode;

/// What has become of a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefundState {
    /// Recorded; its places are free again.
    Requested,
    /// The provider has taken it on.
    Submitted,
    /// The money is back.
    Succeeded,
    /// The provider gave up; staff must act.
    Failed,
}

coded!(RefundState, "refund state", {
    Requested = "requested", Submitted = "submitted", Succeeded = "succeeded", Failed = "failed",
});

/// Who or what asked for a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefundCause {
    /// The tourist.
    Tourist,
    /// A member of staff, at the command line or in the back office.
    Staff,
    /// Money that came too late (rule 5.3).
    LatePayment,
}

coded!(RefundCause, "refund cause", {
    Tourist = "tourist", Staff = "staff", LatePayment = "late_payment",
});

/// One refunded place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundItem {
    /// The ticket.
    pub ticket: TicketId,
    /// The add-on, where it is one; otherwise the admission itself.
    pub add_on: Option<AddOnId>,
    /// Where the place was.
    pub venue: VenueCode,
    /// The visitor's category.
    pub category: Category,
    /// The frozen price.
    pub amount: Fen,
}

/// A refund that was asked for and recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// Its id.
    pub id: RefundId,
    /// Of which order.
    pub order: OrderId,
    /// Whose order.
    pub account: AccountId,
    /// Who asked.
    pub cause: RefundCause,
    /// What goes back, computed from the frozen prices (rule 6.6).
    pub amount: Fen,
    /// Its state.
    pub state: RefundState,
    /// What it is found again by.
    pub request_key: RequestKey,
    /// What it was asked for with.
    pub body_digest: BodyDigest,
    /// The places.
    pub items: Vec<RefundItem>,
    /// When it was recorded.
    pub requested_at: DateTime<Utc>,
    /// When the money was back, or the provider gave up.
    pub finished_at: Option<DateTime<Utc>>,
}

/// What is to be refunded: tickets with all their add-ons, and single add-ons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// Everything that is still valid.
    All,
    /// These tickets and these add-ons.
    Of {
        /// Tickets, each with its add-ons.
        tickets: BTreeSet<TicketId>,
        /// Single add-ons.
        add_ons: BTreeSet<AddOnId>,
    },
}

/// A refund that the rules allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundPlan {
    /// The places that go back.
    pub items: Vec<RefundItem>,
    /// Their money together.
    pub amount: Fen,
    /// The tickets whose refund is a no-show (rule 6.2); none of a visit on an annual pass
    /// (rule 8.3).
    pub no_shows: Vec<TicketId>,
}

/// One rule in the way of a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundObjection {
    /// The ticket it is about; `None` for the whole request.
    pub ticket: Option<TicketId>,
    /// The add-on, where it is about one.
    pub add_on: Option<AddOnId>,
    /// The rule.
    pub reason: RefundReason,
}

/// Why something cannot be refunded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundReason {
    /// Nothing was chosen, or nothing is left to refund.
    NothingChosen,
    /// The order has no such ticket or add-on.
    NotInOrder,
    /// It is not valid: unpaid, cancelled, refunded or expired.
    NotValid(TicketState),
    /// It was used (rule 6.3).
    CheckedIn,
    /// An add-on after the main check-in (rule 6.4).
    GatePassed,
    /// After 20:00 of the visit day (rule 6.3).
    TooLate,
    /// A child would remain without an adult (rule 6.5).
    NeedsAdult {
        /// The children of this order that could go too.
        also_refund: Vec<TicketId>,
    },
    /// It would be a no-show, which the request does not accept (rule 7.3).
    NoShowNotAccepted(Standing),
}

impl RefundReason {
    /// The stable code of the API.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NothingChosen => "refund.nothing_chosen",
            Self::NotInOrder => "ticket.not_found",
            Self::NotValid(_) => "ticket.not_valid",
            Self::CheckedIn => "ticket.used",
            Self::GatePassed => "add_on.main_gate_passed",
            Self::TooLate => "refund.too_late",
            Self::NeedsAdult { .. } => "minor.needs_adult",
            Self::NoShowNotAccepted(_) => "refund.no_show_not_accepted",
        }
    }

    /// What the tourist is told.
    #[must_use]
    pub fn message(&self) -> LocalText {
        match self {
            Self::NothingChosen => LocalText::new("没有可退的门票", "There is nothing to refund"),
            Self::NotInOrder => LocalText::new("订单中没有该门票", "The order has no such ticket"),
            Self::NotValid(_) => LocalText::new(
                "该门票当前状态不可退",
                "This ticket cannot be refunded in its present state",
            ),
            Self::CheckedIn => {
                LocalText::new("该门票已核销，不可退", "A used ticket cannot be refunded")
            }
            Self::GatePassed => LocalText::new(
                "已入院，未使用的展馆票不可退",
                "After entering the palace an unused gallery ticket cannot be refunded",
            ),
            Self::TooLate => LocalText::new(
                "参观日 20:00 后不可退",
                "No refund after 20:00 on the day of the visit",
            ),
            Self::NeedsAdult { .. } => LocalText::new(
                "退票后将有 14 周岁及以下观众无成人陪同，请一并退票",
                "A child of 14 or under would be left without an adult; refund them together",
            ),
            Self::NoShowNotAccepted(standing) => no_show_message(*standing),
        }
    }
}

fn no_show_message(standing: Standing) -> LocalText {
    let count = standing.count;
    match standing.ban_until {
        None => LocalText::new(
            format!("参观日当天退票将计为一次预约未到（累计 {count} 次），请确认后再退"),
            format!(
                "A refund on the day of the visit counts as a no-show (number {count}); please \
                 confirm it"
            ),
        ),
        Some(until) => LocalText::new(
            format!(
                "参观日当天退票将计为一次预约未到（累计 {count} 次），该证件 {until} 24:00 前暂停预约，\
                 请确认后再退"
            ),
            format!(
                "A refund on the day of the visit counts as a no-show (number {count}), and the \
                 document cannot be booked until the end of {until}; please confirm it"
            ),
        ),
    }
}

/// A refund that the rules refuse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundRefusal {
    /// At least one objection.
    pub objections: Vec<RefundObjection>,
}

/// Decides a refund (rules 6.1–6.5).
///
/// `party` is what the account has for that date and session, this order included, read after
/// the day's lock.
///
/// # Errors
/// [`RefundRefusal`] with every objection.
pub fn plan_refund(
    order: &Order,
    selection: &Selection,
    party: &[LiveAdmission],
    now: DateTime<Utc>,
    rules: &Rules,
) -> Result<RefundPlan, RefundRefusal> {
    let mut objections = Vec::new();
    let chosen = choose(order, selection, &mut objections);
    if now >= order.date.at(rules.refund_until) {
        objections.push(whole(RefundReason::TooLate));
    }
    let gone: BTreeSet<TicketId> = chosen
        .iter()
        .filter(|item| item.add_on.is_none())
        .map(|item| item.ticket)
        .collect();
    if chosen.is_empty() && objections.is_empty() {
        objections.push(whole(RefundReason::NothingChosen));
    }
    objections.extend(left_alone(order, &gone, party, now, rules));
    let Ok(amount) = Fen::total(chosen.iter().map(|item| item.amount)) else {
        objections.push(whole(RefundReason::NothingChosen));
        return Err(RefundRefusal { objections });
    };
    if !objections.is_empty() {
        return Err(RefundRefusal { objections });
    }
    // A pass visit is given back until the evening, without a no-show (rule 8.3).
    let counts = now >= order.date.start() && order.kind == OrderKind::Ordinary;
    Ok(RefundPlan {
        items: chosen,
        amount,
        no_shows: if counts {
            gone.into_iter().collect()
        } else {
            Vec::new()
        },
    })
}

/// Everything of an order, whatever the rules of refunds say: for money that came too late
/// (rule 5.3) and for orders that staff close.
///
/// # Errors
/// [`MoneyError`] if the prices do not add up.
pub fn plan_everything(order: &Order) -> Result<RefundPlan, MoneyError> {
    let items: Vec<RefundItem> = order.tickets.iter().flat_map(all_items).collect();
    let amount = Fen::total(items.iter().map(|item| item.amount))?;
    Ok(RefundPlan {
        items,
        amount,
        no_shows: Vec::new(),
    })
}

pub(crate) fn all_items(ticket: &Ticket) -> Vec<RefundItem> {
    let add_ons = ticket.add_ons.iter().map(|add_on| RefundItem {
        ticket: ticket.id,
        add_on: Some(add_on.id),
        venue: add_on.venue.clone(),
        category: ticket.category,
        amount: add_on.price,
    });
    std::iter::once(admission_item(ticket))
        .chain(add_ons)
        .collect()
}

fn admission_item(ticket: &Ticket) -> RefundItem {
    RefundItem {
        ticket: ticket.id,
        add_on: None,
        venue: ticket.venue.clone(),
        category: ticket.category,
        amount: ticket.price,
    }
}

fn whole(reason: RefundReason) -> RefundObjection {
    RefundObjection {
        ticket: None,
        add_on: None,
        reason,
    }
}

/// The places that the selection names, with an objection for each that cannot go back.
fn choose(
    order: &Order,
    selection: &Selection,
    objections: &mut Vec<RefundObjection>,
) -> Vec<RefundItem> {
    let mut chosen = Vec::new();
    let mut unknown_tickets = BTreeSet::new();
    let mut unknown_add_ons = BTreeSet::new();
    if let Selection::Of { tickets, add_ons } = selection {
        unknown_tickets.clone_from(tickets);
        unknown_add_ons.clone_from(add_ons);
    }
    for ticket in &order.tickets {
        let whole_ticket = match selection {
            Selection::All => ticket.state == TicketState::Valid,
            Selection::Of { tickets, .. } => tickets.contains(&ticket.id),
        };
        unknown_tickets.remove(&ticket.id);
        for add_on in &ticket.add_ons {
            unknown_add_ons.remove(&add_on.id);
        }
        if whole_ticket {
            choose_ticket(ticket, &mut chosen, objections);
        } else if let Selection::Of { add_ons, .. } = selection {
            choose_add_ons(ticket, add_ons, &mut chosen, objections);
        }
    }
    objections.extend(unknown_tickets.into_iter().map(|ticket| RefundObjection {
        ticket: Some(ticket),
        add_on: None,
        reason: RefundReason::NotInOrder,
    }));
    objections.extend(unknown_add_ons.into_iter().map(|add_on| RefundObjection {
        ticket: None,
        add_on: Some(add_on),
        reason: RefundReason::NotInOrder,
    }));
    chosen
}

fn choose_ticket(
    ticket: &Ticket,
    chosen: &mut Vec<RefundItem>,
    objections: &mut Vec<RefundObjection>,
) {
    let reason = match ticket.state {
        TicketState::Valid => {
            let live = |item: &RefundItem| {
                item.add_on.is_none_or(|id| {
                    let add_on = ticket.add_ons.iter().find(|add_on| add_on.id == id);
                    add_on.is_some_and(|add_on| add_on.state == TicketState::Valid)
                })
            };
            chosen.extend(all_items(ticket).into_iter().filter(live));
            return;
        }
        TicketState::Used => RefundReason::CheckedIn,
        state => RefundReason::NotValid(state),
    };
    objections.push(RefundObjection {
        ticket: Some(ticket.id),
        add_on: None,
        reason,
    });
}

fn choose_add_ons(
    ticket: &Ticket,
    wanted: &BTreeSet<AddOnId>,
    chosen: &mut Vec<RefundItem>,
    objections: &mut Vec<RefundObjection>,
) {
    for add_on in ticket
        .add_ons
        .iter()
        .filter(|add_on| wanted.contains(&add_on.id))
    {
        let reason = match (ticket.state, add_on.state) {
            (TicketState::Used, TicketState::Valid) => RefundReason::GatePassed,
            (_, TicketState::Used) => RefundReason::CheckedIn,
            (TicketState::Valid, TicketState::Valid) => {
                chosen.push(RefundItem {
                    ticket: ticket.id,
                    add_on: Some(add_on.id),
                    venue: add_on.venue.clone(),
                    category: ticket.category,
                    amount: add_on.price,
                });
                continue;
            }
            (_, state) => RefundReason::NotValid(state),
        };
        objections.push(RefundObjection {
            ticket: Some(ticket.id),
            add_on: Some(add_on.id),
            reason,
        });
    }
}

/// Rule 6.5: nobody of 14 or under is left without an adult. Asked twice: among those whose
/// tickets are valid, and among them and those whose order is still to be paid, because a child in
/// such an order was accepted for the sake of a valid adult (rule 3.6).
fn left_alone(
    order: &Order,
    gone: &BTreeSet<TicketId>,
    party: &[LiveAdmission],
    now: DateTime<Utc>,
    rules: &Rules,
) -> Option<RefundObjection> {
    if gone.is_empty() {
        return None;
    }
    let remaining: Vec<&LiveAdmission> = party
        .iter()
        .filter(|admission| admission.session == order.session)
        .filter(|admission| !gone.contains(&admission.ticket))
        .filter(|admission| admission.unpaid_until.is_none_or(|pay_by| now <= pay_by))
        .collect();
    let is_valid = |admission: &&LiveAdmission| {
        matches!(admission.state, TicketState::Valid | TicketState::Used)
    };
    let valid: Vec<&LiveAdmission> = remaining.iter().copied().filter(is_valid).collect();
    let may_stay = |people: &[&LiveAdmission]| {
        accompanied(people.iter().map(|admission| admission.age), rules)
    };
    if may_stay(&valid) && may_stay(&remaining) {
        return None;
    }
    let also_refund = valid
        .iter()
        .filter(|admission| admission.order == order.id && admission.state == TicketState::Valid)
        .filter(|admission| is_child_in_need(admission.age, rules))
        .map(|admission| admission.ticket)
        .collect();
    Some(RefundObjection {
        ticket: gone.first().copied(),
        add_on: None,
        reason: RefundReason::NeedsAdult { also_refund },
    })
}

impl Order {
    /// Carries out what [`plan_refund`] allowed: the tickets and add-ons become `refunded`, the
    /// amount is added to `refunded`, the order's state follows. Returns the places that came
    /// free.
    ///
    /// # Errors
    /// [`MoneyError`] if more would go back than was paid (rule 6.6); nothing is changed then.
    pub fn apply_refund(&mut self, plan: &RefundPlan) -> Result<Places, MoneyError> {
        let refunded = self
            .refunded
            .checked_add(plan.amount)
            .filter(|refunded| *refunded <= self.paid)
            .ok_or(MoneyError::TooLarge)?;
        self.refunded = refunded;
        let mut places = Places::new();
        for item in &plan.items {
            let Some(ticket) = self
                .tickets
                .iter_mut()
                .find(|ticket| ticket.id == item.ticket)
            else {
                continue;
            };
            match item.add_on {
                None => ticket.state = TicketState::Refunded,
                Some(id) => {
                    let add_on = ticket.add_ons.iter_mut().find(|add_on| add_on.id == id);
                    add_on
                        .into_iter()
                        .for_each(|add_on| add_on.state = TicketState::Refunded);
                }
            }
            let count = places.entry(item.venue.clone()).or_insert(0_u32);
            *count = count.saturating_add(1);
        }
        if self.state != OrderState::Closed {
            self.derive_state();
        }
        Ok(places)
    }
}
