//! Documents that binaries print and the repository keeps: `cargo xtask openapi` and
//! `cargo xtask schema`. That they are up to date is an ordinary test of the crates concerned.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::failure::{Context as _, Failure};
use crate::test_database::TestDatabase;
use crate::up::environment::{Addresses, Environment};
use crate::{binaries, packages, workspace};

/// Writes docs/openapi anew.
pub(crate) fn openapi() -> Result<(), Failure> {
    packages::ensure(&packages::BUILD)?;
    let services = [("tourist-api", "tourist.json"), ("admin-api", "admin.json")];
    let folder = binaries::build(&services.map(|(name, _)| name), false)?;
    for (name, file) in services {
        let mut command = Command::new(folder.join(name));
        command.arg("openapi");
        let document = workspace::output(&mut command, name)?;
        // Whatever else a binary may print, it must not become the contract.
        serde_json::from_str::<serde::de::IgnoredAny>(&document)
            .context(format!("{name} openapi printed something else than JSON"))?;
        keep(&Path::new("docs/openapi").join(file), &document)?;
    }
    Ok(())
}

/// Writes docs/schema.sql anew, from the migrations alone: a developer's own database may be
/// ahead of them or behind.
pub(crate) fn schema() -> Result<(), Failure> {
    packages::ensure(&packages::BUILD)?;
    let folder = binaries::build(&["manage"], false)?;
    println!("Starting a database server for this under .local/test-db.");
    let database = TestDatabase::start()?;
    let url = database.database_url().unwrap_or_default();
    let environment = Environment::new(&Addresses::choose()?.stack(&url))?;
    let manage = |argument: &str| {
        let mut command = Command::new(folder.join("manage"));
        command.arg(argument);
        environment.tell(&mut command);
        workspace::output(&mut command, "manage")
    };
    print!("{}", manage("migrate")?);
    keep(Path::new("docs/schema.sql"), &manage("schema-dump")?)
}

fn keep(path: &Path, document: &str) -> Result<(), Failure> {
    let full = workspace::root().join(path);
    if let Some(folder) = full.parent() {
        fs::create_dir_all(folder).context(format!("making {}", folder.display()))?;
    }
    fs::write(&full, document).context(format!("writing {}", path.display()))?;
    println!("Wrote {}.", path.display());
    Ok(())
}
