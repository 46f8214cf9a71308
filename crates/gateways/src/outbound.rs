//! HTTP calls to the outside: bounded in number, in time and in the size of the answer.

mod slots;

use std::io::Read as _;
use std::time::{Duration, Instant};

use reqwest::Url;
use reqwest::blocking::{Client, Request};
use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use thiserror::Error;

use self::slots::Slots;
use crate::settings::SettingsError;

/// Larger than any answer of WeChat's API, bills aside.
const LARGEST_ANSWER: u64 = 1024 * 1024;

const USER_AGENT: &str = concat!("palace-museum-tickets/", env!("CARGO_PKG_VERSION"));

/// How much waiting one client does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutboundLimits {
    /// How many calls are under way at most; further ones wait for their turn.
    pub concurrent_calls: usize,
    /// How long a call waits for its turn before it is refused without having been sent.
    pub turn: Duration,
    /// How long connecting takes at most.
    pub connect: Duration,
    /// How long a call takes in all, its turn included.
    pub total: Duration,
}

impl Default for OutboundLimits {
    /// 16 calls at once; 1 s for the turn, 2 s for connecting, 5 s in all.
    fn default() -> Self {
        Self {
            concurrent_calls: 16,
            turn: Duration::from_secs(1),
            connect: Duration::from_secs(2),
            total: Duration::from_secs(5),
        }
    }
}

/// Why there is no answer. Says nothing of the request, whose address may hold secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum NoAnswer {
    #[error("too many calls are under way")]
    NoTurn,
    #[error("the request could not be formed")]
    NotFormed,
    #[error("no connection")]
    NotConnected,
    #[error("no answer in time")]
    TimedOut,
    #[error("the connection broke")]
    Broken,
    #[error("the answer is too long")]
    TooLong,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// A header as text, empty if it is missing or no text.
    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.and_then(|it| it.to_str().ok()).unwrap_or_default()
    }
}

/// A client of one server.
#[derive(Debug)]
pub(crate) struct Outbound {
    client: Client,
    base: Url,
    slots: Slots,
    limits: OutboundLimits,
}

impl Outbound {
    /// A client of the server at `base_url`, which is a scheme and a host without a path.
    pub(crate) fn new(base_url: &str, limits: OutboundLimits) -> Result<Self, SettingsError> {
        if limits.concurrent_calls == 0 {
            let problem = "at least one call must be allowed";
            return Err(SettingsError::new("concurrent_calls", problem));
        }
        // Redirects are not followed: a signature holds for one address, and a secret in a query
        // must not travel on. Proxies of the environment are ignored, as the environment is.
        let client = Client::builder()
            .user_agent(USER_AGENT)
            .connect_timeout(limits.connect)
            .timeout(limits.total)
            .pool_max_idle_per_host(limits.concurrent_calls)
            .redirect(Policy::none())
            .referer(false)
            .no_proxy()
            .build()
            .map_err(|_| SettingsError::new("base_url", "no HTTP client can be built"))?;
        Ok(Self {
            client,
            base: parse_base_url(base_url)?,
            slots: Slots::new(limits.concurrent_calls),
            limits,
        })
    }

    /// The address of a path, given by its segments.
    pub(crate) fn address(&self, segments: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.clear().extend(segments);
        }
        url
    }

    /// Sends `request` when its turn has come and reads the whole answer.
    pub(crate) fn send(&self, mut request: Request) -> Result<Answer, NoAnswer> {
        let arrived = Instant::now();
        let wait = self.limits.turn.min(self.limits.total);
        let _turn = self.slots.take(wait).ok_or(NoAnswer::NoTurn)?;
        let left = self.limits.total.saturating_sub(arrived.elapsed());
        *request.timeout_mut() = Some(left);
        let response = self.client.execute(request).map_err(|e| no_answer(&e))?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let mut body = Vec::new();
        let length = response
            .take(LARGEST_ANSWER + 1)
            .read_to_end(&mut body)
            .map_err(|_| NoAnswer::Broken)?;
        if u64::try_from(length).is_ok_and(|length| length > LARGEST_ANSWER) {
            return Err(NoAnswer::TooLong);
        }
        Ok(Answer {
            status,
            headers,
            body,
        })
    }
}

fn no_answer(error: &reqwest::Error) -> NoAnswer {
    if error.is_builder() {
        NoAnswer::NotFormed
    } else if error.is_connect() {
        NoAnswer::NotConnected
    } else if error.is_timeout() {
        NoAnswer::TimedOut
    } else {
        NoAnswer::Broken
    }
}

