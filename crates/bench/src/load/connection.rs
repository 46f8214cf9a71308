//! One keep-alive connection of the client.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// More header lines than our services ever send.
const HEADERS: usize = 32;

/// After a service that is gone was asked in vain: its restart is not to be starved, and requests
/// that are sent only once not to be used up.
const PAUSE: Duration = Duration::from_millis(200);

/// A connection, made anew when it broke.
pub(super) struct Connection {
    target: SocketAddr,
    stream: Option<TcpStream>,
    received: Vec<u8>,
}

/// An answer, read to its end.
pub(super) struct Answer<'a> {
    pub(super) status: u16,
    pub(super) body: &'a [u8],
}

impl Connection {
    /// Not yet connected.
    pub(super) fn to(target: SocketAddr) -> Self {
        Self {
            target,
            stream: None,
            received: Vec::with_capacity(4096),
        }
    }

    /// Connects, so that it is not part of what is measured.
    pub(super) async fn open(&mut self) -> io::Result<()> {
        let stream = TcpStream::connect(self.target).await?;
        stream.set_nodelay(true)?;
        self.stream = Some(stream);
        Ok(())
    }

    /// Sends a request and reads the answer. After an error nothing is known of the request.
    pub(super) async fn exchange(&mut self, request: &[u8]) -> io::Result<Answer<'_>> {
        if self.stream.is_none() && self.open().await.is_err() {
            tokio::time::sleep(PAUSE).await;
            return Err(io::ErrorKind::ConnectionRefused.into());
        }
        match self.converse(request).await {
            Ok((status, body)) => Ok(Answer {
                status,
                body: self.received.get(body..).unwrap_or_default(),
            }),
            Err(error) => {
                self.stream = None;
                Err(error)
            }
        }
    }

    /// The status, and where in what was received the body begins.
    async fn converse(&mut self, request: &[u8]) -> io::Result<(u16, usize)> {
        let stream = self.stream.as_mut().ok_or(io::ErrorKind::NotConnected)?;
        stream.write_all(request).await?;
        self.received.clear();
        loop {
            if stream.read_buf(&mut self.received).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let head = Head::read(&self.received)?;
            let complete =
                |head: &Head| self.received.len() >= head.length.saturating_add(head.body);
            if let Some(head) = head.filter(complete) {
                return Ok((head.status, head.length));
            }
        }
    }
}

/// What stands before an answer's body.
struct Head {
    status: u16,
    /// Its own length.
    length: usize,
    /// The body's length.
    body: usize,
}

impl Head {
    /// `None` if there is more to come.
    fn read(received: &[u8]) -> io::Result<Option<Self>> {
        let mut headers = [httparse::EMPTY_HEADER; HEADERS];
        let mut answer = httparse::Response::new(&mut headers);
        let parsed = answer.parse(received).map_err(io::Error::other)?;
        let httparse::Status::Complete(length) = parsed else {
            return Ok(None);
        };
        let status = answer.code.ok_or(io::ErrorKind::InvalidData)?;
        let mut lengths = answer
            .headers
            .iter()
            .filter(|header| header.name.eq_ignore_ascii_case("content-length"));
        let body = match lengths.next() {
            Some(header) => number(header.value)?,
            // The services never send bodies in pieces; these have none.
            None if [204, 304].contains(&status) => 0,
            None => return Err(io::Error::other("an answer that does not say its length")),
        };
        Ok(Some(Self {
            status,
            length,
            body,
        }))
    }
}

fn number(digits: &[u8]) -> io::Result<usize> {
    let text = str::from_utf8(digits).map_err(io::Error::other)?;
    text.trim().parse().map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_once_it_is_complete() {
        let answer = b"HTTP/1.1 201 Created\r\ncontent-length: 4\r\n\r\nbody";
        let head = Head::read(answer).unwrap().unwrap();
        assert_eq!((head.status, head.body), (201, 4));
        assert_eq!(answer.get(head.length..).unwrap(), b"body");
        assert!(Head::read(&answer[..20]).unwrap().is_none());
    }

    #[test]
    fn an_answer_without_a_length_has_no_body_or_is_an_error() {
        let none = Head::read(b"HTTP/1.1 304 Not Modified\r\n\r\n").unwrap();
        assert_eq!(none.unwrap().body, 0);
        assert!(Head::read(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }
}
