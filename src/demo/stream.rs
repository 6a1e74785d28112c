//! The TCP peers: a server that shows what many clients say, a client that says something, and how each closes.
//!
//! Who closes first, and how long the other waits, decides which segments the kernel sends; so both are part of the
//! plans. Nothing is printed here. The demo and the command line use it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::demo::conversation::Conversation;
use crate::demo::error::{DemoError, seconds};
use crate::demo::listener::{Listener, Terms};
use crate::demo::text::{Pieces, Shown};
use crate::demo::wait::{Deadline, Stop};

/// Octets that one peer may say in all: more text than anybody reads.
pub const MOST_OCTETS: u64 = 16 * 1024 * 1024;

/// Time-outs that a conversation may last in all: else an octet now and then would hold a place for ever.
pub const MOST_SILENCES: u32 = 30;

/// What bounds one conversation.
struct Bounds {
    octets: u64,
    lasting: Duration,
    end: Deadline,
}

impl Bounds {
    fn of(conversation: &Conversation<'_>) -> Self {
        let lasting = conversation.silence().saturating_mul(MOST_SILENCES);
        Self { octets: 0, lasting, end: Deadline::after(lasting) }
    }

    /// Reads what is there, within the bounds.
    fn read(&mut self, conversation: &mut Conversation<'_>, into: &mut [u8]) -> Result<usize, DemoError> {
        let remote = conversation.remote();
        let read = conversation.read_by(into, conversation.deadline().earlier(self.end));
        if matches!(read, Err(DemoError::Silent { .. })) && self.end.is_over() {
            let (expected, most) = ("it went on for more than", seconds(self.lasting));
            return Err(DemoError::Endless { remote, expected, most });
        }
        let count = read?;
        self.octets += count as u64;
        if self.octets > MOST_OCTETS {
            let (expected, most) = ("it sent more than", format!("{MOST_OCTETS} octets"));
            return Err(DemoError::Endless { remote, expected, most });
        }
        Ok(count)
    }
}

/// What a server sends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reply {
    /// Nothing.
    Silence,
    /// This, once, after the first octets of the client or when it has finished sending.
    ToTheFirst(Vec<u8>),
    /// These, each in a segment of its own where the kernel can, once the client has finished sending.
    ToTheEnd(Vec<Vec<u8>>),
}

/// When a server closes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ServerClose {
    /// This long after the client's FIN. At 0 the kernel merges the ACK of that FIN with its own FIN; above its
    /// delayed-ACK time (40 ms on Linux) the ACK goes out as a segment of its own.
    AfterClient(Duration),
    /// Before the client, after the reply.
    First,
}

/// How a server treats each client.
#[derive(Clone, Debug)]
pub struct ServerPlan {
    /// Octets taken by one read, at least 1.
    pub read_size: usize,
    /// What it sends.
    pub reply: Reply,
    /// When it closes.
    pub close: ServerClose,
}

/// How a client comes to know that it may close.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WaitFor {
    /// It does not wait.
    Nothing,
    /// The end of the server's first line, or of all that it sends.
    Line,
    /// The server's FIN.
    End,
}

/// How a client ends the connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ClientClose {
    /// Both directions at once, as close(2) does; what the server sends later is answered with a RST.
    Whole,
    /// Its own direction only: it reads on until the server's FIN.
    SendingSide,
    /// With a RST.
    Reset,
}

/// What a client does once it is connected.
#[derive(Clone, Debug)]
pub struct ClientPlan {
    /// What it sends.
    pub text: Vec<u8>,
    /// What it waits for then.
    pub wait: WaitFor,
    /// How long it lets pass then, before it closes.
    pub hold: Duration,
    /// How it closes.
    pub close: ClientClose,
    /// Octets taken by one read, at least 1.
    pub read_size: usize,
}

/// What was read at once.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    /// The octets.
    pub octets: &'a [u8],
    /// As text; a character that this read has only the beginning of is left to the next.
    pub text: &'a Shown,
}

/// What happens at a server.
#[derive(Debug)]
pub enum ServerEvent<'a> {
    /// A client said something.
    Said {
        /// Who.
        client: SocketAddr,
        /// What.
        said: Said<'a>,
    },
    /// A client finished sending inside a character.
    CutCharacter {
        /// Who.
        client: SocketAddr,
        /// The beginning of that character.
        rest: Shown,
    },
    /// The connection is closed.
    Closed {
        /// Who.
        client: SocketAddr,
        /// How many octets the client sent.
        octets: u64,
    },
    /// The connection broke, or the client was silent for too long.
    Failed {
        /// Who.
        client: SocketAddr,
        /// Why.
        error: DemoError,
    },
}

/// What a server did in all.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Tally {
    /// Clients accepted.
    pub clients: u64,
    /// Octets that they sent.
    pub octets: u64,
    /// Clients whose connection did not end as planned.
    pub failed: u64,
}

