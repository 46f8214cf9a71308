//! Is a server answering? Asked over its own socket: on a TCP port another might answer.

use std::io::Read as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

/// A MySQL server speaks first: four bytes of header, then the number of its protocol, which
/// has been 10 since 1998; an error such as "too many connections" has 255 there. MariaDB
/// greets only after it has run its init file.
pub(crate) fn answers(socket: &Path) -> bool {
    const PROTOCOL: u8 = 10;
    let Ok(mut stream) = UnixStream::connect(socket) else {
        return false;
    };
    let mut head = [0; 5];
    let heard = stream
        .set_read_timeout(Some(Duration::from_secs(2)))
        .and_then(|()| stream.read_exact(&mut head));
    heard.is_ok() && head.last() == Some(&PROTOCOL)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::os::unix::net::UnixListener;
    use std::thread;

    use super::*;

    fn answers_with(bytes: &'static [u8]) -> bool {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("sock");
        let listener = UnixListener::bind(&socket).unwrap();
        let server = thread::spawn(move || listener.accept().unwrap().0.write_all(bytes).unwrap());
        let heard = answers(&socket);
        server.join().unwrap();
        heard
    }

    #[test]
    fn a_greeting_is_told_from_an_error_and_from_silence() {
        assert!(answers_with(b"\x5b\0\0\0\x0a10.11"));
        assert!(!answers_with(b"\x17\0\0\0\xff\x10\x04Too many"));
        assert!(!answers_with(b""));
        assert!(!answers(Path::new("/nonexistent")));
    }
}
