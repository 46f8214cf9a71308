//! Files that only their owner may read, replaced in one step so that nobody reads half of one.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use crate::failure::{Context as _, Failure};

/// Writes `contents` with mode 0600. The mode is set when the file is made, so that there is
/// no moment at which others can read it.
pub(crate) fn write(path: &Path, contents: &str) -> Result<(), Failure> {
    let doing = format!("writing {}", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).context(&doing)?;
    }
    let draft = path.with_extension(format!("draft-{}", std::process::id()));
    // A draft left behind by a dead process with our number may have another mode.
    remove_if_there(&draft)?;
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft)
        .and_then(|mut file| file.write_all(contents.as_bytes()))
        .and_then(|()| fs::rename(&draft, path))
        .context(doing)
}

/// The contents, or `None` when there is no such file.
pub(crate) fn read(path: &Path) -> Result<Option<String>, Failure> {
    match fs::read_to_string(path) {
        Ok(contents) => Ok(Some(contents)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).context(format!("reading {}", path.display())),
    }
}

/// Removes a file or a folder with all in it; it may be gone already.
pub(crate) fn remove_if_there(path: &Path) -> Result<(), Failure> {
    let removed = if path.is_dir() {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    };
    match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).context(format!("removing {}", path.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn is_private_and_replaceable() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deeper").join("secrets.env");
        assert_eq!(read(&path).unwrap(), None);
        write(&path, "one").unwrap();
        write(&path, "two").unwrap();
        assert_eq!(read(&path).unwrap().as_deref(), Some("two"));
        let mode = path.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        remove_if_there(&path).unwrap();
        remove_if_there(&path).unwrap();
        assert_eq!(read(&path).unwrap(), None);
    }
}
