//! `manage migrate` and `manage schema-dump`.

use secrecy::ExposeSecret as _;

use crate::failure::Failure;
use crate::{house, output};

/// Runs the migrations that have not been run.
pub(crate) fn migrate() -> Result<(), Failure> {
    let settings = house::settings()?;
    let run = persistence::migrate(settings.database.url.expose_secret())?;
    for name in &run {
        output::line(&format!("ran {name}"));
    }
    output::line(&match run.len() {
        0 => "The database is up to date.".to_owned(),
        1 => "1 migration was run.".to_owned(),
        number => format!("{number} migrations were run."),
    });
    Ok(())
}

/// Prints the tables, for docs/schema.sql.
pub(crate) fn dump_schema() -> Result<(), Failure> {
    let settings = house::settings()?;
    let schema = persistence::schema_dump(settings.database.url.expose_secret())?;
    output::raw(&schema);
    Ok(())
}
