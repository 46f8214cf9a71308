//! `admin-api` serves and runs the jobs; `admin-api openapi` prints the OpenAPI document.

use std::process::ExitCode;

use admin_api::startup::{self, AdminApi};
use api_kit::program::{self, Failure};
use api_kit::settings::Program;

fn main() -> ExitCode {
    program::run("admin-api", |arguments| match arguments {
        [] => serve(),
        ["openapi"] => print_openapi(),
        _ => Err("usage: admin-api [openapi]".into()),
    })
}

fn serve() -> Result<(), Failure> {
    let (settings, clock) = program::begin(Program::AdminApi, startup::clock)?;
    Ok(AdminApi::prepare(&settings, clock)?.serve()?)
}

fn print_openapi() -> Result<(), Failure> {
    program::print(&format!("{}\n", admin_api::document().to_pretty_json()?))
}
