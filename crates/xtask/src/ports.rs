//! Choosing TCP ports on this machine.

use std::net::{Ipv4Addr, TcpListener};

use crate::failure::{Context as _, Failure};

/// Hands out ports, none of them twice: a port is free until its service has opened it, which
/// is long after the next one has been chosen.
#[derive(Default)]
pub(crate) struct Ports {
    taken: Vec<u16>,
}

impl Ports {
    /// `preferred`, or the next one above it that is free.
    pub(crate) fn at_or_above(&mut self, preferred: u16) -> Result<u16, Failure> {
        const REACH: u16 = 200;
        let last = preferred.saturating_add(REACH);
        let port = (preferred..=last).find(|port| !self.taken.contains(port) && is_free(*port));
        let port = port.ok_or_else(|| {
            Failure::new(format!(
                "no TCP port from {preferred} to {last} is free on 127.0.0.1"
            ))
        })?;
        self.taken.push(port);
        Ok(port)
    }
}

/// Nobody listens there now. Bound on all addresses, so that a listener on any of them counts.
pub(crate) fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
        && TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).is_ok()
}

/// A free port of the system's choice, which it does not offer to two programs in a row.
pub(crate) fn any() -> Result<u16, Failure> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .context("looking for a free TCP port on 127.0.0.1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_means_the_next_free_one() {
        let holder = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let held = holder.local_addr().unwrap().port();
        let chosen = Ports::default().at_or_above(held).unwrap();
        assert!(chosen > held);
    }

    #[test]
    fn no_port_is_handed_out_twice() {
        let mut ports = Ports::default();
        let first = ports.at_or_above(20_000).unwrap();
        assert_ne!(first, ports.at_or_above(first).unwrap());
    }
}
