//! What a tap can know of an endpoint's state, told from the endpoint itself and from what has passed the tap: where a judge
//! must be right, where it must only allow the truth, and where two pasts look alike.

use super::endpoint::{Segment, State, before};
use synfin::peer::{Peer, PerPeer};

/// What an observer can be held to about one endpoint.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Knowledge {
    /// The wire has not shown enough: two pasts with different states look alike at this tap.
    Hidden,
    /// The endpoint is ahead of the tap or behind it: the truth must be among the states that are allowed.
    Behind,
    /// It has received all that the other end sent, and the tap has seen all of its own: the likely state is the truth.
    Complete,
}

/// The truth about an endpoint, as it tells it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Truth {
    pub(super) state: State,
    /// The state was entered by a call or a timer that sent nothing.
    pub(super) silently: bool,
    pub(super) iss: u32,
    /// SND.UNA and SND.NXT.
    pub(super) una: u32,
    pub(super) nxt: u32,
    /// RCV.NXT, once it has the other's SYN.
    pub(super) heard: Option<u32>,
    /// CLOSE was called; its FIN may have to wait.
    pub(super) closing: bool,
    /// CLOSE was called before the other's FIN had come.
    pub(super) closed_first: bool,
    /// The number after its FIN, once that has left.
    pub(super) fin_end: Option<u32>,
    /// The newest acknowledgment that it has sent.
    pub(super) newest_ack: Option<u32>,
    pub(super) sent_reset: bool,
    /// A reset of the other end was obeyed.
    pub(super) was_reset: bool,
}

/// What has passed the tap.
#[derive(Default)]
pub(super) struct Passed(PerPeer<Sent>);

/// What has passed of one sender.
#[derive(Default)]
struct Sent {
    any: bool,
    end: Option<u32>,
    ack: Option<u32>,
    reset: bool,
    /// Resets that have not arrived yet, or never will, or were not obeyed.
    idle_resets: u32,
    /// Something but a reset, after a reset of the other end.
    after_other_reset: bool,
    fin: bool,
    /// A FIN that does not acknowledge the other's.
    first_fin: bool,
}

impl Passed {
    /// `segment` of `from` passes, when the other end's FIN has this number, if it has sent one.
    pub(super) fn passes(&mut self, from: Peer, segment: &Segment, other_fin: Option<u32>) {
        let other_was_reset = self.0[from.other()].reset;
        let own = &mut self.0[from];
        own.any = true;
        if segment.rst {
            own.reset = true;
            own.idle_resets += 1;
        } else {
            let end = segment.end();
            own.end = Some(own.end.map_or(end, |it| if before(it, end) { end } else { it }));
            if let Some(ack) = segment.ack {
                own.ack = Some(own.ack.map_or(ack, |it| if before(it, ack) { ack } else { it }));
            }
            own.after_other_reset |= other_was_reset;
        }
        if segment.fin {
            let answers = matches!((other_fin, segment.ack), (Some(end), Some(ack)) if !before(ack, end));
            own.fin = true;
            own.first_fin |= !answers;
        }
    }

    /// What can be known of `peer`, which is `own`, while the other is `other`, by a tap that misses nothing.
    pub(super) fn knowledge(&self, peer: Peer, own: &Truth, other: &Truth) -> Knowledge {
        let (passed, other_passed) = (&self.0[peer], &self.0[peer.other()]);
        let nothing_shown = !passed.any && !other_passed.any;
        let can_be_silent = matches!(own.state, State::Listen | State::SynReceived | State::Closed);
        let has_heard_fin = other.fin_end.is_some() && own.heard == other.fin_end;
        // Every FIN that passed answers the other's, though CLOSE was called before that came; or none has passed yet.
        let is_order_lost =
            own.closed_first && has_heard_fin && !passed.first_fin && (passed.fin || own.state == State::Closing);
        if nothing_shown || (!passed.any && !can_be_silent) || is_order_lost {
            return Knowledge::Hidden;
        }
        let call_unseen =
            own.closing && own.fin_end.is_none() && !matches!(own.state, State::SynReceived | State::CloseWait);
        let is_fin_seen = own.fin_end.is_none() || passed.fin;
        let all_own_seen =
            is_fin_seen && (own.nxt == own.iss || passed.end == Some(own.nxt)) && passed.ack == own.newest_ack;
        let heard_all = other.nxt == other.iss || own.heard == Some(other.nxt);
        let heard_newest_ack = other.newest_ack.is_none_or(|ack| !before(own.una, ack));
        let is_complete = if !passed.any || own.silently || call_unseen {
            false
        } else if own.sent_reset {
            own.state == State::Closed && passed.reset
        } else if own.was_reset {
            !passed.after_other_reset && all_own_seen
        } else {
            all_own_seen && heard_all && heard_newest_ack && other_passed.idle_resets == 0
        };
        if is_complete { Knowledge::Complete } else { Knowledge::Behind }
    }
}
