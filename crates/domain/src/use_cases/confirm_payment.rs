//! News that an order was paid (rules 5.2–5.5).

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::id::RefundId;
use crate::id::{BodyDigest, RequestKey};
use crate::ledger::{payment_entries, refund_entries};
use crate::order::{CancelCause, Order, OrderState, WrongState};
use crate::outbox::{Message, MessageKind};
use crate::payment::{
    AttemptState, DifferenceCause, PaymentAttempt, PaymentDifference, PaymentNews, fits,
};
use crate::ports::{LapsedOrder, StoreError, Stores, UnitOfWork};
use crate::refund::{Refund, RefundCause, RefundState, plan_everything};
use crate::rules::Rules;
use crate::visit_date::VisitDate;

use super::expire_unpaid_orders::expire_orders;
use super::order_request::{Applicant, KnownDocument, OrderRequest, Person};
use super::picture::Picture;
use super::place_orders::{lapsed_holders, paid_message};
use super::placing_rules::{Purpose, Verdict, decide, wants_places_only};

/// What the news led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmation {
    /// The order is paid now.
    Confirmed,
    /// It was booked before; nothing was done.
    Already,
    /// It came too late, and the expired order lives again (rule 5.3).
    Revived,
    /// It came too late, and all of it goes back (rule 5.3).
    Returned,
    /// It fits no order; it stands on the difference list (rule 5.5).
    Difference,
}

/// How often a late payment's order is tried to be revived, as placing an order is.
const REVIVAL_RUNS: u32 = 3;

/// What to do with a payment that came too late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Late {
    /// Revive the order, or roll back and say which lapsed orders stand in the way.
    Revive,
    /// Revive the order, or send the money back.
    ReviveOrReturn,
    /// Send the money back.
    Return,
}

/// Why a late payment was not booked.
enum LateError {
    Store(StoreError),
    /// Only orders past their `pay_by` stand in the way, which is no obstacle.
    Lapsed(BTreeSet<LapsedOrder>),
}

impl From<StoreError> for LateError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<WrongState> for LateError {
    fn from(error: WrongState) -> Self {
        Self::Store(error.into())
    }
}

enum Step {
    Done(Confirmation),
    NeedsDay(VisitDate),
}

/// Books verified news of a payment, from a notification or a query. Repeating it, in any order
/// and any number of times, changes nothing more.
///
/// `refund` is the id that an automatic refund would have.
///
/// # Errors
/// [`StoreError`]; the news must come again then.
pub fn confirm_payment(
    unit_of_work: &dyn UnitOfWork,
    rules: &Rules,
    news: &PaymentNews,
    refund: RefundId,
    now: DateTime<Utc>,
) -> Result<Confirmation, StoreError> {
    let date = match unit_of_work.run(|stores| confirm_in_time(stores, news, now))? {
        Step::Done(confirmation) => return Ok(confirmation),
        Step::NeedsDay(date) => date,
    };
    let booking = Booking {
        rules,
        news,
        refund,
        now,
    };
    booking.book(unit_of_work, date)
}

/// The common case takes no place, so it needs no day: the order's own lock is enough.
fn confirm_in_time(
    stores: &mut dyn Stores,
    news: &PaymentNews,
    now: DateTime<Utc>,
) -> Result<Step, StoreError> {
    let (order, attempt) = match lock_attempt(stores, news, now)? {
        Ok(locked) => locked,
        Err(confirmation) => return Ok(Step::Done(confirmation)),
    };
    if in_time(&order, news) {
        confirm(stores, order, attempt, news, now)?;
        return Ok(Step::Done(Confirmation::Confirmed));
    }
    Ok(Step::NeedsDay(order.date))
}

/// Rule 5.2.
fn in_time(order: &Order, news: &PaymentNews) -> bool {
    order.state == OrderState::Unpaid && news.success_time <= order.pay_by
}

type Locked = Result<(Order, PaymentAttempt), Confirmation>;