fn parse_base_url(text: &str) -> Result<Url, SettingsError> {
    let refuse = |problem| SettingsError::new("base_url", problem);
    let url = Url::parse(text).map_err(|_| refuse("it is no URL"))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(refuse("it is no http(s) URL"));
    }
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if !bare || !url.username().is_empty() || url.password().is_some() {
        return Err(refuse("it must be a scheme and a host alone"));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use std::net::{SocketAddr, TcpListener};
    use std::sync::mpsc;
    use std::thread;

    use reqwest::Method;

    use super::*;
    use crate::test_server::answering;

    const SHORT: OutboundLimits = OutboundLimits {
        concurrent_calls: 1,
        turn: Duration::from_millis(20),
        connect: Duration::from_millis(200),
        total: Duration::from_millis(200),
    };

    fn get(outbound: &Outbound) -> Result<Answer, NoAnswer> {
        outbound.send(Request::new(Method::GET, outbound.address(&["a b", "c"])))
    }

    fn server(answer: Vec<u8>) -> SocketAddr {
        answering(vec![answer])
    }

    fn client(address: SocketAddr, limits: OutboundLimits) -> Outbound {
        Outbound::new(&format!("http://{address}"), limits).unwrap()
    }

    #[test]
    fn reads_status_headers_and_body() {
        let text = b"HTTP/1.1 404 Not Found\r\nrequest-id: 7\r\ncontent-length: 2\r\n\r\nno";
        let outbound = client(server(text.to_vec()), OutboundLimits::default());
        let answer = get(&outbound).unwrap();
        assert_eq!((answer.status, answer.body.as_slice()), (404, &b"no"[..]));
        assert_eq!(answer.header("Request-ID"), "7");
        assert_eq!(answer.header("other"), "");
    }

    #[test]
    fn redirects_are_not_followed() {
        let text = b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\n\r\n";
        let outbound = client(server(text.to_vec()), OutboundLimits::default());
        assert_eq!(get(&outbound).unwrap().status, 302);
    }

    #[test]
    fn an_endless_answer_is_cut_off() {
        let mut text = b"HTTP/1.1 200 OK\r\ncontent-length: 2000000\r\n\r\n".to_vec();
        text.resize(text.len() + 2_000_000, b'x');
        let outbound = client(server(text), OutboundLimits::default());
        assert_eq!(get(&outbound).unwrap_err(), NoAnswer::TooLong);
    }

    #[test]
    fn silence_ends_in_time_and_a_call_without_a_turn_is_not_sent() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let outbound = client(listener.local_addr().unwrap(), SHORT);
        let (under_way, first_is_under_way) = mpsc::channel();
        thread::scope(|scope| {
            let first = scope.spawn(|| get(&outbound).unwrap_err());
            scope.spawn(|| {
                let connection = listener.accept().unwrap();
                under_way.send(connection).unwrap();
            });
            let _connection = first_is_under_way.recv().unwrap();
            assert_eq!(get(&outbound).unwrap_err(), NoAnswer::NoTurn);
            assert_eq!(first.join().unwrap(), NoAnswer::TimedOut);
        });
    }

    #[test]
    fn nobody_listens() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let outbound = client(listener.local_addr().unwrap(), OutboundLimits::default());
        drop(listener);
        assert_eq!(get(&outbound).unwrap_err(), NoAnswer::NotConnected);
    }

    #[test]
    fn base_urls() {
        let problem = |text| Outbound::new(text, SHORT).map(|_| ());
        assert!(problem("https://api.mch.weixin.qq.com").is_ok());
        assert!(problem("http://127.0.0.1:8090/").is_ok());
        for text in [
            "",
            "api.mch.weixin.qq.com",
            "ftp://a.example",
            "http://a.example/path",
            "http://a.example/?a=b",
            "http://user:secret@a.example",
        ] {
            assert_eq!(problem(text).unwrap_err().setting, "base_url", "{text}");
        }
        let none = OutboundLimits {
            concurrent_calls: 0,
            ..SHORT
        };
        assert!(Outbound::new("http://a.example", none).is_err());
    }

    #[test]
    fn paths_are_escaped() {
        let outbound = Outbound::new("http://a.example", SHORT).unwrap();
        let url = outbound.address(&["v3", "a/b?c"]);
        assert_eq!(url.as_str(), "http://a.example/v3/a%2Fb%3Fc");
    }
}
