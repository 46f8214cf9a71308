//! Orders that a scenario finds when it begins, placed and paid by the use cases themselves.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use domain::account::OpenId;
use domain::category::Category;
use domain::id::{AccountId, BodyDigest, IdSource, OrderId, OrderNumber, RefundId, RequestKey};
use domain::identity::DocumentType;
use domain::money::Fen;
use domain::order::Order;
use domain::payment::{AttemptState, PaymentAttempt, PaymentNews};
use domain::phone::Phone;
use domain::ports::{Queries, UnitOfWork};
use domain::rules::Rules;
use domain::sealed::IdentityCipher;
use domain::session::SessionCode;
use domain::use_cases::confirm_payment::{
    Confirmation, GroupBooking, PaymentNotice, confirm_payments,
};
use domain::use_cases::order_request::{
    OrderDraft, OrderRequest, StatedPerson, VisitorDraft, Who, prepare_order,
};
use domain::use_cases::place_orders::{Placed, place_orders};
use domain::visit_date::VisitDate;

use crate::context::Bench;
use crate::failure::{Context as _, Failure};
use crate::orders::HOT_SESSION;

/// Orders placed, attempts stored or payments booked in one transaction.
const GROUP: usize = 128;

/// An order for one visitor, with what its scenario has to know of it.
#[derive(Debug, Clone)]
pub(crate) struct PreparedOrder {
    pub(crate) order: OrderId,
    pub(crate) number: OrderNumber,
    /// The number of the visitor's ID card.
    pub(crate) document: String,
    pub(crate) total: Fen,
    pub(crate) placed_at: DateTime<Utc>,
    pub(crate) pay_by: DateTime<Utc>,
    pub(crate) payer: OpenId,
}

/// What orders are prepared with.
struct Tools {
    unit_of_work: Arc<dyn UnitOfWork>,
    queries: Arc<dyn Queries>,
    cipher: Arc<dyn IdentityCipher>,
    ids: Arc<dyn IdSource>,
    phone: Phone,
    session: SessionCode,
    rules: Rules,
}

impl Bench {
    fn tools(&self) -> Result<Tools, Failure> {
        Ok(Tools {
            unit_of_work: self.unit_of_work(),
            queries: self.queries(),
            cipher: assembly::identity_cipher(&self.settings().secrets).context("the keys")?,
            ids: assembly::id_source(self.clock()),
            phone: Phone::parse("13800138000").context("a phone number")?,
            session: SessionCode::parse(HOT_SESSION).context("a session")?,
            rules: self.settings().rules.clone(),
        })
    }

    /// Places `count` orders of one visitor each for the hot session of `date`, as if all of them
    /// had been received at `received_at`.
    pub(crate) fn place_unpaid(
        &self,
        date: VisitDate,
        count: usize,
        received_at: DateTime<Utc>,
    ) -> Result<Vec<PreparedOrder>, Failure> {
        let tools = self.tools()?;
        let mut prepared = Vec::with_capacity(count);
        while prepared.len() < count {
            let group = GROUP.min(count - prepared.len());
            let cards: Vec<String> = (0..group).map(|_| self.people().id_card()).collect();
            prepared.extend(tools.place(date, received_at, cards)?);
        }
        Ok(prepared)
    }

    /// Stores an open attempt to pay each of these orders, as `start_payment` does before it calls
    /// the provider.
    pub(crate) fn open_attempts(&self, orders: &[PreparedOrder]) -> Result<(), Failure> {
        let now = self.clock().now();
        for group in orders.chunks(GROUP) {
            let store = self.unit_of_work().run(|stores| {
                group
                    .iter()
                    .try_for_each(|order| stores.payments().insert(&order.attempt(now)))
            });
            store.context("storing attempts to pay")?;
        }
        Ok(())
    }

    /// Books a payment of each of these orders, made when it was placed; they have open attempts.
    pub(crate) fn pay(&self, orders: &[PreparedOrder]) -> Result<(), Failure> {
        let ids = assembly::id_source(self.clock());
        for group in orders.chunks(GROUP) {
            let notices: Vec<PaymentNotice> = group
                .iter()
                .map(|order| PaymentNotice {
                    news: order.news(),
                    refund: RefundId::next(&*ids),
                    received_at: order.placed_at,
                })
                .collect();
            let booked = confirm_payments(&*self.unit_of_work(), &notices);
            let booked = booked.context("booking payments")?;
            let confirmed = GroupBooking::Settled(Confirmation::Confirmed);
            if booked.iter().any(|booking| *booking != confirmed) {
                return Err(Failure::new("a payment in time was not booked"));
            }
        }
        Ok(())
    }
}

impl Tools {
    fn place(
        &self,
        date: VisitDate,
        received_at: DateTime<Utc>,
        cards: Vec<String>,
    ) -> Result<Vec<PreparedOrder>, Failure> {
        let request = |card: &String| self.request(date, received_at, card.clone());
        let requests: Vec<OrderRequest> = cards.iter().map(request).collect::<Result<_, _>>()?;
        let placed = place_orders(&*self.unit_of_work, &self.rules, &requests);
        let placed = placed.context("placing orders")?.into_iter();
        placed
            .zip(cards)
            .map(|(placed, document)| match placed {
                Placed::Created(order) => prepared(&order, document),
                other => Err(Failure::new(format!("an order was not placed: {other:?}"))),
            })
            .collect()
    }

    fn request(
        &self,
        date: VisitDate,
        received_at: DateTime<Utc>,
        card: String,
    ) -> Result<OrderRequest, Failure> {
        let draft = OrderDraft {
            account: AccountId::next(&*self.ids),
            date,
            session: self.session.clone(),
            phone: self.phone.clone(),
            visitors: vec![VisitorDraft {
                who: Who::Stated(StatedPerson {
                    name: "张三丰".to_owned(),
                    document_type: DocumentType::IdCard,
                    document_number: card,
                    nationality: None,
                    birth_date: None,
                }),
                category: Category::Standard,
                add_ons: BTreeSet::new(),
            }],
            request_key: RequestKey::of_id(self.ids.next()),
            body_digest: BodyDigest([0; 32]),
            received_at,
        };
        prepare_order(&*self.queries, &*self.cipher, &*self.ids, draft).context("preparing orders")
    }
}

fn prepared(order: &Order, document: String) -> Result<PreparedOrder, Failure> {
    let payer = format!("oBench{}", order.account.uuid().simple());
    Ok(PreparedOrder {
        order: order.id,
        number: order.number.clone(),
        document,
        total: order.total,
        placed_at: order.created_at,
        pay_by: order.pay_by,
        payer: OpenId::parse(&payer).context("an openid")?,
    })
}

impl PreparedOrder {
    /// What WeChat would call the payment.
    pub(crate) fn transaction_id(&self) -> String {
        format!("4200{}", self.number)
    }

    fn news(&self) -> PaymentNews {
        PaymentNews {
            number: self.number.clone(),
            transaction_id: self.transaction_id(),
            amount: self.total,
            payer: self.payer.clone(),
            success_time: self.placed_at,
        }
    }

    fn attempt(&self, now: DateTime<Utc>) -> PaymentAttempt {
        PaymentAttempt {
            number: self.number.clone(),
            order: self.order,
            amount: self.total,
            payer: self.payer.clone(),
            time_expire: self.pay_by,
            state: AttemptState::Open,
            prepay_id: None,
            transaction_id: None,
            created_at: now,
            // Later than any run: the sandbox knows nothing of it, and would say so.
            next_check_at: now + TimeDelta::days(1),
        }
    }
}
