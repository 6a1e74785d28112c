//! Where results go: events of the analysis become tables or JSON on standard output.

use super::screen::Format;
use super::verdict::{FailOn, Outcome};
use std::io::{self, BufWriter, Stdout, Write};
use synfin::analysis::event::{Asks, Ended, Event, Remark, Sink, Wish};
use synfin::analysis::totals::Totals;
use synfin::report::connections::{LIMIT, Stream, Worst};
use synfin::report::only::Only;
use synfin::report::rank::Rank;
use synfin::report::rules::{self, Which};
use synfin::report::style::Style;
use synfin::report::terminal::{Out, neutral_json};
use synfin::report::view::ConnectionView;
use synfin::report::{account, bounds, build, capture, findings, testimony, udp};
use synfin::rules::tally::Tally;

/// Connections whose findings are printed in full beneath a table.
const DETAILED: usize = 20;

/// How many connections a table shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Extent {
    /// The worst [`LIMIT`].
    Worst,
    /// All, as they become final.
    All,
}

/// Whether results end with the bounds on what is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Bounds {
    Untold,
    Told,
}

/// Writes results in the format asked for.
pub struct Reporter<'s> {
    out: Out<BufWriter<Stdout>>,
    format: Format,
    extent: Extent,
    style: &'s Style<'s>,
    fail_on: FailOn,
    file: String,
    worst: Worst,
    stream: Option<Stream<'s, 's>>,
    conversations: String,
    /// How many more there were than the text has room for.
    untold: u64,
    objects: u64,
    bounds: Bounds,
    rules: Option<(Which, Tally)>,
    only: Option<Only>,
    left_out: u64,
    /// What happened so far.
    pub outcome: Outcome,
}

impl<'s> Reporter<'s> {
    /// A reporter to standard output.
    #[must_use]
    pub fn new(format: Format, extent: Extent, fail_on: FailOn, style: &'s Style<'s>) -> Self {
        Self {
            out: Out::new(BufWriter::with_capacity(1 << 16, io::stdout())),
            format,
            extent,
            style,
            fail_on,
            file: String::new(),
            worst: Worst::new(LIMIT),
            stream: None,
            conversations: String::new(),
            untold: 0,
            objects: 0,
            bounds: Bounds::Untold,
            rules: None,
            only: None,
            left_out: 0,
            outcome: Outcome::default(),
        }
    }

    /// Results are to end with the bounds on what is kept.
    pub fn tell_bounds(&mut self) {
        self.bounds = Bounds::Told;
    }

    /// Behind everything else, tables tell how often each rule spoke, over all captures.
    pub fn count_rules(&mut self, which: Which) {
        self.rules = Some((which, Tally::default()));
    }

    /// Only some connections get a row or an object, and UDP conversations none.
    pub fn show_only(&mut self, only: Only) {
        self.only = Some(only);
    }

    /// The next capture begins.
    pub fn begin(&mut self, file: &str) {
        file.clone_into(&mut self.file);
        self.worst = Worst::new(LIMIT);
        self.conversations.clear();
        self.untold = 0;
        self.left_out = 0;
    }

    /// Whether nobody reads any more.
    #[must_use]
    pub const fn closed(&self) -> bool {
        self.out.closed()
    }

