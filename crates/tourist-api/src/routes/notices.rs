//! Notices: what visitors must know.

use actix_web::get;
use actix_web::web::Path;
use api_kit::error::ApiError;
use api_kit::language::Spoken;
use api_kit::wire::instant;
use domain::content::{ContentCode, Notice};
use domain::text::Language;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::public::{CONTENT, Public, public};
use crate::state::{State, on_database};
use crate::wire;

pub(super) fn configure(service: &mut ServiceConfig<'_>) {
    service.service(list_notices).service(get_notice);
}

/// All notices, without their texts.
#[derive(Serialize, ToSchema)]
struct Notices {
    items: Vec<Headline>,
}

/// A notice as the list shows it.
#[derive(Serialize, ToSchema)]
struct Headline {
    id: String,
    kind: wire::NoticeKind,
    title: String,
    /// Stands before those that are not.
    pinned: bool,
    #[schema(format = DateTime)]
    published_at: String,
}

/// A notice with its text.
#[derive(Serialize, ToSchema)]
#[schema(as = Notice)]
struct NoticeView {
    #[serde(flatten)]
    headline: Headline,
    /// Plain text; an empty line ends a paragraph.
    body: String,
    /// Paths on this site.
    pictures: Vec<String>,
}

impl Headline {
    fn of(notice: &Notice, language: Language) -> Self {
        Self {
            id: notice.code.to_string(),
            kind: notice.kind.into(),
            title: notice.title.text().get(language).to_owned(),
            pinned: notice.pinned,
            published_at: instant(notice.published_at),
        }
    }
}

impl NoticeView {
    fn of(notice: &Notice, language: Language) -> Self {
        let pictures = notice.pictures.iter();
        Self {
            headline: Headline::of(notice, language),
            body: notice.body.text().get(language).to_owned(),
            pictures: pictures.map(|path| path.as_str().to_owned()).collect(),
        }
    }
}

/// The notices: the pinned ones first, then by their place, then the newest first.
#[utoipa::path(tag = "content", responses((status = 200, body = Notices)))]
#[get("/notices")]
async fn list_notices(state: State, spoken: Spoken) -> Result<Public<Notices>, ApiError> {
    let notices = on_database(&state, |service| {
        Ok(service.queries.notices(service.clock.now())?)
    })
    .await?;
    let items = notices.iter();
    let items = items.map(|notice| Headline::of(notice, spoken.0)).collect();
    Ok(public(Notices { items }, CONTENT))
}

/// A notice with its text.
#[utoipa::path(
    tag = "content", params(("id" = String, Path)), responses((status = 200, body = NoticeView))
)]
#[get("/notices/{id}")]
async fn get_notice(
    state: State,
    spoken: Spoken,
    id: Path<String>,
) -> Result<Public<NoticeView>, ApiError> {
    // What is no code names nothing, so it is answered like a code that names nothing.
    let code = ContentCode::parse(&id).map_err(|_| ApiError::not_found())?;
    let notice = on_database(&state, move |service| {
        Ok(service.queries.notice(&code, service.clock.now())?)
    })
    .await?
    .ok_or_else(ApiError::not_found)?;
    Ok(public(NoticeView::of(&notice, spoken.0), CONTENT))
}
