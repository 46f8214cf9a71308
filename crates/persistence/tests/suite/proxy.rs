//! Stands between the pool and the server, and cuts connections where it hurts.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// What happens to a COMMIT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// The connection breaks before the server gets it.
    BeforeCommit,
    /// The server carries it out, but its answer is lost.
    AfterCommit,
}

/// A server's address of its own, whose COMMITs misbehave in the order they were told to.
pub(crate) struct Proxy {
    address: String,
    cuts: Arc<Mutex<VecDeque<Cut>>>,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl Proxy {
    /// A proxy to `server`, given as `host:port`.
    pub(crate) fn to(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = Self {
            address: listener.local_addr().unwrap().to_string(),
            cuts: Arc::default(),
            open: Arc::default(),
        };
        let (cuts, open) = (Arc::clone(&proxy.cuts), Arc::clone(&proxy.open));
        let server = server.to_owned();
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let server = TcpStream::connect(&server).unwrap();
                open.lock().unwrap().push(client.try_clone().unwrap());
                relay(client, server, Arc::clone(&cuts));
            }
        });
        proxy
    }

    /// Where it listens, as `host:port`.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Has the next COMMITs misbehave.
    pub(crate) fn cut(&self, cuts: &[Cut]) {
        self.cuts.lock().unwrap().extend(cuts);
    }

    /// Breaks every connection there is; new ones can be made.
    pub(crate) fn cut_now(&self) {
        for connection in self.open.lock().unwrap().drain(..) {
            drop(connection.shutdown(Shutdown::Both));
        }
    }
}

fn relay(client: TcpStream, server: TcpStream, cuts: Arc<Mutex<VecDeque<Cut>>>) {
    let answers_lost = Arc::new(AtomicBool::new(false));
    let lost = Arc::clone(&answers_lost);
    let (from_server, to_client) = (server.try_clone().unwrap(), client.try_clone().unwrap());
    thread::spawn(move || relay_answers(from_server, to_client, &lost));
    thread::spawn(move || {
        drop(relay_commands(&client, &server, &cuts, &answers_lost));
        drop(server.shutdown(Shutdown::Write));
    });
}

fn relay_answers(mut server: TcpStream, mut client: TcpStream, lost: &AtomicBool) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(length @ 1..) = server.read(&mut buffer) {
        if lost.load(Ordering::SeqCst) || client.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    drop(client.shutdown(Shutdown::Both));
}

/// Passes packets on, one by one: three bytes of length, one of sequence, and so many bytes, of
/// which the first says what is wanted; 3 is a query.
fn relay_commands(
    mut client: &TcpStream,
    mut server: &TcpStream,
    cuts: &Mutex<VecDeque<Cut>>,
    answers_lost: &AtomicBool,
) -> io::Result<()> {
    loop {
        let mut header = [0; 4];
        client.read_exact(&mut header)?;
        let length = u32::from_le_bytes([header[0], header[1], header[2], 0]);
        let mut packet = vec![0; usize::try_from(length).unwrap()];
        client.read_exact(&mut packet)?;
        if packet == b"\x03COMMIT" {
            match cuts.lock().unwrap().pop_front() {
                None => {}
                Some(Cut::BeforeCommit) => return client.shutdown(Shutdown::Both),
                Some(Cut::AfterCommit) => answers_lost.store(true, Ordering::SeqCst),
            }
        }
        server.write_all(&[&header[..], &packet].concat())?;
    }
}