/// Locks the order of the news and reads its attempt, unless the news settles itself.
fn lock_attempt(
    stores: &mut dyn Stores,
    news: &PaymentNews,
    now: DateTime<Utc>,
) -> Result<Locked, StoreError> {
    let Some(seen) = stores.payments().find(&news.number)? else {
        note_difference(stores, news, None, DifferenceCause::UnknownNumber, now)?;
        return Ok(Err(Confirmation::Difference));
    };
    let order = stores.orders().lock(&[seen.order])?.pop();
    let attempt = stores.payments().find(&news.number)?;
    let (Some(order), Some(mut attempt)) = (order, attempt) else {
        return Err(StoreError::Fault(
            "a payment attempt without its order".to_owned(),
        ));
    };
    if let Err(cause) = fits(&attempt, news) {
        note_difference(stores, news, Some(&attempt), cause, now)?;
        if attempt.state == AttemptState::Open {
            attempt.state = AttemptState::Difference;
            stores.payments().save(&attempt)?;
        }
        return Ok(Err(Confirmation::Difference));
    }
    if attempt.state == AttemptState::Paid {
        return Ok(Err(Confirmation::Already));
    }
    Ok(Ok((order, attempt)))
}

fn note_difference(
    stores: &mut dyn Stores,
    news: &PaymentNews,
    attempt: Option<&PaymentAttempt>,
    cause: DifferenceCause,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    stores.payments().record_difference(&PaymentDifference {
        news: news.clone(),
        expected: attempt.map(|attempt| attempt.amount),
        cause,
        noticed_at: now,
    })
}

fn confirm(
    stores: &mut dyn Stores,
    mut order: Order,
    attempt: PaymentAttempt,
    news: &PaymentNews,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    order.confirm(news.amount, news.success_time)?;
    stores.orders().save(std::slice::from_ref(&order))?;
    book_payment(stores, &order, attempt, news)?;
    stores.outbox().add(&[paid_message(&order, now)])
}

/// The attempt is paid, and the ledger has the money.
fn book_payment(
    stores: &mut dyn Stores,
    order: &Order,
    mut attempt: PaymentAttempt,
    news: &PaymentNews,
) -> Result<(), StoreError> {
    attempt.state = AttemptState::Paid;
    attempt.transaction_id = Some(news.transaction_id.clone());
    stores.payments().save(&attempt)?;
    let entries = payment_entries(order, news.success_time);
    stores.ledger().append(&entries)
}

/// A payment that came too late, with all that its booking needs.
struct Booking<'a> {
    rules: &'a Rules,
    news: &'a PaymentNews,
    refund: RefundId,
    now: DateTime<Utc>,
}

