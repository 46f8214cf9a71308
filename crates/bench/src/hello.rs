//! The least that an actix-web service can do: it reads the request and says hello. What other
//! figures are held against, since it is what HTTP costs on this machine.

use actix_web::rt::System;
use actix_web::web::{self, Bytes};
use actix_web::{App, HttpServer};

use crate::failure::{Context as _, Failure};

/// Serves on `port` until the process is killed.
pub(crate) fn serve(port: u16) -> Result<(), Failure> {
    System::new().block_on(async {
        HttpServer::new(|| App::new().default_service(web::to(hello)))
            .tcp_nodelay(true)
            .backlog(4096)
            .bind(("127.0.0.1", port))
            .context("listening")?
            .run()
            .await
            .context("serving")
    })
}

/// The body is read first, as every service must.
async fn hello(_body: Bytes) -> &'static str {
    "hello"
}
