//! The tourist's own account.

use actix_web::web::Json;
use actix_web::{get, post, put};
use api_kit::body::Body;
use api_kit::error::{ApiError, Detail, codes};
use api_kit::tokens::AuthError;
use api_kit::wire::instant;
use domain::account::Account;
use domain::id::SavedVisitorId;
use domain::identity::Document;
use domain::phone::Phone;
use domain::sealed::DocumentHash;
use domain::text::LocalText;
use domain::use_cases::accounts::change_phone;
use domain::use_cases::standing::{DocumentStanding, document_standing};
use domain::visit_date::VisitDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::signed_in::SignedIn;
use crate::state::{Service, State, on_database, on_login};
use crate::wire::{DocumentType, Id};

pub(super) fn configure(service: &mut ServiceConfig<'_>) {
    service
        .service(get_me)
        .service(put_phone)
        .service(get_standing);
}

/// A tourist's account, as its owner sees it.
#[derive(Serialize, ToSchema)]
pub(super) struct Tourist {
    id: Id,
    #[schema(required = true)]
    phone: Option<String>,
    /// Whether WeChat vouched for the number.
    phone_verified: bool,
    #[schema(format = DateTime)]
    registered_at: String,
}

impl From<&Account> for Tourist {
    fn from(account: &Account) -> Self {
        Self {
            id: Id(account.id.uuid()),
            phone: account
                .phone
                .as_ref()
                .map(|phone| phone.as_str().to_owned()),
            phone_verified: account.phone_verified,
            registered_at: instant(account.registered_at),
        }
    }
}

/// The account of the token.
#[utoipa::path(tag = "me", responses((status = 200, body = Tourist)), security(("token" = [])))]
#[get("/me")]
async fn get_me(state: State, tourist: SignedIn) -> Result<Json<Tourist>, ApiError> {
    let account = on_database(&state, move |service| {
        Ok(service.queries.account(tourist.account)?)
    })
    .await?
    .ok_or(AuthError::Required)?;
    Ok(Json(Tourist::from(&account)))
}

/// A number typed by the tourist, or a code of WeChat's `getPhoneNumber`: one of them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPhone {
    phone: Option<String>,
    wechat_code: Option<String>,
}

/// Sets the phone number.
#[utoipa::path(
    tag = "me", request_body = NewPhone, responses((status = 200, body = Tourist)),
    security(("token" = []))
)]
#[put("/me/phone")]
async fn put_phone(
    state: State,
    tourist: SignedIn,
    body: Body<NewPhone>,
) -> Result<Json<Tourist>, ApiError> {
    let (phone, verified) = match (body.0.phone, body.0.wechat_code) {
        (Some(typed), None) => (parse_phone(&typed)?, false),
        (None, Some(code)) => {
            let ask = move |service: &Service| Ok(service.login.phone(&code)?);
            (on_login(&state, ask).await?, true)
        }
        _ => return Err(one_of("phone", "wechat_code")),
    };
    let account = on_database(&state, move |service| {
        Ok(change_phone(
            &*service.unit_of_work,
            tourist.account,
            &phone,
            verified,
        )?)
    })
    .await?;
    Ok(Json(Tourist::from(&account)))
}

/// Whose no-shows are asked for: a saved visitor, or a document.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StandingOf {
    visitor_id: Option<Id>,
    document_type: Option<DocumentType>,
    document_number: Option<String>,
    /// Needed for passports: ISO 3166, three letters.
    nationality: Option<String>,
}

/// No-shows and what they lead to.
#[derive(Serialize, ToSchema)]
struct Standing {
    /// No-shows within the last 180 days that no served ban has consumed.
    no_shows: usize,
    /// The last day of a ban that is running, or will from midnight on.
    #[schema(format = Date)]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    ban_until: Option<String>,
    /// What one more no-show today would make of it.
    after_one_more: AfterOneMore,
}

/// What one more no-show would make of it.
#[derive(Serialize, ToSchema)]
struct AfterOneMore {
    no_shows: usize,
    /// The last day of the ban it would bring.
    #[schema(format = Date)]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    ban_until: Option<String>,
}

impl From<DocumentStanding> for Standing {
    fn from(standing: DocumentStanding) -> Self {
        let text = |day: Option<VisitDate>| day.map(|day| day.to_string());
        Self {
            no_shows: standing.count,
            ban_until: text(standing.banned_until),
            after_one_more: AfterOneMore {
                no_shows: standing.after_one_more.count,
                ban_until: text(standing.after_one_more.ban_until),
            },
        }
    }
}

/// Where a document stands with its no-shows; a POST, because numbers never stand in URLs.
#[utoipa::path(
    tag = "me", request_body = StandingOf, responses((status = 200, body = Standing)),
    security(("token" = []))
)]
#[post("/me/standing")]
async fn get_standing(
    state: State,
    tourist: SignedIn,
    body: Body<StandingOf>,
) -> Result<Json<Standing>, ApiError> {
    let standing = on_database(&state, move |service| {
        let document = document_of(service, &tourist, &body.0)?;
        let now = service.clock.now();
        Ok(document_standing(
            &*service.queries,
            &service.rules,
            document,
            now,
        )?)
    })
    .await?;
    Ok(Json(standing.into()))
}

fn document_of(
    service: &Service,
    tourist: &SignedIn,
    asked: &StandingOf,
) -> Result<DocumentHash, ApiError> {
    let stated = (asked.document_type, asked.document_number.as_deref());
    match (asked.visitor_id, stated) {
        (Some(id), (None, None)) => {
            let saved = service.queries.visitors(tourist.account)?;
            let id = SavedVisitorId::new(id.0);
            let visitor = saved.iter().find(|visitor| visitor.id == id);
            Ok(visitor.ok_or_else(ApiError::not_found)?.document_hash)
        }
        (None, (Some(kind), Some(number))) => {
            let today = VisitDate::containing(service.clock.now()).date();
            let nationality = asked.nationality.as_deref();
            let document = Document::parse(kind.into(), number, nationality, today);
            let document = document.map_err(|error| {
                let detail =
                    Detail::of_field("document_number", "document.invalid", error.message());
                ApiError::new(&codes::REQUEST_INVALID).detail(detail)
            })?;
            Ok(service.cipher.hash(&document))
        }
        _ => Err(one_of("visitor_id", "document_type, document_number")),
    }
}

/// Reads a phone number as it was typed.
pub(super) fn parse_phone(typed: &str) -> Result<Phone, ApiError> {
    Phone::parse(typed).map_err(|error| ApiError::invalid_field("phone", error.message()))
}

/// Either of two ways to say something was to be chosen.
pub(super) fn one_of(one: &str, other: &str) -> ApiError {
    let message = LocalText::new(
        format!("{one} 与 {other} 须且只能填写其一"),
        format!("Either {one} or {other}, and not both"),
    );
    ApiError::invalid_field(one, message)
}
