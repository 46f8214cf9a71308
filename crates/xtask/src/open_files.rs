//! How many files, connections among them, we and what we start may have open.

use nix::sys::resource::{Resource, getrlimit, setrlimit};

use crate::failure::{Context as _, Failure};

/// Raises the limit to the most that the system allows us; children inherit it.
pub(crate) fn allow_many() -> Result<(), Failure> {
    let (_, most) =
        getrlimit(Resource::RLIMIT_NOFILE).context("asking how many files may be open")?;
    setrlimit(Resource::RLIMIT_NOFILE, most, most).context("allowing many open files")
}
