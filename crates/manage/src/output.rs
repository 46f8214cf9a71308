//! What the operator reads: results on standard output, everything about them on standard error.
//!
//! A reader that has gone away (`manage … | head`) ends no work half way, so failures to write
//! are passed over.

use std::io::{IsTerminal as _, Write as _, stderr, stdin, stdout};

/// A line of the result.
pub(crate) fn line(text: &str) {
    drop(writeln!(stdout().lock(), "{text}"));
}

/// The result as it is.
pub(crate) fn raw(text: &str) {
    drop(write!(stdout().lock(), "{text}"));
}

/// Something to know although the command goes on.
pub(crate) fn warning(text: &str) {
    drop(writeln!(stderr().lock(), "warning: {text}"));
}

/// Why the command ends here.
pub(crate) fn error(text: &str) {
    drop(writeln!(stderr().lock(), "error: {text}"));
}

/// How far long work has come.
pub(crate) fn progress(text: &str) {
    drop(writeln!(stderr().lock(), "… {text}"));
}

/// Reads one line, which is asked for where somebody is there to answer; `None` if it is empty or
/// there is none.
pub(crate) fn ask(what: &str) -> Option<String> {
    if stdin().is_terminal() {
        let mut out = stderr().lock();
        drop(write!(out, "{what}: ").and_then(|()| out.flush()));
    }
    let mut answer = String::new();
    stdin().read_line(&mut answer).ok()?;
    let answer = answer.trim();
    (!answer.is_empty()).then(|| answer.to_owned())
}

/// Asks a yes-or-no question; anything but `y` or `yes`, and nobody there to answer, is no.
pub(crate) fn confirm(question: &str) -> bool {
    if !stdin().is_terminal() {
        return false;
    }
    let mut out = stderr().lock();
    drop(write!(out, "{question} [y/N] ").and_then(|()| out.flush()));
    let mut answer = String::new();
    let read = stdin().read_line(&mut answer).is_ok();
    read && matches!(answer.trim(), "y" | "Y" | "yes")
}
