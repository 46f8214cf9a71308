//! One command that has to succeed before the next one makes sense.

use std::process::Command;
use std::thread;
use std::time::Duration;

use crate::children::{GLANCE, Running};
use crate::failure::Failure;
use crate::interrupt;

/// Runs a command to its end, showing its output as it comes. Asked to stop, it passes the
/// request on and waits.
pub(crate) fn run(what: &'static str, command: &mut Command) -> Result<(), Failure> {
    const GRACE: Duration = Duration::from_secs(10);
    interrupt::check()?;
    let mut child = Running::start(what, GRACE, command)?;
    loop {
        if let Some(status) = child.ended() {
            if status.success() {
                return Ok(());
            }
            return Err(Failure::new(format!(
                "{what} failed ({status}); its messages are above"
            )));
        }
        // Leaving drops the child, which stops it.
        interrupt::check()?;
        thread::sleep(GLANCE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn success_and_failure_are_told_apart() {
        assert!(run("true", &mut Command::new("true")).is_ok());
        let failure = run("false", &mut Command::new("false")).unwrap_err();
        assert!(failure.to_string().starts_with("false failed"));
    }
}
