//! `peer file-server` and `peer file-client`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::cli::out::{Out, Printed, note};
use crate::cli::peer::{counted, note_failure, seconds, stop_on_signals};
use synfin::demo::BACKLOG;
use synfin::demo::address::Address;
use synfin::demo::conversation::{Call, Conversation};
use synfin::demo::download::client::{Destination, check_name, fetch as fetch_file};
use synfin::demo::download::output::{Output, name_of};
use synfin::demo::download::server::{self, FileEvent};
use synfin::demo::download::shelf::Root;
use synfin::demo::error::DemoError;
use synfin::demo::listener::{Listener, Terms};
use synfin::demo::text::Shown;

#[derive(Args)]
pub struct ServerArgs {
    /// Where to listen; port 0 takes any free one
    #[arg(value_name = "HOST:PORT")]
    at: Address,
    /// The directory whose files are served, those of its subdirectories included
    #[arg(long, value_name = "DIR")]
    root: PathBuf,
    /// Connections that may wait to be accepted
    #[arg(long, value_name = "N", default_value_t = BACKLOG, value_parser = clap::value_parser!(u16).range(1..))]
    backlog: u16,
    /// How many clients to accept before ending [default: until Ctrl-C]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
    /// How many clients to serve at the same time; the others wait in the backlog
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=1024))]
    at_once: u16,
    /// How long a client may take to ask, and then to take any part of the file
    #[arg(long, value_name = "SECS", default_value = "10", value_parser = seconds)]
    timeout: Duration,
}

#[derive(Args)]
pub struct ClientArgs {
    /// Whom to ask
    #[arg(value_name = "HOST:PORT")]
    from: Address,
    /// Which file, relative to the server's root
    name: String,
    /// Where to put it [default: the last part of NAME, here]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// How long to wait for the connection, and for each part of the file
    #[arg(long, value_name = "SECS", default_value = "10", value_parser = seconds)]
    timeout: Duration,
}

pub fn serve(args: &ServerArgs, out: &Out) -> Result<(), DemoError> {
    let root = Root::open(&args.root)?;
    let listener = Listener::bind(&args.at.resolve()?, args.backlog)?;
    let (stopper, stop) = stop_on_signals()?;
    note(format_args!("listening on {}", listener.local()));
    let terms = Terms { count: args.count, at_once: usize::from(args.at_once), silence: args.timeout };
    let tally = server::serve(&listener, &terms, &root, &stop, &|event| {
        if show_event(event, out) == Printed::No {
            stopper.trip();
        }
    })?;
    let (clients, files) = (counted(tally.clients, "client"), counted(tally.files, "file"));
    note(format_args!("served {clients}, sent {files}, refused {}", counted(tally.refused, "request")));
    Ok(())
}

fn show_event(event: &FileEvent<'_>, out: &Out) -> Printed {
    match event {
        FileEvent::Sent { client, name, length, checksum } => {
            let (name, length) = (Shown::new(name.as_bytes()), counted(*length, "octet"));
            return out.line(format_args!("{client} took \"{name}\": {length}, SHA-256 {checksum}"));
        }
        FileEvent::Refused { client, name, refusal } => {
            let name = Shown::new(name);
            return out.line(format_args!("{client} asked for \"{name}\", refused: {}", refusal.id()));
        }
        FileEvent::Left { client } => note(format_args!("{client} closed without asking for a file")),
        FileEvent::Spoilt { client, name, sent, length } => {
            let name = Shown::new(name.as_bytes());
            note(format_args!(
                "cannot send \"{name}\" to {client}: wanted {length} octets, found {sent}; does another program write to it?"
            ));
        }
        FileEvent::Failed { client, error } => note_failure(*client, error),
    }
    Printed::Yes
}

pub fn fetch(args: &ClientArgs, out: &Out) -> Result<(), DemoError> {
    check_name(&args.name)?;
    let path = match &args.output {
        Some(path) => path.as_path(),
        None => name_of(&args.name)?,
    };
    let addresses = args.from.resolve_remote()?;
    // Before the temporary file is made, so that it is removed.
    let (_stopper, stop) = stop_on_signals()?;
    let mut output = Output::at(path)?;
    let call = Call { silence: args.timeout, listener: "file-server", from: None };
    let conversation = Conversation::open(&addresses, &call, &stop)?;
    note(format_args!("connected to {} from {}", conversation.remote(), conversation.local()));
    let mut destination = Destination { path: path.to_owned(), writer: output.writer(), most: u64::MAX };
    let received = fetch_file(conversation, &args.name, &mut destination)?;
    output.keep()?;
    let (shown, length) = (Shown::new(path.as_os_str().as_encoded_bytes()), counted(received.length, "octet"));
    out.line(format_args!("{shown}: {length}, SHA-256 {}", received.checksum));
    Ok(())
}
