//! `tourist-api` serves; `tourist-api openapi` prints the OpenAPI document, `tourist-api errors`
//! the table of error codes.

use std::io::Write as _;
use std::process::ExitCode;

use api_kit::error::codes;
use api_kit::log_lines;
use api_kit::settings::{Program, Settings, Source};
use tourist_api::startup::{self, TouristApi};

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        [] => serve(),
        ["openapi"] => print_openapi(),
        ["errors"] => print(&codes::table()),
        _ => Err("usage: tourist-api [openapi | errors]".into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Nothing is left to be done if even this cannot be said.
            let _ = writeln!(std::io::stderr(), "tourist-api: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn serve() -> Result<(), Failure> {
    let settings = Settings::load(Program::TouristApi, &Source::of_process())?;
    let clock = startup::clock(&settings);
    log_lines::start(std::sync::Arc::clone(&clock))?;
    let service = TouristApi::prepare(&settings, clock)?;
    let (address, metrics) = (service.address()?, service.metrics_address()?);
    log::info!(address:%, metrics:%; "the tourist API is listening");
    service.serve()?;
    log::info!("the tourist API has ended");
    Ok(())
}

fn print_openapi() -> Result<(), Failure> {
    print(&format!("{}\n", tourist_api::document().to_pretty_json()?))
}

fn print(text: &str) -> Result<(), Failure> {
    Ok(std::io::stdout().write_all(text.as_bytes())?)
}