    /// A page for people.
    ///
    /// # Errors
    ///
    /// What writing met; a closed pipe is none.
    pub fn page(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes())?;
        self.out.flush()
    }

    /// Part of a page for people, which may wait for [`flush`](Self::flush).
    ///
    /// # Errors
    ///
    /// What writing met; a closed pipe is none.
    pub fn line(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes())
    }

    /// Writes what waits.
    ///
    /// # Errors
    ///
    /// What writing met; a closed pipe is none.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// One object of a machine format.
    ///
    /// # Errors
    ///
    /// What writing met; a closed pipe is none.
    pub fn object(&mut self, object: &impl serde::Serialize) -> io::Result<()> {
        if self.format == Format::Json {
            self.out.write_all(if self.objects == 0 { b"[" } else { b",\n" })?;
        }
        self.objects += 1;
        let text = serde_json::to_string(object).map_err(io::Error::from)?;
        self.out.write_all(neutral_json(&text).as_bytes())?;
        if self.format == Format::Jsonl {
            self.out.write_all(b"\n")?;
            self.out.flush()?;
        }
        Ok(())
    }

    /// A connection is final; `amend` may add to its view, if one is made.
    ///
    /// # Errors
    ///
    /// What writing met; once the reader has gone, that ends the run.
    pub fn ended(&mut self, ended: &Ended<'_>, amend: impl FnOnce(&mut ConnectionView)) -> io::Result<()> {
        if self.closed() {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        self.outcome.found(ended.record.worst(), self.fail_on);
        if self.only.is_some_and(|only| !only.shows(ended)) {
            self.left_out += 1;
            return Ok(());
        }
        let file = &self.file;
        let view = || {
            let mut view = build::connection(file, ended);
            amend(&mut view);
            view
        };
        match (self.format, self.extent) {
            (Format::Json | Format::Jsonl, _) => {
                let view = view();
                self.object(&view)
            }
            (Format::Table, Extent::Worst) => {
                self.worst.offer_with((Rank::of_record(ended.record), ended.conn), view);
                Ok(())
            }
            (Format::Table, Extent::All) => {
                let view = view();
                let stream = self.stream.get_or_insert_with(|| Stream::new(self.style));
                if self.objects == 0 {
                    let head = stream.head();
                    self.out.write_all(head.as_bytes())?;
                }
                self.objects += 1;
                let rows = stream.rows(std::slice::from_ref(&view));
                self.page(&rows)
            }
        }
    }

    /// The capture has ended.
    ///
    /// # Errors
    ///
    /// What writing met; a closed pipe is none.
    pub fn end(&mut self, totals: &Totals, damage: Option<String>) -> io::Result<()> {
        let mut view = build::capture(&self.file, totals, damage);
        if self.bounds == Bounds::Told {
            view.bounds = build::bounds(totals);
        }
        view.left_out = self.only.map(|_| self.left_out);
        if let Some((_, tally)) = &mut self.rules {
            tally.add(&totals.rules);
        }
        if self.format != Format::Table {
            return self.object(&view);
        }
        let mut text = match (self.extent, self.stream.take()) {
            (Extent::All, Some(stream)) => stream.foot(),
            (Extent::All, None) => String::new(),
            (Extent::Worst, _) if totals.connections == 0 && !self.conversations.is_empty() => String::new(),
            // That there are none would be wrong, and the summary says how many there are.
            (Extent::Worst, _) if self.left_out > 0 && self.worst.iter().next().is_none() => String::new(),
            (Extent::Worst, _) => self.worst.page(self.style),
        };
        self.objects = 0;
        let broken = |view: &&ConnectionView| view.findings.iter().any(|finding| finding.verdict == "broken");
        for view in self.worst.iter().filter(broken).take(DETAILED) {
            text.push_str(&findings::page(view, self.style));
        }
        for view in self.worst.iter().take(DETAILED) {
            text.push_str(&account::line(view, self.style));
            text.push_str(&testimony::summary(view, self.style));
        }
        text.push_str(&self.conversations);
        if self.untold > 0 {
            text.push_str(&udp::untold(self.untold, self.style));
        }
        text.push_str(&capture::page(&view, self.style));
        if self.bounds == Bounds::Told {
            text.push('\n');
            text.push_str(&bounds::page(&view, self.style));
        }
        self.page(&text)
    }

    /// Nothing more comes.
    ///
    /// # Errors
    ///
    /// What writing met; a closed pipe is none.
    pub fn finish(&mut self) -> io::Result<()> {
        if self.format == Format::Json {
            self.out.write_all(if self.objects == 0 { b"[]\n" } else { b"]\n" })?;
        }
        if let (Format::Table, Some((which, tally))) = (self.format, &self.rules) {
            let rows: Vec<_> = build::rules(tally).collect();
            self.out.write_all(rules::page(&rows, *which, self.style).as_bytes())?;
        }
        self.out.flush()
    }
}

impl Sink for Reporter<'_> {
    /// Once the reader has gone, an error ends the run: the input may go on for ever.
    fn event(&mut self, event: Event<'_>) -> io::Result<()> {
        if self.closed() {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        match event {
            Event::Connection(ended) => self.ended(ended, |_| {}),
            Event::Datagrams(..) if self.only.is_some() => Ok(()),
            Event::Datagrams(..) if self.format == Format::Table && self.conversations.len() >= MOST_TEXT => {
                self.untold += 1;
                Ok(())
            }
            Event::Datagrams(conversation, around) => {
                let view = build::datagrams(&self.file, conversation, around);
                if self.format != Format::Table {
                    return self.object(&view);
                }
                self.conversations.push_str(&udp::page(&view, self.style));
                Ok(())
            }
            Event::Segment(_) | Event::Rows(_) | Event::Finding(..) | Event::IcmpError(..) => Ok(()),
        }
    }

    /// A list of the worst needs of the others nothing but their number, unless what all together came to is asked for.
    fn asks(&self) -> Asks {
        let worst = self.format == Format::Table && self.extent == Extent::Worst;
        if worst && self.bounds == Bounds::Untold && self.rules.is_none() && self.only.is_none() {
            Asks::Noteworthy
        } else {
            Asks::Connections
        }
    }

    fn wants_told(&mut self, conn: u64, remark: Remark) -> Wish {
        let rank = match remark {
            Remark::None => Rank::Clean,
            Remark::Note => Rank::Note,
        };
        self.worst.pass((rank, conn))
    }
}

/// Octets of text about UDP conversations that a table keeps for its end.
const MOST_TEXT: usize = 256 * 1024;
