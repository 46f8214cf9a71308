//! Where verified news of payments is handed in.
//!
//! What is in time is booked together with the news that waits beside it, in one transaction. What
//! came too late needs its day, on which orders are being placed: it is booked alone, so that no
//! neighbour waits for that. Callers see news go in and, after the commit, a confirmation come back.

use std::sync::Arc;
use std::time::Duration;

use api_kit::blocking::BlockingPool;
use api_kit::error::ApiError;
use api_kit::group_desk::{DeskOptions, GroupDesk, GroupWork};
use api_kit::settings;
use domain::id::OrderNumber;
use domain::ports::{StoreError, UnitOfWork};
use domain::rules::Rules;
use domain::use_cases::confirm_payment::{
    Confirmation, GroupBooking, PaymentNotice, confirm_payments,
};
use domain::use_cases::late_payment::confirm_late_payment;

/// How long news may wait to be booked: WeChat gives up after five seconds, and sends it again.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// Takes news of payments in.
pub(crate) struct PaymentDesk {
    cashier: Arc<Cashier>,
    desk: GroupDesk<Booking>,
    /// For payments that came too late.
    pool: Arc<BlockingPool>,
}

/// What booking a payment takes.
pub(crate) struct Cashier {
    pub(crate) unit_of_work: Arc<dyn UnitOfWork>,
    pub(crate) rules: Rules,
}

impl PaymentDesk {
    /// Opens a desk that books late payments on `pool`.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub(crate) fn open(
        cashier: Cashier,
        pool: Arc<BlockingPool>,
        settings: &settings::Desk,
    ) -> std::io::Result<Self> {
        let options = DeskOptions::of("payments", settings, LONGEST_WAIT);
        let cashier = Arc::new(cashier);
        Ok(Self {
            desk: GroupDesk::open(options, Booking(Arc::clone(&cashier)))?,
            cashier,
            pool,
        })
    }

    /// Books news of a payment. A caller that leaves does not take it back: told again, the news
    /// finds its payment booked.
    pub(crate) async fn book(&self, notice: PaymentNotice) -> Result<Confirmation, ApiError> {
        match self.desk.hand_in(notice.clone()).await? {
            GroupBooking::Settled(confirmation) => Ok(confirmation),
            GroupBooking::Late(date) => {
                let cashier = Arc::clone(&self.cashier);
                let book = move || {
                    let (unit_of_work, rules) = (&*cashier.unit_of_work, &cashier.rules);
                    confirm_late_payment(unit_of_work, rules, &notice, date)
                };
                Ok(self.pool.run(book).await??)
            }
        }
    }
}

/// Books groups of payments.
struct Booking(Arc<Cashier>);

impl GroupWork for Booking {
    type Request = PaymentNotice;
    type Outcome = GroupBooking;
    /// One for all: a payment in time takes no day, so that those of any days go together.
    type Lane = ();
    /// The order: news of one that is broken keeps apart, whoever paid.
    type Author = OrderNumber;

    fn lane(&self, _: &PaymentNotice) {}

    fn author(&self, notice: &PaymentNotice) -> OrderNumber {
        notice.news.number.clone()
    }

    fn weight(&self, _: &PaymentNotice) -> usize {
        1
    }

    fn decide(&self, group: &[PaymentNotice]) -> Result<Vec<GroupBooking>, StoreError> {
        confirm_payments(&*self.0.unit_of_work, group)
    }
}
