//! What an address of another server has to be like.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// WeChat's servers for mini-programs: the ordinary one and its documented stand-in.
pub(super) const LOGIN_HOSTS: [&str; 2] = ["api.weixin.qq.com", "api2.weixin.qq.com"];
/// WeChat Pay's servers, likewise.
pub(super) const PAY_HOSTS: [&str; 2] = ["api.mch.weixin.qq.com", "api2.mch.weixin.qq.com"];

/// Endings of names that no public server has.
const PRIVATE_ENDINGS: [&str; 8] = [
    "localhost",
    "local",
    "internal",
    "lan",
    "home.arpa",
    "test",
    "invalid",
    "example",
];

const MALFORMED: &str = "must be a scheme, a host and perhaps a path, with nothing behind";
const PLAIN: &str = "must be https in production";

/// Why the base URL of a server of WeChat's is not acceptable, if it is not.
///
/// Outside production it may be any, also with plain http, for the sandbox; in production it is
/// that of one of `hosts`, so that no mistake sends secrets and money elsewhere.
pub(super) fn fault_of_wechat_url(
    url: &str,
    relaxed: bool,
    hosts: &[&str],
) -> Option<&'static str> {
    let parsed = match parse(url) {
        Ok(parsed) => parsed,
        Err(fault) => return Some(fault),
    };
    if relaxed {
        return None;
    }
    if parsed.scheme() != "https" {
        return Some(PLAIN);
    }
    let known = parsed.host_str().is_some_and(|host| hosts.contains(&host));
    let bare = parsed.port().is_none() && parsed.path() == "/";
    (!known || !bare).then_some("must be WeChat's own server in production")
}

/// Why the address at which others reach us is not acceptable, if it is not.
pub(super) fn fault_of_public_url(url: &str, relaxed: bool) -> Option<&'static str> {
    let parsed = match parse(url) {
        Ok(parsed) => parsed,
        Err(fault) => return Some(fault),
    };
    if relaxed {
        return None;
    }
    if parsed.scheme() != "https" {
        return Some(PLAIN);
    }
    let public = match parsed.host() {
        Some(Host::Domain(name)) => is_public_name(name),
        Some(Host::Ipv4(address)) => is_public(address.into()),
        Some(Host::Ipv6(address)) => is_public(address.into()),
        None => false,
    };
    (!public).then_some("must be a host that WeChat Pay can reach, in production")
}

fn parse(url: &str) -> Result<Url, &'static str> {
    if url.is_empty() {
        return Err("is missing");
    }
    let parsed = Url::parse(url).map_err(|_| MALFORMED)?;
    if !matches!(parsed.scheme(), "http" | "https") {
        return Err("is not a http or https address");
    }
    // The parser forgives much; the text itself is what other code goes on with.
    let begins = url.strip_prefix(parsed.scheme());
    let whole = begins.is_some_and(|rest| rest.starts_with("://"));
    if !whole || url.ends_with('/') || url.contains(['?', '#', '@', '\\', ' ']) {
        return Err(MALFORMED);
    }
    Ok(parsed)
}

fn is_public_name(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let is_below = |ending: &str| {
        let rest = name.strip_suffix(ending);
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    name.contains('.') && !name.contains("sandbox") && !PRIVATE_ENDINGS.into_iter().any(is_below)
}

/// `IpAddr::is_global` is not stable yet; these are the ranges that a mistake would name.
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    let carrier_grade = first == 100 && (64..128).contains(&second);
    let none = first == 0 || address.is_broadcast() || address.is_multicast();
    let inside = address.is_loopback() || address.is_private() || address.is_link_local();
    !none && !inside && !carrier_grade && !address.is_documentation()
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let none = address.is_unspecified() || address.is_multicast();
    let inside =
        address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local();
    !none && !inside
}

/// Why a database address is not acceptable, if it is not.
pub(super) fn fault_of_database_url(url: &str, relaxed: bool) -> Option<&'static str> {
    const FORM: &str = "must be mysql://user:password@host:port/name";
    if url.is_empty() {
        return Some("is missing");
    }
    let Ok(parsed) = Url::parse(url) else {
        return Some(FORM);
    };
    let named = parsed.has_host() && parsed.path().len() > 1;
    if parsed.scheme() != "mysql" || !named {
        return Some(FORM);
    }
    let open = parsed.password().is_none_or(str::is_empty);
    (open && !relaxed).then_some("must have a password in production")
}
