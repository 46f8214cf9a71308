//! What an address of another server has to be like.

use std::net::IpAddr;

/// Hosts under which the sandbox, or nobody, answers.
const LOCAL_HOSTS: [&str; 2] = ["localhost", "wechat-sandbox"];

/// Why a base URL is not acceptable, if it is not.
///
/// Outside production plain http is allowed, for the sandbox; in production only https to a host
/// that is not this machine.
pub(super) fn fault_of_base_url(url: &str, relaxed: bool) -> Option<&'static str> {
    if url.is_empty() {
        return Some("is missing");
    }
    let (https, rest) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
        (Some(rest), _) => (true, rest),
        (_, Some(rest)) => (false, rest),
        _ => return Some("is not a http or https address"),
    };
    let host = host_of(rest);
    if host.is_empty() || url.ends_with('/') || url.contains(['?', '#', '@', ' ']) {
        return Some("must be a scheme, a host and perhaps a path, with nothing behind");
    }
    if relaxed {
        return None;
    }
    if !https {
        return Some("must be https in production");
    }
    is_local(host).then_some("must not be this machine or the sandbox in production")
}

fn host_of(rest: &str) -> &str {
    let authority = rest.split('/').next().unwrap_or_default();
    match authority.strip_prefix('[') {
        Some(bracketed) => bracketed.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    }
}

fn is_local(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let loopback = host
        .parse::<IpAddr>()
        .is_ok_and(|address| address.is_loopback() || address.is_unspecified());
    loopback || LOCAL_HOSTS.contains(&host.as_str()) || host.contains("sandbox")
}

/// Why a database address is not acceptable, if it is not.
pub(super) fn fault_of_database_url(url: &str) -> Option<&'static str> {
    if url.is_empty() {
        return Some("is missing");
    }
    let named = url
        .strip_prefix("mysql://")
        .and_then(|rest| rest.split_once('/'))
        .is_some_and(|(server, name)| !server.is_empty() && !name.is_empty());
    (!named).then_some("must be mysql://user:password@host:port/name")
}
