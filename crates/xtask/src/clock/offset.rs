//! The file of the development clock: one whole number of milliseconds.

use std::path::Path;

use chrono::TimeDelta;

use crate::failure::{Context as _, Failure};
use crate::private_file;

/// The offset, or `None` when there is no file yet.
pub(crate) fn read(path: &Path) -> Result<Option<TimeDelta>, Failure> {
    let Some(text) = private_file::read(path)? else {
        return Ok(None);
    };
    let offset = text.trim().parse().ok();
    let offset = offset.and_then(TimeDelta::try_milliseconds);
    offset.map(Some).ok_or_else(|| {
        Failure::new(format!(
            "{} should hold one whole number of milliseconds; remove it to reset the clock",
            path.display()
        ))
    })
}

/// Replaces the offset in one step: a service may read at any moment.
pub(crate) fn write(path: &Path, offset: TimeDelta) -> Result<(), Failure> {
    private_file::write(path, &format!("{}\n", offset.num_milliseconds()))
        .context("setting the development clock")
}

/// A clock that has been used never goes back: the database would hold orders from the
/// future. Without a file there is no past yet, and any time will do.
pub(crate) fn moves_back(present: Option<TimeDelta>, wanted: TimeDelta) -> bool {
    present.is_some_and(|present| wanted < present)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clock-offset");
        assert_eq!(read(&path).unwrap(), None);
        let offset = TimeDelta::milliseconds(-1_234);
        write(&path, offset).unwrap();
        assert_eq!(read(&path).unwrap(), Some(offset));
        private_file::write(&path, "soon").unwrap();
        assert!(read(&path).is_err());
    }

    #[test]
    fn only_a_clock_that_was_used_minds_going_back() {
        let [less, more] = [TimeDelta::seconds(1), TimeDelta::seconds(2)];
        assert!(moves_back(Some(more), less));
        assert!(!moves_back(Some(less), more));
        assert!(!moves_back(Some(less), less));
        assert!(!moves_back(None, TimeDelta::seconds(-99)));
    }
}