/// Serves clients by the plan until so many were accepted or it is stopped.
///
/// # Errors
///
/// Those of [`Listener::serve`]. What goes wrong with one client is an event.
pub fn serve(
    listener: &Listener,
    terms: &Terms,
    plan: &ServerPlan,
    stop: &Stop,
    observe: &(dyn Fn(&ServerEvent<'_>) + Sync),
) -> Result<Tally, DemoError> {
    let octets = AtomicU64::new(0);
    let failed = AtomicU64::new(0);
    let clients = listener.serve(terms, stop, &|conversation| {
        let client = conversation.remote();
        match converse(conversation, plan, observe) {
            Ok(count) => {
                octets.fetch_add(count, Ordering::Relaxed);
                observe(&ServerEvent::Closed { client, octets: count });
            }
            Err(error) => {
                failed.fetch_add(1, Ordering::Relaxed);
                observe(&ServerEvent::Failed { client, error });
            }
        }
    })?;
    Ok(Tally { clients, octets: octets.into_inner(), failed: failed.into_inner() })
}

fn converse(
    mut conversation: Conversation<'_>,
    plan: &ServerPlan,
    observe: &(dyn Fn(&ServerEvent<'_>) + Sync),
) -> Result<u64, DemoError> {
    let client = conversation.remote();
    conversation.send_at_once()?;
    let mut pieces = Pieces::default();
    let mut replied = Replied::NotYet;
    let mut closing = Closing::NotYet;
    let mut bounds = Bounds::of(&conversation);
    let mut buffer = vec![0; plan.read_size.max(1)];
    loop {
        let count = bounds.read(&mut conversation, &mut buffer)?;
        let octets = buffer.get(..count).unwrap_or_default();
        if octets.is_empty() {
            break;
        }
        let text = pieces.next(octets);
        observe(&ServerEvent::Said { client, said: Said { octets, text: &text } });
        if let (Reply::ToTheFirst(line), Replied::NotYet) = (&plan.reply, replied) {
            conversation.write_all(line)?;
            replied = Replied::Yes;
        }
        if let (ServerClose::First, Closing::NotYet) = (plan.close, closing) {
            conversation.finish_sending()?;
            closing = Closing::Begun;
        }
    }
    if let Some(rest) = pieces.rest() {
        observe(&ServerEvent::CutCharacter { client, rest });
    }
    match (&plan.reply, closing) {
        (Reply::ToTheFirst(line), Closing::NotYet) if replied == Replied::NotYet => conversation.write_all(line)?,
        (Reply::ToTheEnd(parts), Closing::NotYet) => {
            for part in parts {
                conversation.write_all(part)?;
            }
        }
        _ => {}
    }
    if let ServerClose::AfterClient(hold) = plan.close {
        conversation.hold(hold)?;
    }
    conversation.close();
    Ok(bounds.octets)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Replied {
    NotYet,
    Yes,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Closing {
    NotYet,
    Begun,
}

/// What a client heard in all.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Heard {
    /// Octets that the server sent.
    pub octets: u64,
    /// The beginning of a character that the server's octets ended in.
    pub cut_character: Option<Shown>,
}

/// Holds a client's side of the conversation by the plan.
///
/// # Errors
///
/// [`DemoError::Read`], [`DemoError::Write`], [`DemoError::Silent`], [`DemoError::Stopped`].
pub fn talk(
    mut conversation: Conversation<'_>,
    plan: &ClientPlan,
    observe: &mut dyn FnMut(Said<'_>),
) -> Result<Heard, DemoError> {
    let bounds = Bounds::of(&conversation);
    let mut ear = Ear { buffer: vec![0; plan.read_size.max(1)], pieces: Pieces::default(), bounds, observe };
    conversation.write_all(&plan.text)?;
    match plan.wait {
        WaitFor::Nothing => {}
        WaitFor::Line => while ear.listen(&mut conversation)? == Listened::Octets {},
        WaitFor::End => while ear.listen(&mut conversation)? != Listened::End {},
    }
    conversation.hold(plan.hold)?;
    match plan.close {
        ClientClose::Whole => conversation.close(),
        ClientClose::Reset => conversation.reset()?,
        ClientClose::SendingSide => {
            conversation.finish_sending()?;
            while ear.listen(&mut conversation)? != Listened::End {}
            conversation.close();
        }
    }
    Ok(Heard { octets: ear.bounds.octets, cut_character: ear.pieces.rest() })
}

/// What a client reads, and passes on.
struct Ear<'o> {
    buffer: Vec<u8>,
    pieces: Pieces,
    bounds: Bounds,
    observe: &'o mut dyn FnMut(Said<'_>),
}

/// What one read brought.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Listened {
    Octets,
    Line,
    End,
}

impl Ear<'_> {
    fn listen(&mut self, conversation: &mut Conversation<'_>) -> Result<Listened, DemoError> {
        let count = self.bounds.read(conversation, &mut self.buffer)?;
        let octets = self.buffer.get(..count).unwrap_or_default();
        if octets.is_empty() {
            return Ok(Listened::End);
        }
        let text = self.pieces.next(octets);
        (self.observe)(Said { octets, text: &text });
        Ok(if octets.contains(&b'\n') { Listened::Line } else { Listened::Octets })
    }
}
