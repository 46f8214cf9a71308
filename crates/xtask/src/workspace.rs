//! Where things are, and how to call cargo.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Context as _, Failure};

/// The root of the repository.
///
/// Cargo says at run time which package it runs: a binary from a target folder that several
/// clones share would otherwise work on the clone that built it last.
pub(crate) fn root() -> PathBuf {
    let package =
        env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let package = PathBuf::from(package);
    package
        .ancestors()
        .nth(2)
        .map_or_else(|| package.clone(), Path::to_path_buf)
}

/// The folder for what belongs to this clone alone: databases, secrets, locks. Made here, and
/// closed to others.
pub(crate) fn local() -> Result<PathBuf, Failure> {
    use std::os::unix::fs::DirBuilderExt as _;
    let folder = root().join(".local");
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&folder)
        .context(format!("making {}", folder.display()))?;
    Ok(folder)
}

/// The cargo that runs us, in the root of the repository.
pub(crate) fn cargo() -> Command {
    let program = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// What cargo knows about the workspace, without the rest of the world, as its own JSON.
pub(crate) fn metadata() -> Result<String, Failure> {
    let mut command = cargo();
    command.args(["metadata", "--format-version", "1", "--no-deps"]);
    output(&mut command, "cargo metadata")
}

/// What a command prints, when it succeeds; its messages go to the terminal.
pub(crate) fn output(command: &mut Command, what: &str) -> Result<String, Failure> {
    let output = command
        .stderr(std::process::Stdio::inherit())
        .output()
        .context(format!("running {what}"))?;
    if !output.status.success() {
        return Err(Failure::new(format!(
            "{what} failed ({}); see its messages above",
            output.status
        )));
    }
    String::from_utf8(output.stdout).context(format!("reading what {what} printed"))
}

/// The folder cargo builds binaries into.
pub(crate) fn binaries(release: bool) -> Result<PathBuf, Failure> {
    #[derive(serde::Deserialize)]
    struct Metadata {
        target_directory: PathBuf,
    }
    let json = metadata()?;
    let metadata: Metadata =
        serde_json::from_str(&json).context("reading what cargo metadata printed")?;
    let profile = if release { "release" } else { "debug" };
    Ok(metadata.target_directory.join(profile))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_holds_the_workspace() {
        assert!(root().join("Cargo.toml").is_file());
        assert!(root().join("crates/xtask").is_dir());
    }
}
