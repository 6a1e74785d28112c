//! What a host says to itself: its loopback, captured into the record of the run as seen at that host.

use std::io;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use super::host::Host;
use super::site::Site;
use super::tap::{Caught, Log, Vantage};
use crate::capture::StopHandle;
use crate::capture::live::{self, Backend, LiveOptions, Promiscuity};

/// Octets before the IP header on a loopback, which has Ethernet's.
const ETHERNET: usize = 14;
/// Much more than a scenario says to itself.
const BUFFER: usize = 1 << 20;

/// A capture under way; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Watch {
    stop: StopHandle,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// Begins to watch the loopback of a host.
    pub(super) fn start(site: &Site, host: Host, log: Arc<Log>) -> io::Result<Self> {
        let options = LiveOptions { promiscuous: Promiscuity::Off, buffer: BUFFER, ..LiveOptions::on("lo") };
        let opened = site.within(|| live::open(&options, Backend::Raw))?;
        let mut source = opened.map_err(io::Error::other)?;
        let stop = source.stop_handle();
        let read = move || {
            while let Ok(Some(packet)) = source.next_packet() {
                let octets = packet.bytes.get(ETHERNET..).unwrap_or_default().to_vec();
                log.write(Caught { at: packet.at, vantage: Vantage::At(host), from: host, octets });
            }
        };
        let thread = thread::Builder::new().name("loopback".to_owned()).spawn(read)?;
        Ok(Self { stop, thread: Some(thread) })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.stop.stop();
        if let Some(thread) = self.thread.take() {
            let _what_it_saw_is_written = thread.join();
        }
    }
}
