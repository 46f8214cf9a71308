//! Requests, as bytes, made before anything is measured.

/// The bytes of one request.
pub(crate) type Request = Box<[u8]>;

/// What a load sends.
pub(crate) enum Requests {
    /// Each once, then the load is over.
    Once(Vec<Request>),
    /// Again and again from the beginning.
    Again(Vec<Request>),
}

impl Requests {
    /// The bytes of the `number`th request, counted from 0; empty if there are none.
    pub(crate) fn get(&self, number: u64) -> &[u8] {
        let (Self::Once(all) | Self::Again(all)) = self;
        let length = u64::try_from(all.len()).unwrap_or(u64::MAX).max(1);
        let place = usize::try_from(number % length).unwrap_or_default();
        all.get(place).map_or(&[], |request| request)
    }

    /// How many there are at most; `None` without an end.
    pub(crate) fn most(&self) -> Option<u64> {
        match self {
            Self::Once(all) => u64::try_from(all.len()).ok(),
            Self::Again(_) => None,
        }
    }
}

/// The bytes of a GET.
pub(crate) fn get(path: &str) -> Request {
    get_with(path, "")
}

/// The bytes of a GET with these header lines, each ended by `\r\n`.
pub(crate) fn get_with(path: &str, headers: &str) -> Request {
    bytes(format!(
        "GET {path} HTTP/1.1\r\nHost: bench\r\n{headers}\r\n"
    ))
}

/// The bytes of a POST of JSON with these header lines, each ended by `\r\n`.
pub(crate) fn post(path: &str, headers: &str, body: &str) -> Request {
    let length = body.len();
    bytes(format!(
        "POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n{headers}\r\n{body}"
    ))
}

fn bytes(text: String) -> Request {
    text.into_bytes().into_boxed_slice()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_sent_once_or_again_and_again() {
        let all = || vec![get("/a"), get("/b")];
        assert_eq!(Requests::Once(all()).most(), Some(2));
        let again = Requests::Again(all());
        assert_eq!(again.most(), None);
        assert_eq!(again.get(3), &*get("/b"));
        assert!(Requests::Again(Vec::new()).get(1).is_empty());
    }

    #[test]
    fn a_post_says_how_long_it_is() {
        let post = post("/orders", "Idempotency-Key: k\r\n", "{\"名\":1}");
        let text = String::from_utf8(post.into_vec()).unwrap();
        assert!(text.contains("\r\nContent-Length: 9\r\nIdempotency-Key: k\r\n\r\n{"));
    }
}
