//! Orders: handing one in, looking at them, cancelling.

mod request;
pub(super) mod view;

use actix_web::web::{Json, Path, Query};
use actix_web::{HttpResponse, get, post};
use api_kit::body::Body;
use api_kit::error::{ApiError, codes};
use api_kit::paging::{self, Page};
use domain::id::OrderId;
use domain::ports::{OrderCursor, OrderTab};
use domain::text::LocalText;
use domain::use_cases::cancel_order::cancel_order;
use domain::use_cases::place_orders::Placed;
use serde::Deserialize;
use utoipa_actix_web::service_config::ServiceConfig;

use self::request::OrderBody;
use self::view::OrderView;
use super::parse::order_id;
use crate::idempotency::IdempotencyKey;
use crate::order_desk::Decided;
use crate::signed_in::SignedIn;
use crate::state::{State, on_database};

pub(super) fn configure(service: &mut ServiceConfig<'_>) {
    service
        .service(create_order)
        .service(list_orders)
        .service(get_order)
        .service(cancel_unpaid_order);
}

/// Hands in an order. The same key with the same body gives the same order: 201, then 200.
#[utoipa::path(
    tag = "orders", request_body = OrderBody,
    params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 64)),
    responses((status = 201, body = OrderView), (status = 200, body = OrderView)),
    security(("token" = []))
)]
#[post("/orders")]
async fn create_order(
    state: State,
    tourist: SignedIn,
    key: IdempotencyKey,
    body: Body<OrderBody>,
) -> Result<HttpResponse, ApiError> {
    state.order_limit.check(&tourist.account)?;
    let draft = body.0.into_draft(&state, tourist.account, &key)?;
    state.sale.check(&draft)?;
    let Decided { placed, refunded } = state.desk.place(draft).await?;
    let (mut answer, order) = match placed {
        Placed::Created(order) => (HttpResponse::Created(), order),
        Placed::Existing(order) => (HttpResponse::Ok(), order),
        Placed::KeyReused => return Err(ApiError::new(&codes::IDEMPOTENCY_MISMATCH)),
        Placed::Refused(refusal) => return Err(refusal.into()),
    };
    Ok(answer.json(OrderView::with_refunded(&*state.cipher, *order, refunded)?))
}

/// The query of the list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    tab: Option<String>,
    cursor: Option<String>,
    limit: Option<String>,
}

/// The tourist's orders, the newest first.
#[utoipa::path(
    tag = "orders",
    params(
        ("tab" = Option<String>, Query, description = "all, unpaid, unused or after_sales"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200),
    ),
    responses((status = 200, body = Page<OrderView>)), security(("token" = []))
)]
#[get("/orders")]
async fn list_orders(
    state: State,
    tourist: SignedIn,
    query: Query<ListQuery>,
) -> Result<Json<Page<OrderView>>, ApiError> {
    let (tab, cursor) = (tab(&query)?, cursor(&query)?);
    let limit = paging::limit(query.limit.as_deref())?;
    let page = on_database(&state, move |service| {
        let one_more = limit.saturating_add(1);
        let orders = service
            .queries
            .orders(tourist.account, tab, cursor, one_more)?;
        let page = Page::cut(orders, limit, |order| order.id.to_string(), |order| order);
        OrderView::of_page(service, page)
    })
    .await?;
    Ok(Json(page))
}

/// An order with its tickets.
#[utoipa::path(
    tag = "orders", params(("id" = String, Path)),
    responses((status = 200, body = OrderView)), security(("token" = []))
)]
#[get("/orders/{id}")]
async fn get_order(
    state: State,
    tourist: SignedIn,
    id: Path<String>,
) -> Result<Json<OrderView>, ApiError> {
    let id = order_id(&id)?;
    let view = on_database(&state, move |service| {
        let order = service.queries.order(id)?;
        let own = order.filter(|order| order.account == tourist.account);
        OrderView::of(service, own.ok_or_else(ApiError::not_found)?)
    })
    .await?;
    Ok(Json(view))
}

/// Cancels an unpaid order; one that is cancelled already is shown as it is.
#[utoipa::path(
    tag = "orders", params(("id" = String, Path)),
    responses((status = 200, body = OrderView)), security(("token" = []))
)]
#[post("/orders/{id}/cancel")]
async fn cancel_unpaid_order(
    state: State,
    tourist: SignedIn,
    id: Path<String>,
) -> Result<Json<OrderView>, ApiError> {
    let id = order_id(&id)?;
    let view = on_database(&state, move |service| {
        let now = service.clock.now();
        let order = cancel_order(&*service.unit_of_work, tourist.account, id, now)?;
        OrderView::of_changed(service, order)
    })
    .await?;
    Ok(Json(view))
}

fn tab(query: &ListQuery) -> Result<OrderTab, ApiError> {
    let text = query.tab.as_deref().unwrap_or("all");
    OrderTab::parse(text).map_err(|_| {
        let message = LocalText::new("没有该标签页", "all, unpaid, unused or after_sales");
        ApiError::invalid_field("tab", message)
    })
}

fn cursor(query: &ListQuery) -> Result<Option<OrderCursor>, ApiError> {
    let id = query.cursor.as_deref().map(OrderId::parse).transpose();
    let id = id.map_err(|_| {
        let message = LocalText::new(
            "应为上一页的 next_cursor",
            "The next_cursor of the page before",
        );
        ApiError::invalid_field("cursor", message)
    })?;
    Ok(id.map(OrderCursor))
}
