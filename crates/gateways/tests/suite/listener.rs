//! Where the sandbox sends its notifications.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use domain::ports::SignedNotification;

/// Takes notifications, one connection each, for as long as the test runs.
pub(crate) struct Listener {
    address: SocketAddr,
    received: Receiver<SignedNotification>,
}

impl Listener {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (send, received) = mpsc::channel();
        thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                if send.send(read(stream)).is_err() {
                    return;
                }
            }
        });
        Self { address, received }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.address)
    }

    /// The next notification.
    pub(crate) fn next(&self) -> SignedNotification {
        self.received.recv_timeout(Duration::from_secs(20)).unwrap()
    }
}

fn read(stream: TcpStream) -> SignedNotification {
    let mut reader = BufReader::new(stream);
    let mut notification = SignedNotification {
        serial: String::new(),
        timestamp: String::new(),
        nonce: String::new(),
        signature: String::new(),
        body: Vec::new(),
    };
    let mut length = 0;
    let mut line = String::new();
    while reader.read_line(&mut line).unwrap() > 2 {
        let (name, value) = line.split_once(':').unwrap_or(("", ""));
        let value = value.trim().to_owned();
        match name.to_ascii_lowercase().as_str() {
            "wechatpay-serial" => notification.serial = value,
            "wechatpay-timestamp" => notification.timestamp = value,
            "wechatpay-nonce" => notification.nonce = value,
            "wechatpay-signature" => notification.signature = value,
            "content-length" => length = value.parse().unwrap(),
            _ => (),
        }
        line.clear();
    }
    notification.body.resize(length, 0);
    reader.read_exact(&mut notification.body).unwrap();
    let answer = b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";
    reader.into_inner().write_all(answer).unwrap();
    notification
}
