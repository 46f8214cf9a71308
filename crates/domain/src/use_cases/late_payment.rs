//! A payment that came too late, or for an order that is over (rule 5.3).

use std::collections::BTreeSet;

use crate::id::{BodyDigest, RequestKey};
use crate::ledger::refund_entries;
use crate::order::{CancelCause, Order, OrderState, WrongState};
use crate::outbox::{Message, MessageKind};
use crate::ports::{LapsedOrder, StoreError, Stores, UnitOfWork};
use crate::refund::{Refund, RefundCause, RefundState, plan_everything};
use crate::rules::Rules;
use crate::visit_date::VisitDate;

use super::confirm_payment::{Confirmation, PaymentNotice, in_time};
use super::expire_unpaid_orders::expire_orders;
use super::locked_payments::{Bookings, FittingPayment, LockedPayments};
use super::order_request::{Applicant, KnownDocument, OrderRequest, Person};
use super::picture::Picture;
use super::place_orders::{lapsed_holders, paid_message};
use super::placing_rules::{Purpose, Verdict, decide, wants_places_only};

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

/// Books a payment that [`confirm_payments`](super::confirm_payment::confirm_payments) has called
/// late: under `date`, the visit date of its order, the order lives again or the money goes back.
/// Repeating it changes nothing more.
///
/// # Errors
/// [`StoreError`]; the news must come again then.
pub fn confirm_late_payment(
    unit_of_work: &dyn UnitOfWork,
    rules: &Rules,
    notice: &PaymentNotice,
    date: VisitDate,
) -> Result<Confirmation, StoreError> {
    Booking { rules, notice }.book(unit_of_work, date)
}

/// A payment that came too late, with all that its booking needs.
struct Booking<'a> {
    rules: &'a Rules,
    notice: &'a PaymentNotice,
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
                    expire_orders(unit_of_work, &lapsed, self.notice.received_at)?;
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
        let seen = stores.orders().find_number(&self.notice.news.number)?;
        let request = seen.as_ref().and_then(|order| self.as_request(order));
        let requests: Vec<OrderRequest> = request.into_iter().collect();
        // The day comes before the order, in every unit; without a request the picture still
        // takes nothing, so it is taken here.
        let mut picture = Picture::take(stores, &requests)?;
        if requests.is_empty() {
            stores.days().take(date)?;
        }
        let mut locked = LockedPayments::lock(stores, std::slice::from_ref(self.notice))?;
        let mut bookings = Bookings::default();
        let payment = match locked.judge(stores, self.notice)? {
            Ok(payment) => payment,
            Err(confirmation) => return Ok(confirmation),
        };
        if in_time(payment.order, &self.notice.news) {
            payment.confirm(self.notice, &mut bookings)?;
            bookings.save(stores)?;
            return Ok(Confirmation::Confirmed);
        }
        if payment.order.state == OrderState::Unpaid {
            let places = payment.order.cancel(CancelCause::Expired)?;
            picture.quotas.release(payment.order, &places)?;
        }
        picture.forget(payment.order.id);
        let expired = payment.order.cancelled_because == Some(CancelCause::Expired);
        if expired && late != Late::Return && self.may_live(stores, &picture, &requests, late)? {
            self.revive(stores, picture, payment)?;
            return Ok(Confirmation::Revived);
        }
        self.give_back(stores, &picture, payment)?;
        Ok(Confirmation::Returned)
    }

    fn revive(
        &self,
        stores: &mut dyn Stores,
        mut picture: Picture,
        payment: FittingPayment<'_>,
    ) -> Result<(), LateError> {
        let (news, mut bookings) = (&self.notice.news, Bookings::default());
        payment.order.revive(news.amount, news.success_time)?;
        let places = payment.order.live_places();
        picture.quotas.take(payment.order, &places)?;
        picture.quotas.save(stores)?;
        bookings.tell(paid_message(payment.order, self.notice.received_at));
        payment.book(self.notice, &mut bookings);
        Ok(bookings.save(stores)?)
    }

    fn give_back(
        &self,
        stores: &mut dyn Stores,
        picture: &Picture,
        payment: FittingPayment<'_>,
    ) -> Result<(), LateError> {
        let (news, mut bookings) = (&self.notice.news, Bookings::default());
        let order = &mut *payment.order;
        order.take_and_return(news.amount, news.success_time)?;
        picture.quotas.save(stores)?;
        let returned = payment.order.clone();
        payment.book(self.notice, &mut bookings);
        bookings.save(stores)?;
        Ok(self.send_back(stores, &returned)?)
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
                let holders =
                    lapsed_holders(stores, request.date, request.received_at)?.into_iter();
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
            received_at: self.notice.received_at,
        })
    }

    /// The refund of everything, and the word to the tourist.
    fn send_back(&self, stores: &mut dyn Stores, order: &Order) -> Result<(), StoreError> {
        let plan = plan_everything(order)?;
        let entries = refund_entries(
            order,
            self.notice.refund,
            &plan.items,
            self.notice.received_at,
        );
        stores.refunds().insert(&Refund {
            id: self.notice.refund,
            order: order.id,
            account: order.account,
            cause: RefundCause::LatePayment,
            amount: plan.amount,
            state: RefundState::Requested,
            request_key: RequestKey::of_id(self.notice.refund.uuid()),
            body_digest: BodyDigest([0; 32]),
            items: plan.items,
            requested_at: self.notice.received_at,
            finished_at: None,
        })?;
        stores.ledger().append(&entries)?;
        stores.outbox().add(&[Message {
            kind: MessageKind::LatePaymentReturned,
            account: order.account,
            order: order.id,
            reference: order.number.to_string(),
            created_at: self.notice.received_at,
        }])
    }
}
