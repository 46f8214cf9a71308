//! Which address a request comes from, and how many come from it.

use std::net::{IpAddr, Ipv6Addr};

use actix_web::dev::ServiceRequest;
use actix_web::http::header::HeaderMap;

use crate::error::ApiError;
use crate::health;

use super::RateLimit;

/// The limit of requests for each address.
///
/// Health is never limited: whoever watches the service asks often, from one address, and most of
/// all when it is busy.
pub struct AddressLimit {
    limit: RateLimit<IpAddr>,
    trusted_proxies: Vec<IpAddr>,
    unlimited: &'static [&'static str],
}

impl AddressLimit {
    /// `count` requests a minute; `X-Forwarded-For` is believed only from `trusted_proxies`.
    #[must_use]
    pub fn per_minute(count: u32, trusted_proxies: Vec<IpAddr>) -> Self {
        Self {
            limit: RateLimit::per_minute(count),
            trusted_proxies,
            unlimited: &[],
        }
    }

    /// The same, but requests for exactly these paths are not counted: for servers that few
    /// addresses speak for, and that prove themselves by a signature.
    #[must_use]
    pub fn except(self, unlimited: &'static [&'static str]) -> Self {
        Self { unlimited, ..self }
    }

    pub(super) fn check(&self, request: &ServiceRequest) -> Result<(), ApiError> {
        let path = request.path();
        if health::PATHS.contains(&path) || self.unlimited.contains(&path) {
            return Ok(());
        }
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
    use actix_web::test::TestRequest;

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

    fn ask(limit: &AddressLimit, path: &str) -> Result<(), ApiError> {
        let request = TestRequest::with_uri(path).peer_addr(([203, 0, 113, 9], 4711).into());
        limit.check(&request.to_srv_request())
    }

    #[test]
    fn health_and_the_paths_excepted_are_not_counted() {
        let limit = AddressLimit::per_minute(1, Vec::new()).except(&["/news"]);
        for _ in 0..3 {
            for path in ["/healthz", "/readyz", "/news", "/news?from=wechat"] {
                assert!(ask(&limit, path).is_ok(), "{path}");
            }
        }
        assert!(ask(&limit, "/orders").is_ok(), "nothing was counted so far");
        for path in ["/orders", "/news/", "//news", "/healthz/x", "/%6Eews"] {
            assert!(ask(&limit, path).is_err(), "{path}");
        }
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
