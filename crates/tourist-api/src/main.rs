//! `tourist-api` serves; `tourist-api openapi` prints the OpenAPI document, `tourist-api errors`
//! the table of error codes.

use std::process::ExitCode;

use api_kit::error::codes;
use api_kit::program::{self, Failure};
use api_kit::settings::Program;
use tourist_api::startup::{self, TouristApi};

fn main() -> ExitCode {
    program::run("tourist-api", |arguments| match arguments {
        [] => serve(),
        ["openapi"] => print_openapi(),
        ["errors"] => program::print(&codes::table()),
        _ => Err("usage: tourist-api [openapi | errors]".into()),
    })
}

fn serve() -> Result<(), Failure> {
    let (settings, clock) = program::begin(Program::TouristApi, startup::clock)?;
    Ok(TouristApi::prepare(&settings, clock)?.serve()?)
}

fn print_openapi() -> Result<(), Failure> {
    program::print(&format!("{}\n", tourist_api::document().to_pretty_json()?))
}
