//! The banners of the home page.

use actix_web::get;
use api_kit::error::ApiError;
use api_kit::language::Spoken;
use domain::content::{Banner, BannerAction};
use domain::text::Language;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::public::{CONTENT, Public, public};
use crate::state::{State, on_database};

pub(super) fn configure(service: &mut ServiceConfig<'_>) {
    service.service(list_banners);
}

/// What is at the top of the home page.
#[derive(Serialize, ToSchema)]
struct Banners {
    items: Vec<BannerView>,
}

/// A banner.
#[derive(Serialize, ToSchema)]
#[schema(as = Banner)]
struct BannerView {
    id: String,
    title: String,
    /// A path on this site.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    picture: Option<String>,
    action: Action,
}

/// What touching a banner does.
#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = BannerAction)]
enum Action {
    None,
    /// Opens a page of this mini-program.
    Page {
        page: String,
    },
    /// Opens a notice.
    Notice {
        notice: String,
    },
    /// Opens another mini-program, on its first page unless one is named.
    MiniProgram {
        app_id: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(nullable = false)]
        page: Option<String>,
    },
}

impl From<BannerAction> for Action {
    fn from(action: BannerAction) -> Self {
        match action {
            BannerAction::None => Self::None,
            BannerAction::Page(page) => Self::Page {
                page: page.as_str().to_owned(),
            },
            BannerAction::Notice(code) => Self::Notice {
                notice: code.to_string(),
            },
            BannerAction::MiniProgram { app, page } => Self::MiniProgram {
                app_id: app.as_str().to_owned(),
                page: page.map(|page| page.as_str().to_owned()),
            },
        }
    }
}

impl BannerView {
    fn of(banner: Banner, language: Language) -> Self {
        Self {
            id: banner.code.to_string(),
            title: banner.title.text().get(language).to_owned(),
            picture: banner.picture.map(|path| path.as_str().to_owned()),
            action: banner.action.into(),
        }
    }
}

/// The banners of the moment, in order.
#[utoipa::path(tag = "content", responses((status = 200, body = Banners)))]
#[get("/banners")]
async fn list_banners(state: State, spoken: Spoken) -> Result<Public<Banners>, ApiError> {
    let banners = on_database(&state, |service| {
        Ok(service.queries.banners(service.clock.now())?)
    })
    .await?;
    let items = banners.into_iter();
    let items = items
        .map(|banner| BannerView::of(banner, spoken.0))
        .collect();
    Ok(public(Banners { items }, CONTENT))
}
