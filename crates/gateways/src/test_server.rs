//! A server that says what it was told to, whatever it is asked.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

/// Answers as many connections as there are answers, each with the next one and the end.
pub(crate) fn answering(answers: Vec<Vec<u8>>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            read_request(&stream);
            // A client that has read enough may hang up.
            let _written = stream.write_all(&answer);
        }
    });
    address
}

/// Reads one request to its end: what is left unread when the socket closes would reset the
/// connection under the answer.
fn read_request(stream: &TcpStream) {
    let mut reader = BufReader::new(stream);
    let mut body_length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if line.trim().is_empty() {
            break;
        }
        if let Some(length) = line.to_lowercase().strip_prefix("content-length:") {
            body_length = length.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; body_length];
    reader.read_exact(&mut body).unwrap();
}

/// An answer with status 200 and this body.
pub(crate) fn ok(body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}").into()
}
