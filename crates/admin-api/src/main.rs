//! `admin-api` serves and runs the jobs; `admin-api openapi` prints the OpenAPI document.

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use admin_api::startup::{self, AdminApi};
use api_kit::log_lines;
use api_kit::settings::{Program, Settings, Source};

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        [] => serve(),
        ["openapi"] => print_openapi(),
        _ => Err("usage: admin-api [openapi]".into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Nothing is left to be done if even this cannot be said.
            let _ = writeln!(std::io::stderr(), "admin-api: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn serve() -> Result<(), Failure> {
    let settings = Settings::load(Program::AdminApi, &Source::of_process())?;
    let clock = startup::clock(&settings);
    log_lines::start(Arc::clone(&clock))?;
    let service = AdminApi::prepare(&settings, clock)?;
    let (address, metrics) = (service.address()?, service.metrics_address()?);
    log::info!(address:%, metrics:%; "the admin API listens");
    service.serve()?;
    log::info!("the admin API has ended");
    Ok(())
}

fn print_openapi() -> Result<(), Failure> {
    let text = admin_api::document().to_pretty_json()?;
    Ok(writeln!(std::io::stdout(), "{text}")?)
}
