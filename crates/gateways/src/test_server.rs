//! A server that says what it was told to, whatever it is asked.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::thread;

/// Answers as many connections as there are answers, each with the next one and the end.
pub(crate) fn answering(answers: Vec<Vec<u8>>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 4096];
            let _length = stream.read(&mut request).unwrap();
            // A client that has read enough may hang up.
            let _written = stream.write_all(&answer);
        }
    });
    address
}

/// An answer with status 200 and this body.
pub(crate) fn ok(body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}").into()
}
