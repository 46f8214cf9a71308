//! Which address a request comes from, and how many come from it.

use std::net::{IpAddr, Ipv6Addr};

use actix_web::dev::ServiceRequest;
use actix_web::http::header::HeaderMap;

use crate::error::ApiError;

use super::RateLimit;

/// The limit of requests for each address.
pub struct AddressLimit {
    limit: RateLimit<IpAddr>,
    trusted_proxies: Vec<IpAddr>,
}

impl AddressLimit {
    /// `count` requests a minute; `X-Forwarded-For` is believed only from `trusted_proxies`.
    #[must_use]
    pub fn per_minute(count: u32, trusted_proxies: Vec<IpAddr>) -> Self {
        Self {
            limit: RateLimit::per_minute(count),
            trusted_proxies,
        }
    }

    pub(super) fn check(&self, request: &ServiceRequest) -> Result<(), ApiError> {
        // Without a peer there is a Unix socket, or a test: nobody to tell apart.
        let Some(peer) = request.peer_addr() else {
            return Ok(());
        };
        let address = client(peer.ip(), request.headers(), &self.trusted_proxies);
        self.limit.check(&household(address))
    }
}

/// The last address of the chain that is not one of our own proxies: everything before it may be
/// made up by the caller.
fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    if !trusted.contains(&peer) {
        return peer;
    }
    let chain: Vec<IpAddr> = headers
        .get_all("x-forwarded-for")
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|address| address.trim().parse().ok())
        .collect();
    let outermost = chain
        .into_iter()
        .rev()
        .find(|address| !trusted.contains(address));
    outermost.unwrap_or(peer)
}

/// One subscriber has a whole /64 of IPv6 addresses.
fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let network = address.to_bits() & !u128::from(u64::MAX);
            IpAddr::V6(Ipv6Addr::from_bits(network))
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn seen(peer: &str, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(
                HeaderName::from_static("x-forwarded-for"),
                HeaderValue::from_str(value).unwrap(),
            );
        }
        let trusted = ["10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap()];
        client(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn only_our_proxies_are_believed() {
        assert_eq!(seen("203.0.113.9", &["1.1.1.1"]), "203.0.113.9");
        assert_eq!(seen("10.0.0.1", &["1.1.1.1"]), "1.1.1.1");
        assert_eq!(seen("10.0.0.1", &["6.6.6.6, 1.1.1.1, 10.0.0.2"]), "1.1.1.1");
        assert_eq!(seen("10.0.0.1", &["6.6.6.6", "1.1.1.1"]), "1.1.1.1");
        assert_eq!(seen("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(seen("10.0.0.1", &["garbage"]), "10.0.0.1");
    }

    #[test]
    fn a_household_counts_as_one() {
        let household = |text: &str| household(text.parse().unwrap()).to_string();
        assert_eq!(household("203.0.113.9"), "203.0.113.9");
        assert_eq!(household("::ffff:203.0.113.9"), "203.0.113.9");
        assert_eq!(household("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(
            household("2001:db8:1:2::9"),
            household("2001:db8:1:2:ffff::1")
        );
    }
}
