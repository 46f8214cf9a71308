//! The sandbox from outside: over HTTP, with a client that shares no code with it.

pub(crate) mod clock;
pub(crate) mod samples;

mod bills;
mod merchant;
mod mini_program;
mod mishaps;
mod payments;
mod receiver;
mod refunds;
mod signatures;
