//! `peer udp-send` and `peer udp-recv`.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::time::Duration;

use clap::Args;

use crate::cli::out::{Out, Printed, note};
use crate::cli::peer::{counted, seconds, stop_on_signals};
use synfin::demo::address::Address;
use synfin::demo::datagram::{Answer, Arrival, Datagram, Receiver, Sender};
use synfin::demo::error::DemoError;
use synfin::demo::text::{Encoding, Shown, unfinished};
use synfin::demo::wait::Deadline;
use synfin::demo::{GREETING, READ_SIZE};

#[derive(Args)]
pub struct SendArgs {
    /// Where to send it
    #[arg(value_name = "HOST:PORT")]
    to: Address,
    /// What to send
    #[arg(default_value = GREETING)]
    text: OsString,
    /// How long to wait for the network to say that nobody listens there [default: not at all]
    #[arg(long, value_name = "SECS", value_parser = seconds)]
    timeout: Option<Duration>,
}

#[derive(Args)]
pub struct ReceiveArgs {
    /// Where to listen; port 0 takes any free one
    #[arg(value_name = "HOST:PORT")]
    at: Address,
    /// Octets taken of each datagram
    #[arg(long, value_name = "OCTETS", default_value_t = READ_SIZE as u16, value_parser = clap::value_parser!(u16).range(1..))]
    size: u16,
    /// How many datagrams to show before ending [default: until Ctrl-C]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
    /// How long to wait for each datagram [default: for ever]
    #[arg(long, value_name = "SECS", value_parser = seconds)]
    timeout: Option<Duration>,
}

pub fn send(args: &SendArgs, out: &Out) -> Result<(), DemoError> {
    let sender = Sender::to(&args.to.resolve_remote()?)?;
    let (_stopper, stop) = stop_on_signals()?;
    let octets = args.text.as_bytes();
    sender.send(octets, &stop)?;
    let sent = counted(octets.len() as u64, "octet");
    out.line(format_args!("{} sent {sent} to {}", sender.local(), sender.remote()));
    match sender.answer(args.timeout.unwrap_or_default(), &stop)? {
        Answer::Nothing => {
            note(format_args!("UDP does not tell whether they arrived"));
            Ok(())
        }
        Answer::PortUnreachable => Err(DemoError::Undelivered { address: sender.remote() }),
        Answer::Stopped => Err(DemoError::Stopped),
    }
}

pub fn receive(args: &ReceiveArgs, out: &Out) -> Result<(), DemoError> {
    let mut receiver = Receiver::bind(&args.at.resolve()?, usize::from(args.size))?;
    let (_stopper, stop) = stop_on_signals()?;
    note(format_args!("listening on {} (UDP)", receiver.local()));
    let mut found = 0;
    while args.count.is_none_or(|count| found < count) {
        let deadline = args.timeout.map_or(Deadline::NEVER, Deadline::after);
        match receiver.receive(deadline, &stop)? {
            Arrival::Datagram(datagram) => {
                found += 1;
                if show(&datagram, out) == Printed::No {
                    break;
                }
            }
            Arrival::Stopped => break,
            Arrival::Late if args.count.is_none() && found > 0 => break,
            Arrival::Late => {
                let (address, wanted) = (receiver.local(), args.count.unwrap_or(1));
                let waited = args.timeout.unwrap_or_default();
                return Err(DemoError::NothingArrived { address, waited, wanted, found });
            }
        }
    }
    note(format_args!("received {}", counted(found, "datagram")));
    Ok(())
}

fn show(datagram: &Datagram, out: &Out) -> Printed {
    let octets = datagram.octets.as_slice();
    // A character that the cut went through is no fault of the sender.
    let broken = if datagram.is_cut() { unfinished(octets) } else { 0 };
    let text = Shown::new(octets.get(..octets.len() - broken).unwrap_or_default());
    let length = counted(datagram.length as u64, "octet");
    let cut = if datagram.is_cut() { format!(", cut to {}", octets.len()) } else { String::new() };
    let encoding = match text.encoding() {
        Encoding::Utf8 => "",
        Encoding::NotUtf8 => ", not UTF-8",
    };
    out.line(format_args!("{} sent {length}{cut}{encoding}: {text}", datagram.from))
}
