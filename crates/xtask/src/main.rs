//! Early.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool talks to the person at the terminal")]
mod failure;
mod interrupt;
mod packages;
mod programs;
fn main() {
    interrupt::listen().ok();
    if let Err(e) = packages::ensure(&[packages::BUILD.as_slice(), &[packages::Need::Server]].concat()) { eprintln!("{e}"); }
}
