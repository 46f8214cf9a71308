//! Finding programs, since a fresh machine has few of them and `/usr/sbin` is not on every path.

use std::env;
use std::path::{Path, PathBuf};

/// Where Debian and its relatives put servers, on the `PATH` of root only.
const SYSTEM_FOLDERS: [&str; 3] = ["/usr/sbin", "/usr/libexec", "/sbin"];

/// The full path of a program, or `None` when the machine does not have it.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(SYSTEM_FOLDERS.iter().map(PathBuf::from))
        .map(|folder| folder.join(name))
        .find(|candidate| is_program(candidate))
}

fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata()
        .is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_every_machine_has_and_nothing_else() {
        assert!(find("sh").is_some());
        assert!(find("no-such-program-anywhere").is_none());
    }
}
