//! What a command says when it cannot go on.

use std::fmt;

/// The end of a command. Every message is for a person: it names what was tried and, where
/// there is something to do about it, what to do.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Something went wrong, in words.
    Said(String),
    /// The person, or the system, asked us to stop before the work was done.
    Interrupted,
}

impl Failure {
    /// A failure in these words.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self::Said(message.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Said(message) => out.write_str(message),
            Self::Interrupted => out.write_str("stopped before it was done"),
        }
    }
}

/// Says what was being done when a lower layer failed: "No such file or directory" alone
/// helps nobody.
pub(crate) trait Context<T> {
    /// Puts `doing` in front of the error's own words.
    fn context(self, doing: impl fmt::Display) -> Result<T, Failure>;
}

impl<T, E: fmt::Display> Context<T> for Result<T, E> {
    fn context(self, doing: impl fmt::Display) -> Result<T, Failure> {
        self.map_err(|error| Failure::Said(format!("{doing}: {error}")))
    }
}
