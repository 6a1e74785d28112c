//! `peer tcp-server` and `peer tcp-client`.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::os::unix::ffi::OsStrExt;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::cli::out::{Out, Printed, note};
use crate::cli::peer::{counted, note_failure, seconds, stop_on_signals};
use synfin::demo::address::Address;
use synfin::demo::conversation::{Call, Conversation};
use synfin::demo::error::DemoError;
use synfin::demo::listener::{Listener, Terms};
use synfin::demo::stream::{self, ClientClose, ClientPlan, Reply, Said, ServerClose, ServerEvent, ServerPlan, WaitFor};
use synfin::demo::text::{Encoding, Shown};
use synfin::demo::{BACKLOG, HELLO, READ_SIZE};

#[derive(Args)]
pub struct ServerArgs {
    /// Where to listen; port 0 takes any free one
    #[arg(value_name = "HOST:PORT")]
    at: Address,
    /// Connections that may wait to be accepted
    #[arg(long, value_name = "N", default_value_t = BACKLOG, value_parser = clap::value_parser!(u16).range(1..))]
    backlog: u16,
    /// Octets taken by one read
    #[arg(long, value_name = "OCTETS", default_value_t = READ_SIZE as u32, value_parser = clap::value_parser!(u32).range(1..=1_048_576))]
    size: u32,
    /// How many clients to accept before ending [default: until Ctrl-C]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
    /// How many clients to serve at the same time; the others wait in the backlog
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=1024))]
    at_once: u16,
    /// What to send each client, once
    #[arg(long, value_name = "TEXT")]
    reply: Option<OsString>,
    /// How long to wait between a client's FIN and the own close: above 40 the kernel acknowledges the FIN by itself
    #[arg(long, value_name = "MS", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=600_000), conflicts_with = "close_first")]
    hold: u32,
    /// Close before the client does, after its first octets (and the reply)
    #[arg(long)]
    close_first: bool,
    /// How long a client may be silent
    #[arg(long, value_name = "SECS", default_value = "30", value_parser = seconds)]
    timeout: Duration,
}

#[derive(Args)]
pub struct ClientArgs {
    /// Whom to connect to
    #[arg(value_name = "HOST:PORT")]
    to: Address,
    /// What to say
    #[arg(default_value = HELLO)]
    text: OsString,
    /// How to close
    #[arg(long, value_enum, default_value_t = CloseForm::Half)]
    close: CloseForm,
    /// Before closing, wait for the first line of the reply
    #[arg(long)]
    await_line: bool,
    /// How long to wait before closing
    #[arg(long, value_name = "MS", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=600_000))]
    hold: u32,
    /// Octets taken by one read
    #[arg(long, value_name = "OCTETS", default_value_t = READ_SIZE as u32, value_parser = clap::value_parser!(u32).range(1..=1_048_576))]
    size: u32,
    /// How long to wait for the connection, and for each part of the reply
    #[arg(long, value_name = "SECS", default_value = "10", value_parser = seconds)]
    timeout: Duration,
}

#[derive(Clone, Copy, ValueEnum)]
enum CloseForm {
    /// The own direction, then read until the server closes too
    Half,
    /// Both directions at once, as close(2) does
    Whole,
    /// After the server has closed
    Last,
    /// With a RST
    Reset,
}

pub fn serve(args: &ServerArgs, out: &Out) -> Result<(), DemoError> {
    let listener = Listener::bind(&args.at.resolve()?, args.backlog)?;
    let (stopper, stop) = stop_on_signals()?;
    note(format_args!("listening on {}", listener.local()));
    let terms = Terms { count: args.count, at_once: usize::from(args.at_once), silence: args.timeout };
    let close = if args.close_first {
        ServerClose::First
    } else {
        ServerClose::AfterClient(Duration::from_millis(args.hold.into()))
    };
    let reply = args.reply.as_ref().map_or(Reply::Silence, |text| Reply::ToTheFirst(text.as_bytes().to_owned()));
    let plan = ServerPlan { read_size: args.size as usize, reply, close };
    let tally = stream::serve(&listener, &terms, &plan, &stop, &|event| {
        if show_event(event, out) == Printed::No {
            stopper.trip();
        }
    })?;
    let (clients, octets) = (counted(tally.clients, "client"), counted(tally.octets, "octet"));
    note(format_args!("served {clients}, {octets}, {} cut short", counted(tally.failed, "connection")));
    Ok(())
}

fn show_event(event: &ServerEvent<'_>, out: &Out) -> Printed {
    match event {
        ServerEvent::Said { client, said } => return show(*client, *said, out),
        ServerEvent::CutCharacter { client, rest } => note_cut_character(*client, rest),
        ServerEvent::Closed { client, octets } => {
            note(format_args!("{client} closed after {}", counted(*octets, "octet")));
        }
        ServerEvent::Failed { client, error } => note_failure(*client, error),
    }
    Printed::Yes
}

pub fn talk(args: &ClientArgs, out: &Out) -> Result<(), DemoError> {
    let call = Call { silence: args.timeout, listener: "tcp-server", from: None };
    let addresses = args.to.resolve_remote()?;
    let (stopper, stop) = stop_on_signals()?;
    let conversation = Conversation::open(&addresses, &call, &stop)?;
    let (local, remote) = (conversation.local(), conversation.remote());
    note(format_args!("connected to {remote} from {local}"));
    let (wait, close) = match (args.close, args.await_line) {
        (CloseForm::Last, _) => (WaitFor::End, ClientClose::Whole),
        (form, awaits) => {
            let wait = if awaits { WaitFor::Line } else { WaitFor::Nothing };
            (wait, form.client_close())
        }
    };
    let plan = ClientPlan {
        text: args.text.as_bytes().to_owned(),
        wait,
        hold: Duration::from_millis(args.hold.into()),
        close,
        read_size: args.size as usize,
    };
    let mut printed = Printed::Yes;
    let talked = stream::talk(conversation, &plan, &mut |said| {
        if printed == Printed::Yes {
            printed = show(remote, said, out);
        }
        if printed == Printed::No {
            stopper.trip();
        }
    });
    let heard = match talked {
        // Whoever read the reply has gone: nothing is left to do.
        Err(DemoError::Stopped) if printed == Printed::No => return Ok(()),
        done => done?,
    };
    if let Some(rest) = &heard.cut_character {
        note_cut_character(remote, rest);
    }
    let sent = counted(plan.text.len() as u64, "octet");
    note(format_args!("sent {sent} to {remote}, heard {}", counted(heard.octets, "octet")));
    Ok(())
}

impl CloseForm {
    const fn client_close(self) -> ClientClose {
        match self {
            Self::Half => ClientClose::SendingSide,
            Self::Whole | Self::Last => ClientClose::Whole,
            Self::Reset => ClientClose::Reset,
        }
    }
}

fn show(who: SocketAddr, said: Said<'_>, out: &Out) -> Printed {
    let length = counted(said.octets.len() as u64, "octet");
    let encoding = match said.text.encoding() {
        Encoding::Utf8 => "",
        Encoding::NotUtf8 => ", not UTF-8",
    };
    out.line(format_args!("{who} sent {length}{encoding}: {}", said.text))
}

fn note_cut_character(who: SocketAddr, rest: &Shown) {
    note(format_args!("{who} finished sending inside a UTF-8 character: {rest}"));
}
