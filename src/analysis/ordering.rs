//! The analyser's side of the order stage: a segment that runs ahead waits, and what has waited goes on.
//!
//! What runs ahead, and how long it waits, is decided in [`super::order`]; not here: copies, and what a segment means.

use super::Analyzer;
use super::event::Sink;
use super::incarnation::Entry;
use super::order::{Due, Held};
use crate::flow::{FlowKey, Slot};
use crate::wire::segment::Segment;
use std::io;

impl Analyzer {
    /// What something of a flow has waited since that begins to wait now.
    pub(super) fn waiting_from_now(&self, key: FlowKey) -> Due {
        Due { since: self.now, turn: self.turn, key }
    }

    /// Lets a segment wait if it runs ahead, or goes on with it. Its flow is probably in the slot `near`.
    pub(super) fn arrange(
        &mut self,
        key: FlowKey,
        near: Option<Slot>,
        segment: &Segment<'_>,
        sink: &mut dyn Sink,
    ) -> io::Result<()> {
        let key = self.other_side(key, segment);
        let slot = self.flows.slot_near(near, key, Entry::default);
        let Some(entry) = self.flows.get_mut(slot) else { return Ok(()) };
        let holds = self.order.holds(&key);
        if !holds
            && let Some(news) = entry.take_plain(segment, &key, || sink.asks(), (&mut self.hosts, &mut self.last_conn))
        {
            return self.note(slot, news, sink);
        }
        if entry.is_plain() {
            let Some((entry, mut stage)) = self.entry(key, slot, sink) else { return Ok(()) };
            entry.unfold(&mut stage)?;
        }
        let Some(entry) = self.flows.get_mut(slot) else { return Ok(()) };
        let ahead = entry.runs_ahead(segment);
        if !ahead && !holds {
            return self.deliver(slot, key, segment, sink);
        }
        if ahead || self.order.holds_from(&key, segment.path.from) {
            entry.await_cause(&mut self.last_conn);
            self.order.hold(self.waiting_from_now(key), segment);
            self.make_room(&key, sink)
        } else if self.order.answers(&key, segment) {
            // It came after what it answers, and that after nothing that is still to come.
            while self.order.holds(&key) {
                self.release_first(&key, sink)?;
            }
            self.arrange(key, Some(slot), segment, sink)
        } else {
            self.deliver(slot, key, segment, sink)?;
            self.follow(&key, sink)
        }
    }

    /// Whatever has waited long enough goes on.
    pub(super) fn release(&mut self, sink: &mut dyn Sink) -> io::Result<()> {
        while let Some(key) = self.order.due(self.now) {
            self.release_first(&key, sink)?;
        }
        Ok(())
    }

    /// What waits beyond the bounds goes on.
    pub(super) fn make_room(&mut self, key: &FlowKey, sink: &mut dyn Sink) -> io::Result<()> {
        while self.order.is_full(key) {
            self.order.early.1 += 1;
            self.release_first(key, sink)?;
        }
        self.release(sink)
    }

    /// The first that waits of a flow goes on as it was captured, and what only waited for it behind it.
    pub(super) fn release_first(&mut self, key: &FlowKey, sink: &mut dyn Sink) -> io::Result<()> {
        let Some(held) = self.order.first(key) else { return Ok(()) };
        self.go_on(*key, &held, sink)?;
        if let (Held::Segment(whole), Some(slot)) = (&held, self.flows.find(key))
            && let Some(entry) = self.flows.get_mut(slot)
        {
            entry.waited_in_vain(&whole.segment());
        }
        self.follow(key, sink)
    }

    /// What waits of a flow and does not run ahead any more goes on.
    fn follow(&mut self, key: &FlowKey, sink: &mut dyn Sink) -> io::Result<()> {
        loop {
            let Some(entry) = self.flows.find(key).and_then(|slot| self.flows.get_mut(slot)) else { return Ok(()) };
            let Some(held) = self.order.ready(key, |segment| !entry.runs_ahead(segment)) else { return Ok(()) };
            self.go_on(*key, &held, sink)?;
        }
    }

    fn go_on(&mut self, key: FlowKey, held: &Held, sink: &mut dyn Sink) -> io::Result<()> {
        match held {
            Held::Segment(whole) => {
                let slot = self.flows.slot(key, Entry::default);
                self.deliver(slot, key, &whole.segment(), sink)
            }
            Held::Copy(at, copy) => self.count_copy(&key, *at, *copy, sink),
        }
    }
}
