//! Installs the few system packages the workspace needs, and only those that are missing.

use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use nix::unistd::Uid;

use crate::failure::{Context as _, Failure};
use crate::{interrupt, programs};

/// Something the workspace needs from the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// A C compiler: crates such as aws-lc-rs build C code.
    Compiler,
    /// How build scripts find C libraries.
    PkgConfig,
    /// The client library that diesel links.
    ClientLibrary,
    /// The database server, without a system service.
    Server,
    /// The interactive client, for `cargo xtask db shell` only.
    Client,
}

/// What compiling the workspace takes.
pub(crate) const BUILD: [Need; 3] = [Need::Compiler, Need::PkgConfig, Need::ClientLibrary];

impl Need {
    /// The package of Debian and Ubuntu that has it.
    fn package(self) -> &'static str {
        match self {
            Self::Compiler => "gcc",
            Self::PkgConfig => "pkg-config",
            Self::ClientLibrary => "default-libmysqlclient-dev",
            Self::Server => "mariadb-server-core",
            Self::Client => "mariadb-client-core",
        }
    }

    /// Judged by the thing itself and not by the package list: another distribution, or a
    /// version installed by hand, serves as well.
    fn is_met(self) -> bool {
        match self {
            Self::Compiler => programs::find("cc").is_some(),
            Self::PkgConfig => programs::find("pkg-config").is_some(),
            Self::ClientLibrary => ["mysqlclient", "libmariadb"].into_iter().any(has_library),
            Self::Server => programs::find("mariadbd").is_some(),
            Self::Client => programs::find("mariadb").is_some(),
        }
    }
}

fn has_library(name: &str) -> bool {
    Command::new("pkg-config")
        .args(["--exists", name])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The packages that are missing, in the order of `needs`.
fn missing(needs: &[Need]) -> Vec<&'static str> {
    needs
        .iter()
        .filter(|need| !need.is_met())
        .map(|need| need.package())
        .collect()
}

/// Versions of MariaDB's client library with which diesel reads every text as empty: seen with
/// 3.3.19, the one of Debian 12 without its security updates, and gone in 3.3.20.
const BROKEN_CLIENT_LIBRARIES: [&str; 1] = ["3.3.19"];

/// Makes sure that all of `needs` are there and usable, installing what is missing.
pub(crate) fn ensure(needs: &[Need]) -> Result<(), Failure> {
    ensure_installed(needs)?;
    if needs.contains(&Need::ClientLibrary) && has_broken_client_library() {
        return mend_client_library();
    }
    Ok(())
}

fn has_broken_client_library() -> bool {
    let version = Command::new("pkg-config")
        .args(["--modversion", "libmariadb"])
        .stderr(Stdio::null())
        .output();
    version.is_ok_and(|output| is_broken(&String::from_utf8_lossy(&output.stdout)))
}

fn is_broken(version: &str) -> bool {
    BROKEN_CLIENT_LIBRARIES.contains(&version.trim())
}

fn mend_client_library() -> Result<(), Failure> {
    const PACKAGES: [&str; 3] = ["libmariadb3", "libmariadb-dev", "libmariadb-dev-compat"];
    println!("Upgrading MariaDB's client library: this version reads every text as empty.");
    if programs::find("apt-get").is_some() {
        apt_get(&["update", "-q"])?;
        let options = ["install", "-y", "-q", "--only-upgrade", "--no-remove"];
        apt_get(&[options.as_slice(), PACKAGES.as_slice()].concat())?;
    }
    if has_broken_client_library() {
        return Err(Failure::new(
            "MariaDB's client library 3.3.19 reads every text as empty, and no newer one is to be \
             had here: enable Debian's security updates (bookworm-security) and try again",
        ));
    }
    Ok(())
}

fn ensure_installed(needs: &[Need]) -> Result<(), Failure> {
    let missing_packages = missing(needs);
    if missing_packages.is_empty() {
        return Ok(());
    }
    let names = missing_packages.join(" ");
    if programs::find("apt-get").is_none() {
        return Err(Failure::new(format!(
            "this machine has no apt-get, so please install by hand what Debian calls: {names}"
        )));
    }
    println!("Installing {names} with apt-get (no system service is started).");
    install(&missing_packages)?;
    let still_missing = missing(needs);
    if still_missing.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "apt-get reported success, yet these are not usable: {}; see what it printed above",
        still_missing.join(" ")
    )))
}

/// Tries a few times: another clone of this repository, or the machine's own upgrades, may
/// hold apt's lock at this moment.
fn install(packages: &[&str]) -> Result<(), Failure> {
    const TRIES: u32 = 3;
    for attempt in 1..=TRIES {
        let updated = attempt > 1 || apt_get(&["update", "-q"])?;
        if !updated {
            println!("apt-get update failed; going on with the package lists that are there.");
        }
        // --no-remove: on a machine with Oracle's MySQL server, installing MariaDB would
        // silently take that server away.
        let options = [
            "install",
            "-y",
            "-q",
            "--no-install-recommends",
            "--no-remove",
        ];
        if apt_get(&[options.as_slice(), packages].concat())? {
            return Ok(());
        }
        interrupt::check()?;
        if attempt < TRIES {
            println!("apt-get failed; trying again in ten seconds.");
            sleep(Duration::from_secs(10));
        }
    }
    Err(Failure::new(format!(
        "apt-get could not install {}; see its messages above. If another MySQL server is in \
         the way, set PALACE__DATABASE__URL (for tests: PALACE_TEST_DATABASE_URL) to use it",
        packages.join(" ")
    )))
}

/// Runs apt-get in the foreground, so that sudo may ask for a password.
fn apt_get(arguments: &[&str]) -> Result<bool, Failure> {
    let mut command = as_root()?;
    command
        .args(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"])
        .args(["-o", "DPkg::Lock::Timeout=300"])
        .args(arguments);
    let status = command.status().context("running apt-get")?;
    Ok(status.success())
}

fn as_root() -> Result<Command, Failure> {
    if Uid::effective().is_root() {
        // `env` runs what follows: the same words then work with and without sudo.
        return Ok(Command::new("env"));
    }
    if Path::new("/usr/bin/sudo").exists() {
        return Ok(Command::new("sudo"));
    }
    Err(Failure::new(
        "installing packages takes root: run this once as root, or install sudo",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_need_has_its_own_package() {
        let needs = [BUILD.as_slice(), &[Need::Server, Need::Client]].concat();
        let mut packages: Vec<_> = needs.iter().map(|need| need.package()).collect();
        packages.sort_unstable();
        packages.dedup();
        assert_eq!(packages.len(), needs.len());
    }

    #[test]
    fn one_version_of_the_client_library_is_known_to_be_broken() {
        assert!(is_broken("3.3.19\n"));
        assert!(!is_broken("3.3.20\n"));
        assert!(!is_broken(""));
    }

    #[test]
    fn nothing_needed_means_nothing_done() {
        assert!(ensure(&[]).is_ok());
    }
}
