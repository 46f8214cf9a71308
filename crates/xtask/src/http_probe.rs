//! The smallest HTTP client that can ask "are you well?".

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

/// Does `GET path` on this port of 127.0.0.1 answer 200?
pub(crate) fn is_ok(port: u16, path: &str) -> bool {
    status(port, path).is_ok_and(|line| line.split(' ').nth(1) == Some("200"))
}

/// The first line of the answer.
fn status(port: u16, path: &str) -> std::io::Result<String> {
    const PATIENCE: Duration = Duration::from_secs(2);
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    // Written at once: `write!` into a socket sends one packet for each piece of the text.
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut head = Vec::new();
    // Enough for the first line; the rest is of no interest.
    stream.take(64).read_to_end(&mut head)?;
    let head = String::from_utf8_lossy(&head);
    Ok(head.lines().next().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader};
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    fn answer(text: &'static str) -> bool {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            // Read to the empty line: a request may arrive in pieces, and what is left unread
            // when the socket closes would reset the connection under the answer.
            let head: Vec<String> = BufReader::new(&stream)
                .lines()
                .map(Result::unwrap)
                .take_while(|line| !line.is_empty())
                .collect();
            assert_eq!(head[0], "GET /healthz HTTP/1.1");
            stream.write_all(text.as_bytes()).unwrap();
        });
        let ok = is_ok(port, "/healthz");
        server.join().unwrap();
        ok
    }

    #[test]
    fn only_200_is_well() {
        assert!(answer("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"));
        assert!(!answer("HTTP/1.1 503 Service Unavailable\r\n\r\n"));
        assert!(!answer(""));
    }

    #[test]
    fn nobody_there_is_not_well() {
        let port = crate::ports::any().unwrap();
        assert!(!is_ok(port, "/healthz"));
    }
}
