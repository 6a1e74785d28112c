//! The file client's side: asks for a name and takes what was announced, no octet more, no octet less.
//!
//! The octets go to any writer before they are known to be right; [`output`](crate::demo::download::output) keeps them
//! out of sight until then.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;

use sha2::{Digest, Sha256};

use crate::demo::conversation::Conversation;
use crate::demo::download::incoming::{Incoming, Line};
use crate::demo::download::{Checksum, DownloadError, HEADER_LIMIT, Header, NAME_LIMIT};
use crate::demo::error::DemoError;
use crate::demo::text::Shown;

/// A file that came whole and right.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Received {
    /// From whom.
    pub server: SocketAddr,
    /// By whom.
    pub client: SocketAddr,
    /// Its octets.
    pub length: u64,
    /// Its checksum, computed by both sides.
    pub checksum: Checksum,
}

/// Where the octets go while they come.
pub struct Destination<'w> {
    /// The writer.
    pub writer: &'w mut dyn Write,
    /// What to call it in an error.
    pub path: PathBuf,
    /// The most octets it takes.
    pub most: u64,
}

/// Checks a name before anyone is asked for it.
///
/// # Errors
///
/// [`DownloadError::BadName`] if the protocol cannot carry it.
pub fn check_name(name: &str) -> Result<(), DownloadError> {
    let is_good = (1..=NAME_LIMIT).contains(&name.len()) && !name.contains(['\n', '\0']);
    if is_good { Ok(()) } else { Err(DownloadError::BadName { name: name.to_owned() }) }
}

/// Asks for a file and writes it to the destination. Only after `Ok` is what was written the file.
///
/// # Errors
///
/// [`DemoError::Download`] with what is wrong with the name, the answer or the destination; [`DemoError::Read`],
/// [`DemoError::Write`], [`DemoError::Silent`], [`DemoError::Stopped`].
pub fn fetch(
    mut conversation: Conversation<'_>,
    name: &str,
    destination: &mut Destination<'_>,
) -> Result<Received, DemoError> {
    check_name(name)?;
    let (server, client) = (conversation.remote(), conversation.local());
    conversation.write_all(format!("{name}\n").as_bytes())?;
    let deadline = conversation.deadline();
    let mut incoming = Incoming::new(&mut conversation);
    let declared = match incoming.line(HEADER_LIMIT, deadline)? {
        Line::Whole(line) => match Header::parse(&line) {
            Some(Header::Sends(length)) => length,
            Some(Header::Refuses(refusal)) => {
                return Err(DownloadError::Refused { server, name: name.to_owned(), refusal }.into());
            }
            None => return Err(foreign(server, &line)),
        },
        Line::TooLong(line) | Line::Ended(line) => return Err(foreign(server, &line)),
    };
    if declared > destination.most {
        let most = destination.most;
        return Err(DownloadError::TooLarge { server, name: name.to_owned(), declared, most }.into());
    }
    let wanted = declared.saturating_add(CHECKSUM_LENGTH as u64);
    let short = |found| DownloadError::Short { server, name: name.to_owned(), wanted, found };
    let found = take_file(&mut incoming, declared, destination, &short)?;
    let sent = take_checksum(&mut incoming, declared, &short)?;
    if sent != found {
        return Err(DownloadError::Damaged { server, name: name.to_owned(), wanted: sent, found }.into());
    }
    match incoming.octets(1) {
        Ok([_, ..]) => Err(DownloadError::Long { server, name: name.to_owned(), declared }.into()),
        Err(DemoError::Stopped) => Err(DemoError::Stopped),
        // The file is whole and right: that the server does not close, or resets, changes nothing.
        Ok([]) | Err(_) => Ok(Received { server, client, length: declared, checksum: found }),
    }
}

const CHECKSUM_LENGTH: usize = 32;

fn take_file(
    incoming: &mut Incoming<'_, '_>,
    declared: u64,
    destination: &mut Destination<'_>,
    short: &dyn Fn(u64) -> DownloadError,
) -> Result<Checksum, DemoError> {
    let mut digest = Sha256::new();
    let mut left = declared;
    while left > 0 {
        let octets = incoming.octets(usize::try_from(left).unwrap_or(usize::MAX))?;
        if octets.is_empty() {
            return Err(short(declared - left).into());
        }
        digest.update(octets);
        destination.writer.write_all(octets).map_err(|source| unwritable(destination.path.clone(), source))?;
        left -= octets.len() as u64;
    }
    destination.writer.flush().map_err(|source| unwritable(destination.path.clone(), source))?;
    Ok(Checksum(digest.finalize().into()))
}

fn take_checksum(
    incoming: &mut Incoming<'_, '_>,
    declared: u64,
    short: &dyn Fn(u64) -> DownloadError,
) -> Result<Checksum, DemoError> {
    let mut sent = Vec::with_capacity(CHECKSUM_LENGTH);
    while sent.len() < CHECKSUM_LENGTH {
        let octets = incoming.octets(CHECKSUM_LENGTH - sent.len())?;
        if octets.is_empty() {
            break;
        }
        sent.extend_from_slice(octets);
    }
    let whole: [u8; CHECKSUM_LENGTH] =
        sent.as_slice().try_into().map_err(|_| short(declared.saturating_add(sent.len() as u64)))?;
    Ok(Checksum(whole))
}

fn foreign(server: SocketAddr, line: &[u8]) -> DemoError {
    DownloadError::Foreign { server, found: Shown::new(line) }.into()
}

fn unwritable(path: PathBuf, source: io::Error) -> DemoError {
    DownloadError::Unwritable { path, source }.into()
}
