//! A mail server in a thread: speaks enough SMTP to take mail, and says no where it is told to.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

/// A mail as it came over the wire.
#[derive(Debug)]
pub(crate) struct Delivered {
    /// The commands before the message, in order.
    pub(crate) commands: Vec<String>,
    /// The message: headers and body, without the dots that SMTP adds.
    pub(crate) message: String,
}

impl Delivered {
    /// A header, its continued lines joined.
    pub(crate) fn header(&self, name: &str) -> String {
        let head = self.message.split("\r\n\r\n").next().unwrap_or_default();
        let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
        let prefix = format!("{name}: ");
        let mut lines = unfolded.split("\r\n");
        let line = lines.find_map(|line| line.strip_prefix(&prefix));
        line.unwrap_or_default().to_owned()
    }
}

/// A running server. Commands that begin with one of the words it refuses get that answer.
pub(crate) struct SmtpServer {
    address: SocketAddr,
    delivered: Receiver<Delivered>,
}

impl SmtpServer {
    /// A server that takes everything.
    pub(crate) fn start() -> Self {
        Self::refusing(&[])
    }

    /// A server that answers commands beginning with a word so, such as `("RCPT", "550 no")`;
    /// `("DATA END", …)` is the answer to a whole message.
    pub(crate) fn refusing(refusals: &'static [(&'static str, &'static str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (send, delivered) = mpsc::channel();
        thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                // A client that hangs up in the middle is no affair of the server's.
                let _ended = converse(&stream, refusals, &send);
            }
        });
        Self { address, delivered }
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// The next mail.
    pub(crate) fn next(&self) -> Delivered {
        self.delivered
            .recv_timeout(Duration::from_secs(20))
            .unwrap()
    }

    /// Whether nothing was delivered so far.
    pub(crate) fn is_idle(&self) -> bool {
        self.delivered.try_recv().is_err()
    }
}

fn converse(
    mut stream: &TcpStream,
    refusals: &[(&str, &str)],
    delivered: &Sender<Delivered>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut commands = Vec::new();
    let answer = |command: &str, usual: &str| {
        let refused = refusals.iter().find(|(word, _)| command.starts_with(word));
        format!("{}\r\n", refused.map_or(usual, |(_, answer)| answer))
    };
    stream.write_all(b"220 mail.test ready\r\n")?;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let command = line.trim_end().to_owned();
        let usual = match command.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" => "250-mail.test\r\n250 AUTH PLAIN LOGIN",
            "AUTH" => "235 welcome",
            "DATA" => "354 go on",
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        let said = answer(&command, usual);
        stream.write_all(said.as_bytes())?;
        if said.starts_with("354") {
            let message = read_message(&mut reader)?;
            let said = answer("DATA END", "250 queued");
            if said.starts_with("250") {
                let commands = std::mem::take(&mut commands);
                drop(delivered.send(Delivered { commands, message }));
            }
            stream.write_all(said.as_bytes())?;
        }
        commands.push(command);
    }
}

/// Reads up to the line that is a dot alone.
fn read_message(reader: &mut BufReader<&TcpStream>) -> std::io::Result<String> {
    let mut message = String::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line == ".\r\n" {
            return Ok(message);
        }
        message.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}
