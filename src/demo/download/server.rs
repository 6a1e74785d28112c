//! The file server's side: reads a name, finds the file on its shelf, sends it or says why not.
//!
//! A client that never ends its name, sends it octet by octet, takes nothing or goes away costs one of a bounded
//! number of threads for a bounded time. Nothing is printed here.

use std::io::Read;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::demo::conversation::Conversation;
use crate::demo::download::incoming::{Incoming, Line};
use crate::demo::download::shelf::{Item, Shelf};
use crate::demo::download::{CHUNK, Checksum, Header, NAME_LIMIT, Refusal};
use crate::demo::error::DemoError;
use crate::demo::listener::{Listener, Terms};
use crate::demo::wait::{Deadline, Stop};

/// How long a client may take to close after the last octet, and how much it may still send, before the server closes.
const FAREWELL: Duration = Duration::from_secs(2);
const FAREWELL_OCTETS: usize = 256 * 1024;

/// Octets a second that a client has to take at least: slower than a modem's, and no place is held for ever.
const SLOWEST: u64 = 1_024;

/// What happens at a file server.
#[derive(Debug)]
pub enum FileEvent<'a> {
    /// A file went out whole, checksum included.
    Sent {
        /// To whom.
        client: SocketAddr,
        /// Which.
        name: &'a str,
        /// Its octets.
        length: u64,
        /// Of what was sent.
        checksum: Checksum,
    },
    /// A request was refused.
    Refused {
        /// Whose.
        client: SocketAddr,
        /// What was asked for, as far as it was read.
        name: &'a [u8],
        /// Why.
        refusal: Refusal,
    },
    /// The client went away before it had asked for anything.
    Left {
        /// Who.
        client: SocketAddr,
    },
    /// The file ended early or could not be read on, so the connection was cut.
    Spoilt {
        /// Whose.
        client: SocketAddr,
        /// Which file.
        name: &'a str,
        /// Octets sent of it.
        sent: u64,
        /// Octets announced.
        length: u64,
    },
    /// The connection broke, or the client was too slow.
    Failed {
        /// Who.
        client: SocketAddr,
        /// Why.
        error: DemoError,
    },
}

/// What a file server did in all.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct FileTally {
    /// Clients accepted.
    pub clients: u64,
    /// Files sent whole.
    pub files: u64,
    /// Requests refused.
    pub refused: u64,
}

/// Serves clients from the shelf until so many were accepted or it is stopped.
///
/// # Errors
///
/// Those of [`Listener::serve`]. What goes wrong with one client is an event.
pub fn serve(
    listener: &Listener,
    terms: &Terms,
    shelf: &dyn Shelf,
    stop: &Stop,
    observe: &(dyn Fn(&FileEvent<'_>) + Sync),
) -> Result<FileTally, DemoError> {
    let files = AtomicU64::new(0);
    let refused = AtomicU64::new(0);
    let count = |event: &FileEvent<'_>| {
        match event {
            FileEvent::Sent { .. } => files.fetch_add(1, Ordering::Relaxed),
            FileEvent::Refused { .. } => refused.fetch_add(1, Ordering::Relaxed),
            _ => 0,
        };
        observe(event);
    };
    let clients = listener.serve(terms, stop, &|mut conversation| {
        let client = conversation.remote();
        if let Err(error) = answer(&mut conversation, shelf, &count) {
            count(&FileEvent::Failed { client, error });
        }
    })?;
    Ok(FileTally { clients, files: files.into_inner(), refused: refused.into_inner() })
}

fn answer(
    conversation: &mut Conversation<'_>,
    shelf: &dyn Shelf,
    observe: &(dyn Fn(&FileEvent<'_>) + Sync),
) -> Result<(), DemoError> {
    let client = conversation.remote();
    // One deadline for the whole name, else an octet now and then would hold a thread for ever.
    let deadline = conversation.deadline();
    let (asked, found) = match Incoming::new(conversation).line(NAME_LIMIT, deadline)? {
        Line::Whole(asked) => {
            let found = std::str::from_utf8(&asked).map_err(|_| Refusal::BadName).and_then(|name| shelf.item(name));
            (asked, found)
        }
        Line::TooLong(asked) => (asked, Err(Refusal::BadName)),
        Line::Ended(asked) if asked.is_empty() => {
            observe(&FileEvent::Left { client });
            return Ok(());
        }
        // A name without its line feed may be a part of it only.
        Line::Ended(asked) => (asked, Err(Refusal::BadName)),
    };
    match found {
        Err(refusal) => {
            conversation.write_all(Header::Refuses(refusal).to_string().as_bytes())?;
            observe(&FileEvent::Refused { client, name: &asked, refusal });
        }
        Ok(item) => {
            let name = std::str::from_utf8(&asked).unwrap_or_default();
            let length = item.length;
            match send(conversation, item)? {
                Sent::Whole(checksum) => observe(&FileEvent::Sent { client, name, length, checksum }),
                Sent::UpTo(sent) => {
                    observe(&FileEvent::Spoilt { client, name, sent, length });
                    return Ok(());
                }
            }
        }
    }
    conversation.finish_sending()?;
    conversation.drain(FAREWELL_OCTETS, Deadline::after(FAREWELL));
    Ok(())
}

/// How far a file went out.
enum Sent {
    Whole(Checksum),
    UpTo(u64),
}

fn send(conversation: &mut Conversation<'_>, mut item: Item) -> Result<Sent, DemoError> {
    let end = Deadline::after(patience(conversation.silence(), item.length));
    conversation.write_all_by(Header::Sends(item.length).to_string().as_bytes(), end)?;
    let mut digest = Sha256::new();
    let mut chunk = [0; CHUNK];
    let mut left = item.length;
    while left > 0 {
        let most = usize::try_from(left).unwrap_or(CHUNK).min(CHUNK);
        let room = chunk.get_mut(..most).unwrap_or_default();
        // A file that shrinks, or a disk that fails, leaves less than was announced: the missing checksum tells.
        let Ok(count @ 1..) = read_some(&mut item.octets, room) else { return Ok(Sent::UpTo(item.length - left)) };
        let octets = room.get(..count).unwrap_or_default();
        digest.update(octets);
        conversation.write_all_by(octets, end)?;
        left -= octets.len() as u64;
    }
    let checksum = Checksum(digest.finalize().into());
    conversation.write_all_by(&checksum.0, end)?;
    Ok(Sent::Whole(checksum))
}

/// How long a client may take over so many octets.
fn patience(silence: Duration, octets: u64) -> Duration {
    silence.saturating_add(Duration::from_secs(octets / SLOWEST))
}

fn read_some(from: &mut dyn Read, into: &mut [u8]) -> std::io::Result<usize> {
    loop {
        match from.read(into) {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::patience;
    use std::time::Duration;

    #[test]
    fn a_file_may_take_as_long_as_the_slowest_link_needs_and_no_longer() {
        let silence = Duration::from_secs(10);
        assert_eq!(patience(silence, 0), silence);
        assert_eq!(patience(silence, 1_024_000), Duration::from_secs(1_010));
        assert_eq!(patience(Duration::MAX, u64::MAX), Duration::MAX);
    }
}
