//! One live capture from its first packet to its report.
//!
//! Standard output is written when no packet waits, so that a busy capture writes in large pieces and a quiet one at once.
#![expect(clippy::disallowed_methods, reason = "a quiet capture ticks by this machine's clock")]

use super::consumer::{Consumer, Judge, Judges, Nothing};
use super::recording::{Recording, Saved, Target};
use super::signals::Asked;
use super::watch::Watch;
use crate::cli::out::{note, reader_has_gone};
use crate::cli::reporter::{Extent, Reporter};
use crate::cli::run::owned::Owned;
use crate::cli::screen::{Format, ScreenArgs};
use crate::cli::verdict::Outcome;
use crate::cli::witness::Witness;
use nix::unistd::geteuid;
use std::io;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};
use synfin::analysis::Analyzer;
use synfin::analysis::most::Most;
use synfin::analysis::shards::Sharded;
use synfin::capture::live::{self, LiveOptions, LiveSource, Next, Stamps};
use synfin::capture::{SourceError, interface};
use synfin::report::live::{LiveView, began, counters, ended, saved};
use synfin::report::only::Only as Shown;
use synfin::report::style::Style;
use synfin::report::terminal::is_closed_pipe;
use synfin::report::testimony;
use synfin::timestamp::{Elapsed, Timestamp};
use synfin::wire::Depth;

/// How often a quiet capture lets connections expire and looks at its surroundings.
const TICK: Duration = Duration::from_millis(250);
/// The same, for a busy one, in capture time and in packets.
const BUSY_TICK: Elapsed = Elapsed::from_ns(250_000_000);
const BUSY_PACKETS: u64 = 1_024;

/// A capture that is open.
pub struct Session {
    pub source: Box<dyn LiveSource>,
    pub recording: Option<Recording>,
    pub asked: Asked,
    pub options: LiveOptions,
    pub backend: &'static str,
    pub count: Option<u64>,
    pub stats: bool,
    /// Which connections get a row or an object; all, if nothing is named.
    pub shown: Option<Shown>,
    pub write: Option<PathBuf>,
    pub read: u64,
    pub changes: Changes,
    /// Whose connections are reported; all, if none is named.
    pub only: Option<Owned>,
    /// The kernel, if it is heard.
    pub witness: Option<Witness>,
    /// What may be kept.
    pub most: Most,
    /// How many threads judge, where only what is final is told.
    pub threads: NonZeroUsize,
}

/// Whether changes are shown as they happen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Changes {
    /// A line each.
    Shown,
    /// Only what came of them, in the end.
    Hidden,
}