impl Booking<'_> {
    /// Books the payment; lapsed orders in the way of a revival are expired first, as they are
    /// when an order is placed.
    fn book(
        &self,
        unit_of_work: &dyn UnitOfWork,
        date: VisitDate,
    ) -> Result<Confirmation, StoreError> {
        let mut late = Late::Revive;
        for run in 1..=REVIVAL_RUNS {
            match unit_of_work.run(|stores| self.book_late(stores, date, late)) {
                Ok(confirmation) => return Ok(confirmation),
                Err(LateError::Lapsed(lapsed)) => {
                    expire_orders(unit_of_work, &lapsed, self.now)?;
                    if run + 1 == REVIVAL_RUNS {
                        late = Late::ReviveOrReturn;
                    }
                }
                // A unique key is an answer of the rules too: somebody else has the place.
                Err(LateError::Store(StoreError::Duplicate(_))) => late = Late::Return,
                Err(LateError::Store(error)) => return Err(error),
            }
        }
        Err(StoreError::Contention)
    }

    fn book_late(
        &self,
        stores: &mut dyn Stores,
        date: VisitDate,
        late: Late,
    ) -> Result<Confirmation, LateError> {
        let seen = stores.orders().find_number(&self.news.number)?;
        let request = seen.as_ref().and_then(|order| self.as_request(order));
        let requests: Vec<OrderRequest> = request.into_iter().collect();
        // The day comes before the order, in every unit; without a request the picture still
        // takes nothing, so it is taken here.
        let mut picture = Picture::take(stores, &requests)?;
        if requests.is_empty() {
            stores.days().take(date)?;
        }
        let (mut order, attempt) = match lock_attempt(stores, self.news, self.now)? {
            Ok(locked) => locked,
            Err(confirmation) => return Ok(confirmation),
        };
        if in_time(&order, self.news) {
            confirm(stores, order, attempt, self.news, self.now)?;
            return Ok(Confirmation::Confirmed);
        }
        if order.state == OrderState::Unpaid {
            let places = order.cancel(CancelCause::Expired)?;
            picture.quotas.release(&order, &places)?;
        }
        picture.forget(order.id);
        let expired = order.cancelled_because == Some(CancelCause::Expired);
        if expired && late != Late::Return && self.may_live(stores, &picture, &requests, late)? {
            order.revive(self.news.amount, self.news.success_time)?;
            picture.quotas.take(&order, &order.live_places())?;
            picture.quotas.save(stores)?;
            stores.orders().save(std::slice::from_ref(&order))?;
            book_payment(stores, &order, attempt, self.news)?;
            stores.outbox().add(&[paid_message(&order, self.now)])?;
            return Ok(Confirmation::Revived);
        }
        order.take_and_return(self.news.amount, self.news.success_time)?;
        picture.quotas.save(stores)?;
        stores.orders().save(std::slice::from_ref(&order))?;
        book_payment(stores, &order, attempt, self.news)?;
        self.send_back(stores, &order)?;
        Ok(Confirmation::Returned)
    }

    /// Whether the placing rules hold again (rule 5.3).
    fn may_live(
        &self,
        stores: &mut dyn Stores,
        picture: &Picture,
        requests: &[OrderRequest],
        late: Late,
    ) -> Result<bool, LateError> {
        let Some(request) = requests.first() else {
            return Ok(false);
        };
        let lapsed = match decide(picture, request, Purpose::Revival, self.rules)? {
            Verdict::Accept(_) => return Ok(true),
            Verdict::Lapsed(lapsed) => lapsed,
            Verdict::Refuse(refusal) if wants_places_only(&refusal) => {
                let holders = lapsed_holders(stores, request)?.into_iter();
                // The order itself may be one of them; it holds no place in this picture.
                holders
                    .filter(|lapsed| lapsed.order != request.order)
                    .collect()
            }
            _ => BTreeSet::new(),
        };
        if late == Late::Revive && !lapsed.is_empty() {
            return Err(LateError::Lapsed(lapsed));
        }
        Ok(false)
    }

    /// The order as it would be asked for now. `None` once its visitors were erased.
    fn as_request(&self, order: &Order) -> Option<OrderRequest> {
        let applicants = order.tickets.iter().map(|ticket| {
            let person = Person {
                document_type: ticket.document_type,
                nationality: ticket.nationality.clone(),
                document_hash: ticket.document_hash?,
                identity: ticket.identity.clone()?,
                birth_date: None,
            };
            let add_ons = ticket.add_ons.iter();
            let document = KnownDocument {
                kind: ticket.document_type,
                hash: person.document_hash,
            };
            Some(Applicant {
                ticket: ticket.id,
                document: Some(document),
                person: Ok((person, ticket.age)),
                category: ticket.category,
                add_ons: add_ons
                    .map(|add_on| (add_on.id, add_on.venue.clone()))
                    .collect(),
            })
        });
        Some(OrderRequest {
            order: order.id,
            account: order.account,
            pass: order.pass,
            date: order.date,
            session: order.session.clone(),
            phone: order.phone.clone()?,
            applicants: applicants.collect::<Option<Vec<_>>>()?,
            request_key: order.request_key,
            body_digest: order.body_digest,
            received_at: self.now,
        })
    }

    /// The refund of everything, and the word to the tourist.
    fn send_back(&self, stores: &mut dyn Stores, order: &Order) -> Result<(), StoreError> {
        let plan = plan_everything(order)?;
        let entries = refund_entries(order, self.refund, &plan.items, self.now);
        stores.refunds().insert(&Refund {
            id: self.refund,
            order: order.id,
            account: order.account,
            cause: RefundCause::LatePayment,
            amount: plan.amount,
            state: RefundState::Requested,
            request_key: RequestKey::of_id(self.refund.uuid()),
            body_digest: BodyDigest([0; 32]),
            items: plan.items,
            requested_at: self.now,
            finished_at: None,
        })?;
        stores.ledger().append(&entries)?;
        stores.outbox().add(&[Message {
            kind: MessageKind::LatePaymentReturned,
            account: order.account,
            order: order.id,
            reference: order.number.to_string(),
            created_at: self.now,
        }])
    }
}
