//! Orders as `place_orders` would make them, without its rules.

use chrono::{DateTime, TimeDelta, Utc};

use crate::annual_pass::AnnualPass;
use crate::category::Category;
use crate::id::{
    AccountId, AddOnId, AnnualPassId, BodyDigest, OrderId, OrderNumber, RequestKey, TicketId,
};
use crate::money::Fen;
use crate::order::{AddOn, Order, OrderKind, OrderState, Ticket, TicketState, payment_deadline};
use crate::rules::Rules;
use crate::sealed::IdentityCipher;
use crate::session::SessionCode;
use crate::ticket_type::default_prices;
use crate::visit_date::VisitDate;

use super::museum::{phone, session, venue};
use super::{Person, PlainCipher, SequentialIds};

/// Puts an unpaid order together, at the prices of the rule book.
///
/// What it builds is in no store, and no rule but the prices was asked.
#[derive(Clone)]
pub struct OrderBuilder<'a> {
    ids: &'a SequentialIds,
    cipher: &'a PlainCipher,
    account: AccountId,
    date: VisitDate,
    session: SessionCode,
    created_at: DateTime<Utc>,
    pass: Option<AnnualPassId>,
    visitors: Vec<(Person, Category, Vec<&'static str>)>,
}

impl<'a> OrderBuilder<'a> {
    /// An order for the morning of `date`, without visitors yet.
    #[must_use]
    pub fn new(
        ids: &'a SequentialIds,
        cipher: &'a PlainCipher,
        account: AccountId,
        date: VisitDate,
        created_at: DateTime<Utc>,
    ) -> Self {
        Self {
            ids,
            cipher,
            account,
            date,
            session: session("morning"),
            created_at,
            pass: None,
            visitors: Vec::new(),
        }
    }

    /// For another date.
    #[must_use]
    pub fn on(mut self, date: VisitDate) -> Self {
        self.date = date;
        self
    }

    /// For another session.
    ///
    /// # Panics
    /// If `code` has not the form of a session's code.
    #[must_use]
    pub fn session(mut self, code: &str) -> Self {
        self.session = session(code);
        self
    }

    /// Placed at another time, which also moves its `pay_by`.
    #[must_use]
    pub fn created_at(mut self, instant: DateTime<Utc>) -> Self {
        self.created_at = instant;
        self
    }

    /// With a further visitor, in the category of the age on the visit date.
    #[must_use]
    pub fn visitor(self, person: &Person) -> Self {
        self.visitor_with(person, &[])
    }

    /// With a further visitor who goes to these add-on venues, too.
    #[must_use]
    pub fn visitor_with(mut self, person: &Person, add_ons: &[&'static str]) -> Self {
        let category = person.category_on(self.date);
        self.visitors
            .push((person.clone(), category, add_ons.to_vec()));
        self
    }

    /// A visit of `person`, its holder, on `pass`; the pass itself stays as it is.
    #[must_use]
    pub fn on_pass(mut self, pass: &AnnualPass, person: &Person) -> Self {
        self.pass = Some(pass.id);
        self.visitors
            .push((person.clone(), Category::AnnualPass, Vec::new()));
        self
    }

    /// The order, unpaid.
    ///
    /// # Panics
    /// If an add-on venue is not one of the rule book's.
    #[must_use]
    pub fn build(self) -> Order {
        let id = OrderId::next(self.ids);
        let visitors = self.visitors.iter();
        let tickets: Vec<Ticket> = visitors
            .map(|(person, category, add_ons)| self.ticket(person, *category, add_ons))
            .collect();
        let prices = tickets.iter().flat_map(|ticket| {
            let add_ons = ticket.add_ons.iter().map(|add_on| add_on.price);
            std::iter::once(ticket.price).chain(add_ons)
        });
        Order {
            id,
            number: OrderNumber::of(id, self.created_at),
            account: self.account,
            kind: self
                .pass
                .map_or(OrderKind::Ordinary, |_| OrderKind::AnnualPass),
            pass: self.pass,
            date: self.date,
            session: self.session.clone(),
            phone: Some(phone()),
            state: OrderState::Unpaid,
            cancelled_because: None,
            request_key: RequestKey::of_id(id.uuid()),
            body_digest: BodyDigest([7; 32]),
            created_at: self.created_at,
            pay_by: payment_deadline(self.created_at, self.date, &Rules::default()),
            paid_at: None,
            total: Fen::total(prices).expect("the prices of the rule book add up"),
            paid: Fen::ZERO,
            refunded: Fen::ZERO,
            tickets,
        }
    }

    /// The order, paid in full a minute after it was placed.
    ///
    /// # Panics
    /// As [`build`](Self::build).
    #[must_use]
    pub fn build_paid(self) -> Order {
        let mut order = self.build();
        let paid_at = order.created_at + TimeDelta::minutes(1);
        let confirmed = order.confirm(order.total, paid_at);
        confirmed.expect("a new order can be paid");
        order
    }

    fn ticket(&self, person: &Person, category: Category, add_ons: &[&str]) -> Ticket {
        let id = TicketId::next(self.ids);
        let sealed = self.cipher.seal(id.uuid(), &person.name, &person.document);
        let add_ons = add_ons.iter().map(|code| AddOn {
            id: AddOnId::next(self.ids),
            venue: venue(code),
            price: self.price(code, category),
            state: TicketState::Held,
            admission: None,
        });
        Ticket {
            id,
            document_type: person.document.kind(),
            nationality: None,
            document_hash: Some(self.cipher.hash(&person.document)),
            identity: sealed.ok(),
            age: person.age_on(self.date),
            category,
            venue: venue("palace"),
            price: self.price("palace", category),
            state: TicketState::Held,
            admission: None,
            add_ons: add_ons.collect(),
        }
    }

    fn price(&self, code: &str, category: Category) -> Fen {
        let price = default_prices().price(&venue(code), category, self.date.season());
        price.expect("the rule book has a price for every category sold")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Museum;

    #[test]
    fn an_order_is_priced_by_the_rule_book() {
        let (museum, _) = Museum::in_memory();
        let (adult, child) = (museum.adult(), museum.person("2016-01-01"));
        let order = museum
            .order(&museum.account())
            .visitor_with(&adult, &["treasure_gallery"])
            .visitor(&child)
            .build_paid();
        assert_eq!(order.total, Fen::from_yuan(50));
        assert_eq!((order.state, order.paid), (OrderState::Paid, order.total));
        assert_eq!(order.tickets[1].category, Category::Minor);
        assert_eq!(order.live_places().values().sum::<u32>(), 3);
    }
}
