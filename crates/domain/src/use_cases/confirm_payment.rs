//! News that orders were paid (rules 5.2, 5.4 and 5.5), a group at a time.
//!
//! A payment in time takes no place, so that it needs no day: the locks of the orders are enough,
//! and payments of any days are booked together. One that came too late does need its day, and is
//! booked alone (`late_payment.rs`), so that no neighbour waits for that day.

use chrono::{DateTime, Utc};

use crate::id::RefundId;
use crate::order::{Order, OrderState};
use crate::payment::PaymentNews;
use crate::ports::{StoreError, Stores, UnitOfWork};
use crate::rules::Rules;
use crate::visit_date::VisitDate;

use super::late_payment::confirm_late_payment;
use super::locked_payments::{Bookings, LockedPayments};

/// Verified news of a payment, from a notification or a query, with what its booking needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentNotice {
    /// What the provider told.
    pub news: PaymentNews,
    /// The id that an automatic refund would have.
    pub refund: RefundId,
    /// When we were told.
    pub received_at: DateTime<Utc>,
}

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

/// What booking a group has made of one piece of news.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupBooking {
    /// It is settled.
    Settled(Confirmation),
    /// It fits, but came too late or for an order that is over. Nothing was done yet:
    /// [`confirm_late_payment`] books it under the order's visit date, which is this.
    Late(VisitDate),
}

/// Books news of one payment. Repeating it, in any order and any number of times, changes nothing
/// more.
///
/// # Errors
/// [`StoreError`]; the news must come again then.
pub fn confirm_payment(
    unit_of_work: &dyn UnitOfWork,
    rules: &Rules,
    notice: &PaymentNotice,
) -> Result<Confirmation, StoreError> {
    match confirm_payments(unit_of_work, std::slice::from_ref(notice))?[..] {
        [GroupBooking::Settled(confirmation)] => Ok(confirmation),
        [GroupBooking::Late(date)] => confirm_late_payment(unit_of_work, rules, notice, date),
        _ => Err(StoreError::Fault(
            "one piece of news has not one outcome".to_owned(),
        )),
    }
}

/// Books news of payments in one transaction: one outcome for each, in their order. Of several
/// pieces of news of one payment the first is booked, and the others find it so.
///
/// # Errors
/// [`StoreError`] for the group as a whole: nothing was stored, and all of the news must come
/// again, in groups or alone. [`StoreError::Fault`] may lie in a single one of the orders.
pub fn confirm_payments(
    unit_of_work: &dyn UnitOfWork,
    notices: &[PaymentNotice],
) -> Result<Vec<GroupBooking>, StoreError> {
    unit_of_work.run(|stores| book_group(stores, notices))
}

fn book_group(
    stores: &mut dyn Stores,
    notices: &[PaymentNotice],
) -> Result<Vec<GroupBooking>, StoreError> {
    let mut locked = LockedPayments::lock(stores, notices)?;
    let mut bookings = Bookings::default();
    let mut outcomes = Vec::with_capacity(notices.len());
    for notice in notices {
        outcomes.push(match locked.judge(stores, notice)? {
            Err(confirmation) => GroupBooking::Settled(confirmation),
            Ok(payment) if !in_time(payment.order, &notice.news) => {
                GroupBooking::Late(payment.order.date)
            }
            Ok(payment) => {
                payment.confirm(notice, &mut bookings)?;
                GroupBooking::Settled(Confirmation::Confirmed)
            }
        });
    }
    bookings.save(stores)?;
    Ok(outcomes)
}

/// Rule 5.2.
pub(super) fn in_time(order: &Order, news: &PaymentNews) -> bool {
    order.state == OrderState::Unpaid && news.success_time <= order.pay_by
}
