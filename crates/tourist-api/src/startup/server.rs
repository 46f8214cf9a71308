//! The service on the network.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::{rt, web};
use api_kit::health::Health;
use api_kit::serving::{self, Routes, Service, Site};
use api_kit::settings::Settings;
use domain::clock::Clock;
use utoipa_actix_web::service_config::ServiceConfig;
use utoipa_swagger_ui::SwaggerUi;

use super::{Parts, StartError, Upkeep, connect};
use crate::openapi::{PREFIX, document};
use crate::routes;
use crate::sale_watch::SaleWatch;
use crate::state::State;

/// The service, connected and listening, not yet answering.
pub struct TouristApi {
    service: Service,
    sale: Arc<SaleWatch>,
    upkeep: Upkeep,
}

impl TouristApi {
    /// Connects everything, and opens the ports only then.
    ///
    /// Call it outside any async context, and keep the result there too: the blocking HTTP
    /// clients can neither be made nor dropped inside one.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn prepare(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Self, StartError> {
        let Parts {
            service,
            readiness,
            upkeep,
        } = connect(settings, clock)?;
        let sale = Arc::clone(&service.sale);
        let site = Site {
            health: Health::new(readiness, Arc::clone(&service.database)),
            routes: routes_with(State::from(service), settings.environment.is_relaxed()),
            unlimited: &routes::notifications::PATHS,
        };
        Ok(Self {
            service: Service::listen("tourist-api", settings, site)?,
            sale,
            upkeep,
        })
    }

    /// Answers until the process is told to stop, then lets requests under way end.
    ///
    /// # Errors
    /// If a port cannot be used.
    pub fn serve(&self) -> io::Result<()> {
        self.service.serve()
    }

    /// Answers on a thread of its own until [`Running`] is dropped; for tests and benchmarks,
    /// which may well run several.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn spawn(self) -> Result<Running, StartError> {
        Ok(Running {
            server: self.service.spawn()?,
            sale: self.sale,
            _upkeep: self.upkeep,
        })
    }
}

fn routes_with(state: State, shows_documents: bool) -> Routes {
    Arc::new(move |service| {
        let api = web::scope(PREFIX).configure(|scope| {
            routes::configure(&mut ServiceConfig::new(scope));
        });
        service.app_data(state.clone()).service(api);
        if shows_documents {
            let page = SwaggerUi::new("/docs/{_:.*}");
            service.service(page.url("/docs/openapi.json", document()));
        }
    })
}

/// A service that answers until it is dropped.
pub struct Running {
    server: serving::Running,
    sale: Arc<SaleWatch>,
    _upkeep: Upkeep,
}

impl Running {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// What all paths of the API begin with.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}{PREFIX}", self.address())
    }

    /// Waits until the pages about the days on sale show what was so at this call, which they do
    /// a moment later; `false` if that takes longer than `patience`. Not to be called in an async
    /// context.
    #[must_use]
    pub fn pages_are_renewed(&self, patience: Duration) -> bool {
        rt::System::new().block_on(self.sale.looked_again(patience))
    }
}
