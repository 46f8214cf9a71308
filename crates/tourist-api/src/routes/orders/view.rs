//! An order as its owner sees it: names in full, numbers masked (rule 10.2).

use api_kit::error::ApiError;
use api_kit::paging::Page;
use api_kit::wire::instant;
use domain::identity::mask;
use domain::order::{self, AddOn, Order, Ticket};
use domain::sealed::IdentityCipher;
use serde::Serialize;
use utoipa::ToSchema;

use crate::refunded::{refunded_fen, refunded_fen_of};
use crate::state::Service;
use crate::wire::{Category, DocumentType, Id, OrderKind, OrderState, Session, TicketState, Venue};

/// An order with its tickets.
#[derive(Serialize, ToSchema)]
#[schema(as = Order)]
pub(crate) struct OrderView {
    id: Id,
    /// For people, and for the payment provider.
    number: String,
    state: OrderState,
    kind: OrderKind,
    #[schema(format = Date)]
    date: String,
    session: Session,
    /// Null once erased, 180 days after the visit.
    #[schema(required = true)]
    phone: Option<String>,
    total_fen: i64,
    paid_fen: i64,
    /// Asked back, not yet there.
    refunding_fen: i64,
    /// Back with the payer.
    refunded_fen: i64,
    #[schema(format = DateTime)]
    created_at: String,
    /// Until when an unpaid order can be paid.
    #[schema(format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pay_by: Option<String>,
    #[schema(format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    paid_at: Option<String>,
    tickets: Vec<TicketView>,
}

/// One visitor's admission.
#[derive(Serialize, ToSchema)]
#[schema(as = Ticket)]
struct TicketView {
    id: Id,
    /// Null once erased, 180 days after the visit.
    #[schema(required = true)]
    visitor_name: Option<String>,
    document_type: DocumentType,
    /// Null once erased, 180 days after the visit.
    #[schema(required = true)]
    document_masked: Option<String>,
    category: Category,
    price_fen: i64,
    state: TicketState,
    #[schema(format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    checked_in_at: Option<String>,
    add_ons: Vec<AddOnView>,
}

/// A place in one of the add-on venues.
#[derive(Serialize, ToSchema)]
#[schema(as = AddOn)]
struct AddOnView {
    id: Id,
    venue: Venue,
    price_fen: i64,
    state: TicketState,
}

impl OrderView {
    /// Shows an order that was only looked at.
    pub(crate) fn of(service: &Service, order: Order) -> Result<Self, ApiError> {
        let refunded = refunded_fen(&*service.queries, &order)?;
        Self::with_refunded(&*service.cipher, order, refunded)
    }

    /// Shows an order that was just changed: a failure to look further is no "nothing was done".
    pub(crate) fn of_changed(service: &Service, order: Order) -> Result<Self, ApiError> {
        let refunded =
            refunded_fen(&*service.queries, &order).map_err(ApiError::outcome_unknown)?;
        Self::with_refunded(&*service.cipher, order, refunded)
    }

    /// Shows a page of orders.
    pub(crate) fn of_page(service: &Service, page: Page<Order>) -> Result<Page<Self>, ApiError> {
        let succeeded = refunded_fen_of(&*service.queries, &page.items)?;
        let orders = page.items.into_iter();
        let views = orders.map(|order| {
            let refunded = succeeded.get(&order.id).copied().unwrap_or(0);
            Self::with_refunded(&*service.cipher, order, refunded)
        });
        Ok(Page {
            items: views.collect::<Result<_, _>>()?,
            next_cursor: page.next_cursor,
        })
    }

    /// Shows an order of which `refunded` fen are back with the payer.
    pub(crate) fn with_refunded(
        cipher: &dyn IdentityCipher,
        order: Order,
        refunded: i64,
    ) -> Result<Self, ApiError> {
        let unpaid = order.state == order::OrderState::Unpaid;
        let tickets = order.tickets.into_iter();
        let tickets = tickets.map(|ticket| TicketView::of(cipher, ticket));
        Ok(Self {
            id: Id(order.id.uuid()),
            number: order.number.to_string(),
            state: order.state.into(),
            kind: order.kind.into(),
            date: order.date.to_string(),
            session: Session(order.session),
            phone: order.phone.map(|phone| phone.as_str().to_owned()),
            total_fen: order.total.amount(),
            paid_fen: order.paid.amount(),
            refunding_fen: order.refunded.amount().saturating_sub(refunded),
            refunded_fen: refunded,
            created_at: instant(order.created_at),
            pay_by: unpaid.then(|| instant(order.pay_by)),
            paid_at: order.paid_at.map(instant),
            tickets: tickets.collect::<Result<_, _>>()?,
        })
    }
}

impl TicketView {
    fn of(cipher: &dyn IdentityCipher, ticket: Ticket) -> Result<Self, ApiError> {
        let sealed = ticket.identity.as_ref();
        let open = |sealed| cipher.open(ticket.id.uuid(), sealed);
        let (name, number) = match sealed.map(open).transpose()? {
            Some(revealed) => (Some(revealed.name), Some(mask(&revealed.number))),
            None => (None, None),
        };
        Ok(Self {
            id: Id(ticket.id.uuid()),
            visitor_name: name,
            document_type: ticket.document_type.into(),
            document_masked: number,
            category: ticket.category.into(),
            price_fen: ticket.price.amount(),
            state: ticket.state.into(),
            checked_in_at: ticket.admission.map(|admission| instant(admission.at)),
            add_ons: ticket.add_ons.into_iter().map(Into::into).collect(),
        })
    }
}

impl From<AddOn> for AddOnView {
    fn from(add_on: AddOn) -> Self {
        Self {
            id: Id(add_on.id.uuid()),
            venue: Venue(add_on.venue),
            price_fen: add_on.price.amount(),
            state: add_on.state.into(),
        }
    }
}
