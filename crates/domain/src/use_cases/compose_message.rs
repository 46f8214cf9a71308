//! What a message says, put together when it is sent, from what is stored then.

use chrono::{DateTime, TimeDelta, Utc};

use crate::delivery::{DeliveryState, Failure};
use crate::id::{RefundId, TicketId};
use crate::message_parts::{MessagePart, PartValue, TouristMessage};
use crate::money::Fen;
use crate::order::{Order, OrderState, TicketState};
use crate::outbox::{Message, MessageKind};
use crate::ports::{StoreError, Stores};
use crate::session::EntryWindow;
use crate::visit_date::VisitDate;

/// Why there is nothing to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NothingToSend {
    /// The message ends in this state.
    Ended(DeliveryState, Failure),
    /// The store failed.
    Store(StoreError),
}

impl From<StoreError> for NothingToSend {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

const NO_LONGER_TRUE: NothingToSend =
    NothingToSend::Ended(DeliveryState::Dropped, Failure::NoLongerTrue);
const SUBJECT_MISSING: NothingToSend =
    NothingToSend::Ended(DeliveryState::Dead, Failure::SubjectMissing);

type Parts = Vec<(MessagePart, PartValue)>;

/// The message as it is true at `now`.
pub(super) fn compose(
    stores: &mut dyn Stores,
    message: &Message,
    now: DateTime<Utc>,
) -> Result<TouristMessage, NothingToSend> {
    let account = stores.accounts().find(message.account)?;
    let order = stores.orders().find(message.order)?;
    let (Some(account), Some(order)) = (account, order) else {
        return Err(SUBJECT_MISSING);
    };
    let mut parts = vec![(
        MessagePart::OrderNumber,
        PartValue::Code(order.number.to_string()),
    )];
    parts.extend(match message.kind {
        MessageKind::OrderPaid => paid(stores, &order)?,
        MessageKind::LatePaymentReturned => returned(stores, &order)?,
        MessageKind::RefundSucceeded => refunded(stores, &order, &message.reference)?,
        MessageKind::VisitReminder => reminder(stores, &order, now)?,
        MessageKind::Banned => banned(stores, &order, &message.reference)?,
    });
    Ok(TouristMessage {
        to: account.open_id,
        kind: message.kind,
        order: order.id,
        parts,
    })
}

fn paid(stores: &mut dyn Stores, order: &Order) -> Result<Parts, NothingToSend> {
    if !matches!(order.state, OrderState::Paid | OrderState::Used) {
        return Err(NO_LONGER_TRUE);
    }
    let visit = Visit::of(stores, order)?;
    let mut parts = visit.parts();
    parts.push((MessagePart::Visitors, visitors(order)));
    parts.push((MessagePart::Amount, PartValue::Amount(order.paid)));
    parts.push(note("请携带订票时登记的证件原件入院"));
    Ok(parts)
}

fn returned(stores: &mut dyn Stores, order: &Order) -> Result<Parts, NothingToSend> {
    let visit = Visit::of(stores, order)?;
    Ok(visit.parts_with_money(order.paid, "支付超时，款项将原路退回"))
}

fn refunded(
    stores: &mut dyn Stores,
    order: &Order,
    reference: &str,
) -> Result<Parts, NothingToSend> {
    let id = RefundId::parse(reference).map_err(|_| SUBJECT_MISSING)?;
    let refund = stores.refunds().find(id)?.ok_or(SUBJECT_MISSING)?;
    let visit = Visit::of(stores, order)?;
    let told = if refund.amount.is_zero() {
        "退票成功"
    } else {
        "退票成功，款项已原路退回"
    };
    Ok(visit.parts_with_money(refund.amount, told))
}

fn reminder(
    stores: &mut dyn Stores,
    order: &Order,
    now: DateTime<Utc>,
) -> Result<Parts, NothingToSend> {
    let expected = count(order, TicketState::Valid) > 0;
    let visit = Visit::of(stores, order)?;
    if !expected || !visit.is_open || now >= visit.window.until {
        return Err(NO_LONGER_TRUE);
    }
    let mut parts = visit.parts();
    parts.push((MessagePart::Visitors, visitors(order)));
    parts.push(note("请携带证件原件，在入院时段内到达"));
    Ok(parts)
}

/// Rule 7.2. What staff have taken back in the meantime is not told.
fn banned(stores: &mut dyn Stores, order: &Order, reference: &str) -> Result<Parts, NothingToSend> {
    let id = TicketId::parse(reference).map_err(|_| SUBJECT_MISSING)?;
    let ticket = order.ticket(id).ok_or(SUBJECT_MISSING)?;
    let document = ticket.document_hash.ok_or(NO_LONGER_TRUE)?;
    let bans = stores.bans().bans(&[document], order.date)?;
    // One that was recorded late may have completed a number whose third day lies after it.
    let bans = bans.iter().filter(|ban| ban.rests_on(order.date));
    let ban = bans.min_by_key(|ban| ban.third);
    let last_day = ban.ok_or(NO_LONGER_TRUE)?.last_day;
    Ok(vec![
        (MessagePart::VisitDay, PartValue::Day(order.date)),
        (MessagePart::BannedUntil, PartValue::Day(last_day)),
        note("多次预约未到，该证件暂停预约"),
    ])
}

/// When and where the order's visitors are expected.
struct Visit {
    date: VisitDate,
    session: String,
    window: EntryWindow,
    is_open: bool,
}

impl Visit {
    fn of(stores: &mut dyn Stores, order: &Order) -> Result<Self, StoreError> {
        let day = stores.days().range(order.date, order.date)?.pop();
        let day = day.ok_or_else(|| missing("opening day"))?;
        let sessions = stores.catalogue().sessions()?;
        let mut sessions = sessions.into_iter();
        let session = sessions.find(|session| *session.code() == order.session);
        let session = session.ok_or_else(|| missing("session"))?;
        Ok(Self {
            date: order.date,
            session: session.name().zh().to_owned(),
            window: session.entry_window(order.date, day.hours()),
            is_open: day.is_open(),
        })
    }

    fn parts(&self) -> Parts {
        let period = PartValue::Period {
            from: self.window.from,
            until: self.window.until - TimeDelta::minutes(1),
        };
        vec![
            (MessagePart::Session, PartValue::Text(self.session.clone())),
            (MessagePart::VisitDay, PartValue::Day(self.date)),
            (MessagePart::Entry, period),
        ]
    }

    /// Of a visit that will not be: its times do not matter any more.
    fn parts_with_money(&self, amount: Fen, told: &str) -> Parts {
        vec![
            (MessagePart::Session, PartValue::Text(self.session.clone())),
            (MessagePart::VisitDay, PartValue::Day(self.date)),
            (MessagePart::Amount, PartValue::Amount(amount)),
            note(told),
        ]
    }
}

fn missing(what: &str) -> StoreError {
    StoreError::Fault(format!("an order's {what} does not exist"))
}

fn note(text: &str) -> (MessagePart, PartValue) {
    (MessagePart::Note, PartValue::Text(text.to_owned()))
}

/// Those who may still come and those who have.
fn visitors(order: &Order) -> PartValue {
    PartValue::Count(count(order, TicketState::Valid) + count(order, TicketState::Used))
}

fn count(order: &Order, state: TicketState) -> usize {
    let tickets = order.tickets.iter();
    tickets.filter(|ticket| ticket.state == state).count()
}