/// What is added to the results once the capture is over.
pub type Epilogue<'e> = &'e mut dyn FnMut(&mut Reporter<'_>) -> io::Result<()>;

/// How what is written is to look.
pub struct Styles<'r, 's> {
    /// Pages on standard output.
    pub page: &'s Style<'s>,
    /// Lines on standard output.
    pub line: &'r Style<'s>,
    /// Standard error.
    pub aside: &'r Style<'s>,
}

/// Why no more packets are read.
enum Ending {
    /// Enough of them, or somebody stopped it.
    Wanted,
    /// The interface failed.
    Failed(SourceError),
    /// Nobody reads the results.
    Unread,
    /// The packets cannot be saved.
    Unsaved(io::Error),
}

impl Session {
    /// Whether the packets go to standard output.
    pub fn is_on_stdout(&self) -> bool {
        self.write.as_deref().map(Target::named) == Some(Target::Stdout)
    }

    /// Only saves the packets, on standard output.
    ///
    /// # Errors
    ///
    /// None: they end the capture and are told.
    pub fn save(mut self, aside: &Style<'_>) -> io::Result<ExitCode> {
        self.tell(&began(&self.view(), aside));
        let ending = self.read(&mut Nothing, aside)?;
        let stamps = self.drain(&ending);
        let saved = self.close();
        let view = LiveView { saved: None, ..self.view_with(stamps) };
        self.tell(&(counters(&view, aside) + &ended(&view, aside)));
        Ok(match (ending, saved) {
            (Ending::Unread, _) => ExitCode::SUCCESS,
            (Ending::Failed(error), _) => {
                note(format_args!("synfin: {error}"));
                ExitCode::from(3)
            }
            (Ending::Unsaved(error), _) | (Ending::Wanted, Err(error)) if !is_closed_pipe(&error) => {
                note(format_args!("synfin: {}", unsaved(self.write.as_deref(), &error)));
                ExitCode::from(2)
            }
            (Ending::Unsaved(_) | Ending::Wanted, _) => ExitCode::SUCCESS,
        })
    }

    /// Judges the connections and reports.
    ///
    /// # Errors
    ///
    /// What writing the results met; a closed pipe is none.
    pub fn report<'s>(
        mut self,
        screen: &ScreenArgs,
        styles: &Styles<'_, 's>,
        epilogue: Epilogue<'_>,
    ) -> io::Result<Outcome> {
        let mut reporter = Reporter::new(screen.format, Extent::Worst, screen.fail_on, styles.page);
        if self.stats {
            reporter.tell_bounds();
        }
        if let Some(shown) = self.shown {
            reporter.show_only(shown);
        }
        reporter.begin(&self.options.interface);
        let changes = if screen.format == Format::Table { self.changes } else { Changes::Hidden };
        if self.changes == Changes::Shown {
            self.tell(&began(&self.view(), styles.aside));
        }
        let judges = self.judges(changes);
        let mut watch = Watch::new(&mut reporter, styles.line, changes, self.only.clone(), self.witness.take());
        let mut judge = Judge { judges, watch: &mut watch };
        let read = self.read(&mut judge, styles.aside);
        let mut judges = judge.judges;
        let ending = match read {
            Ok(ending) => ending,
            Err(error) => {
                self.close()
                    .unwrap_or_else(|error| note(format_args!("synfin: {}", unsaved(self.write.as_deref(), &error))));
                return Err(error);
            }
        };
        let stamps = self.drain(&ending);
        let closed = self.close();
        judges.note_losses(self.source.losses(), &mut watch)?;
        let lost = watch.witness.as_mut().map(Witness::end).transpose();
        watch.release_all()?;
        let shown = watch.lines;
        let totals = judges.finish(&mut watch)?;
        watch.release_all()?;
        let damage = match &ending {
            Ending::Failed(error) => {
                note(format_args!("synfin: {error}"));
                reporter.outcome.damaged();
                Some(error.to_string())
            }
            _ => None,
        };
        let failed = match (&ending, &closed) {
            (Ending::Unsaved(error), _) | (_, Err(error)) => Some(error),
            _ => None,
        };
        if let Some(error) = failed {
            note(format_args!("synfin: {}", unsaved(self.write.as_deref(), error)));
            reporter.outcome.could_not();
        }
        let view = LiveView { saved: if failed.is_some() { None } else { self.saved() }, ..self.view_with(stamps) };
        if screen.format == Format::Table {
            if shown > 0 {
                reporter.line("\n")?;
            }
            reporter.end(&totals, damage)?;
        } else {
            reporter.end(&totals, damage)?;
        }
        match (self.changes, screen.format) {
            (Changes::Shown, Format::Table) => reporter.page(&ended(&view, styles.page))?,
            (Changes::Hidden, Format::Table) => reporter.page(&saved(&view, styles.page))?,
            (Changes::Shown, _) => self.tell(&ended(&view, styles.aside)),
            (Changes::Hidden, _) => self.tell(&saved(&view, styles.aside)),
        }
        match lost {
            Ok(lost) => self.tell(&testimony::lost(lost.unwrap_or(0), styles.aside)),
            Err(unheard) => {
                note(format_args!("synfin: {unheard}"));
                reporter.outcome.could_not();
            }
        }
        epilogue(&mut reporter)?;
        reporter.finish()?;
        Ok(if reporter.closed() && failed.is_none() { Outcome::default() } else { reporter.outcome })
    }

    /// Whoever shows moves, or lays the kernel's word beside them, must see every one.
    fn judges(&self, changes: Changes) -> Judges {
        if changes == Changes::Hidden && self.witness.is_none() {
            Judges::Several(Box::new(Sharded::new(Depth::default(), self.most, self.threads)))
        } else {
            Judges::One(Box::new(Analyzer::within(self.most)))
        }
    }

    /// Reads packets until there is a reason to end.
    fn read(&mut self, consumer: &mut dyn Consumer, aside: &Style<'_>) -> io::Result<Ending> {
        let on_stdout = self.is_on_stdout();
        let past = Instant::now();
        let mut next_tick = past + TICK;
        let mut pending = false;
        let mut looked = Timestamp::default();
        loop {
            if self.asked.counters() {
                if let Err(error) = self.hand_over() {
                    return Ok(Ending::Unsaved(error));
                }
                self.source.recount();
                self.tell(&counters(&self.view(), aside));
            }
            if consumer.is_unread() {
                return Ok(Ending::Unread);
            }
            if self.count.is_some_and(|count| self.read >= count) {
                return Ok(Ending::Wanted);
            }
            // With results under way the wait is none at all: then a tick says that no packet waits.
            let deadline = if pending { past } else { next_tick };
            let at = match self.source.next_packet_before(deadline) {
                Ok(Next::Packet(packet)) => {
                    match self.recording.as_mut().map_or(Ok(Saved::Yes), |recording| recording.write(&packet)) {
                        Ok(Saved::Yes) => {}
                        Ok(Saved::Enough) => return Ok(Ending::Wanted),
                        Err(error) => return Ok(Ending::Unsaved(error)),
                    }
                    self.read += 1;
                    consumer.packet(&packet)?;
                    pending = true;
                    Some(packet.at)
                }
                Ok(Next::Tick) => None,
                Ok(Next::End) => return Ok(Ending::Wanted),
                Err(error) => return Ok(Ending::Failed(error)),
            };
            let due = match at {
                Some(at) => {
                    let far = at.since(looked) >= BUSY_TICK || looked.since(at) >= BUSY_TICK;
                    let due = far || self.read.is_multiple_of(BUSY_PACKETS);
                    looked = if due { at } else { looked };
                    due
                }
                None => {
                    if pending {
                        pending = false;
                        consumer.drained()?;
                        if let Some(Err(error)) = on_stdout.then(|| self.hand_over()) {
                            return Ok(Ending::Unsaved(error));
                        }
                    }
                    Instant::now() >= next_tick
                }
            };
            if due {
                next_tick = Instant::now() + TICK;
                consumer.tick(at.is_none().then(live::clock), &*self.source)?;
                if let Err(error) = self.hand_over() {
                    return Ok(Ending::Unsaved(error));
                }
                if at.is_none() && reader_has_gone() {
                    return Ok(Ending::Unread);
                }
            }
        }
    }

    /// Stops the capture, takes what it still has for nothing, so that its counters are final, and says whose stamps the
    /// frames that were read had.
    fn drain(&mut self, ending: &Ending) -> Stamps {
        let stamps = self.source.stamps();
        if !matches!(ending, Ending::Failed(_)) {
            self.source.stop_handle().stop();
            while matches!(self.source.next_packet(), Ok(Some(_))) {}
        }
        stamps
    }

    fn hand_over(&mut self) -> io::Result<()> {
        self.recording.as_mut().map_or(Ok(()), Recording::flush)
    }

    fn close(&mut self) -> io::Result<()> {
        self.recording.take().map_or(Ok(()), |recording| recording.finish(&*self.source))
    }

    fn tell(&self, text: &str) {
        text.trim_end().lines().for_each(|line| note(format_args!("{line}")));
    }

    fn saved(&self) -> Option<String> {
        self.write.as_deref().map(|path| path.display().to_string())
    }

    fn view(&self) -> LiveView {
        self.view_with(self.source.stamps())
    }

    fn view_with(&self, stamps: Stamps) -> LiveView {
        let link = self.source.link();
        let losses = self.source.losses();
        let octets = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        LiveView {
            interface: self.options.interface.clone(),
            backend: self.backend,
            link: interface::link_name(link).unwrap_or_else(|| link.0.to_string()),
            snap: self.options.snap_length,
            asked: octets(self.options.buffer),
            granted: octets(self.source.buffer()),
            filter: self.options.filter.clone(),
            read: self.read,
            received: self.source.received(),
            kernel: losses.kernel,
            driver: losses.interface,
            stamped_by_kernel: stamps.kernel,
            stamped_by_clock: stamps.clock,
            saved: self.saved(),
        }
    }
}

/// That packets could not be saved, and what to type.
pub fn unsaved(path: Option<&Path>, error: &io::Error) -> String {
    let name = path.map(|path| path.display().to_string()).unwrap_or_default();
    // Whoever called sudo may wonder.
    let user = match error.kind() {
        io::ErrorKind::PermissionDenied => format!(", as user {}", geteuid()),
        _ => String::new(),
    };
    format!("cannot save packets in {name}: {error}{user}; name another file with -w")
}
