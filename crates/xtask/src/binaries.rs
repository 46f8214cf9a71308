//! The binaries of a running ticket office.

use std::path::PathBuf;

use crate::failure::Failure;
use crate::{step, workspace};

/// All of them; each is a package of the same name.
pub(crate) const ALL: [&str; 4] = ["manage", "wechat-sandbox", "tourist-api", "admin-api"];

/// The benchmark, which drives the others.
const BENCH: &str = "bench";

/// Builds the benchmark and all that it drives, optimised, and says in which folder they are.
pub(crate) fn build_for_bench() -> Result<PathBuf, Failure> {
    let wanted: Vec<_> = ALL.into_iter().chain([BENCH]).collect();
    build(&wanted, true)
}

/// Builds some of them, as far as they are out of date, and says in which folder they are.
pub(crate) fn build(wanted: &[&str], release: bool) -> Result<PathBuf, Failure> {
    let mut command = workspace::cargo();
    command.arg("build").args(selection(wanted));
    if release {
        command.arg("--release");
    }
    step::run("cargo build", &mut command)?;
    workspace::binaries(release)
}

/// All packages, however few binaries are wanted: cargo chooses the features of diesel and the
/// like by the packages named, and would compile those anew for each choice.
fn selection<'a>(wanted: &[&'a str]) -> Vec<&'a str> {
    let packages = ALL.into_iter().chain([BENCH]);
    let packages = packages.flat_map(|name| ["--package", name]);
    let binaries = wanted.iter().flat_map(|name| ["--bin", *name]);
    packages.chain(binaries).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_binary_is_built_as_beside_all_others() {
        assert_eq!(
            selection(&["manage"]).join(" "),
            "--package manage --package wechat-sandbox --package tourist-api \
             --package admin-api --package bench --bin manage"
        );
    }
}
