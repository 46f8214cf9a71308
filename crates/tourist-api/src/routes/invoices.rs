//! The invoice of an order (V18).

use actix_web::http::StatusCode;
use actix_web::web::{Json, Path};
use actix_web::{HttpResponse, get, post};
use api_kit::body::Body;
use api_kit::error::{ApiError, Detail, codes};
use api_kit::language::Spoken;
use api_kit::wire::instant;
use domain::id::{AccountId, InvoiceId, OrderId};
use domain::invoice::{self, DetailFault, InvoiceDetails};
use domain::text::Language;
use domain::use_cases::invoices::{InvoiceRequest, Requested, open_details, request_invoice};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::parse::order_id;
use crate::signed_in::SignedIn;
use crate::state::{Service, State, on_database};
use crate::wire::{Id, InvoiceState};

pub(super) fn configure(service: &mut ServiceConfig<'_>) {
    service.service(create_invoice).service(get_invoice);
}

/// To whom the invoice is made out, and where it goes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct InvoiceBody {
    /// 发票抬头: a person or a company.
    #[schema(min_length = 1, max_length = 100)]
    title: String,
    /// 纳税人识别号, which companies have: 15 to 20 of A–Z and 0–9.
    tax_number: Option<String>,
    email: String,
}

/// An invoice, as its tourist sees it.
#[derive(Serialize, ToSchema)]
struct Invoice {
    id: Id,
    state: InvoiceState,
    /// What it is over: what was paid and not refunded. It follows refunds until it is issued.
    amount_fen: i64,
    /// Missing once erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    tax_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    email: Option<String>,
    /// 发票号码, once issued.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    number: Option<String>,
    /// Why it was rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    rejection: Option<String>,
    #[schema(format = DateTime)]
    requested_at: String,
    /// When it was issued or rejected.
    #[schema(format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    decided_at: Option<String>,
}

impl Invoice {
    fn open(
        service: &Service,
        invoice: &invoice::Invoice,
        language: Language,
    ) -> Result<Self, ApiError> {
        let details = match invoice.details {
            Some(_) => Some(open_details(&*service.text_cipher, invoice)?),
            None => None,
        };
        let details = details.as_ref();
        let rejection = invoice.rejection.as_ref();
        Ok(Self {
            id: Id(invoice.id.uuid()),
            state: invoice.state.into(),
            amount_fen: invoice.amount.amount(),
            title: details.map(|details| details.title().to_owned()),
            tax_number: details.and_then(|details| Some(details.tax_number()?.to_owned())),
            email: details.map(|details| details.email().as_str().to_owned()),
            number: invoice.number.as_ref().map(|it| it.as_str().to_owned()),
            rejection: rejection.map(|it| it.message().get(language).to_owned()),
            requested_at: instant(invoice.requested_at),
            decided_at: invoice.decided_at.map(instant),
        })
    }
}

/// Asks for an invoice over what is kept of the order's money: 201, then 200 for the same again.
/// An order has one invoice at a time.
#[utoipa::path(
    tag = "invoices", request_body = InvoiceBody, params(("id" = String, Path)),
    responses((status = 201, body = Invoice), (status = 200, body = Invoice)),
    security(("token" = []))
)]
#[post("/orders/{id}/invoice")]
async fn create_invoice(
    state: State,
    tourist: SignedIn,
    spoken: Spoken,
    id: Path<String>,
    body: Body<InvoiceBody>,
) -> Result<HttpResponse, ApiError> {
    let order = order_id(&id)?;
    let details = parse(&body.0)?;
    let (status, view) = on_database(&state, move |service| {
        let request = request_of(service, tourist.account, order, details);
        let (stores, cipher) = (&*service.unit_of_work, &*service.text_cipher);
        let (status, invoice) = match request_invoice(stores, cipher, &request)? {
            Requested::Created(invoice) => (StatusCode::CREATED, invoice),
            Requested::Existing(invoice) => (StatusCode::OK, invoice),
        };
        Ok((status, Invoice::open(service, &invoice, spoken.0)?))
    })
    .await?;
    Ok(HttpResponse::build(status).json(view))
}

/// The latest invoice of the order.
#[utoipa::path(
    tag = "invoices", params(("id" = String, Path)),
    responses((status = 200, body = Invoice)), security(("token" = []))
)]
#[get("/orders/{id}/invoice")]
async fn get_invoice(
    state: State,
    tourist: SignedIn,
    spoken: Spoken,
    id: Path<String>,
) -> Result<Json<Invoice>, ApiError> {
    let order = order_id(&id)?;
    let invoice = on_database(&state, move |service| {
        let invoice = service.queries.invoice_of(order)?;
        let own = invoice.filter(|invoice| invoice.account == tourist.account);
        Invoice::open(service, &own.ok_or_else(ApiError::not_found)?, spoken.0)
    })
    .await?;
    Ok(Json(invoice))
}

fn parse(body: &InvoiceBody) -> Result<InvoiceDetails, ApiError> {
    let details = InvoiceDetails::parse(&body.title, body.tax_number.as_deref(), &body.email);
    details.map_err(|faults| {
        let detail =
            |fault: &DetailFault| Detail::of_field(fault.field(), "field.invalid", fault.message());
        ApiError::new(&codes::REQUEST_INVALID).details(faults.iter().map(detail))
    })
}

fn request_of(
    service: &Service,
    account: AccountId,
    order: OrderId,
    details: InvoiceDetails,
) -> InvoiceRequest {
    InvoiceRequest {
        invoice: InvoiceId::next(&*service.ids),
        order,
        account,
        details,
        received_at: service.clock.now(),
    }
}
