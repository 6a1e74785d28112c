//! The plainest judge: states as a function of what each end has sent and had acknowledged, everything that passed
//! presumed to have arrived. It bounds nothing and accuses nobody; it shows that what [`super::check`] asks can be
//! answered, and that [`super::Knowledge::Complete`] is not claimed where it cannot.

use super::Judge;
use super::endpoint::before;
use super::run::Seen;
use synfin::peer::{Peer, PerPeer};
use synfin::trace::STATES;

#[derive(Clone, Copy, Default)]
struct Sent {
    any: bool,
    iss: Option<u32>,
    fin: Option<u32>,
    fin_answers: bool,
    acked: Option<u32>,
    reset: bool,
}

impl Sent {
    fn is_acked(&self, control: Option<u32>) -> bool {
        matches!((control, self.acked), (Some(at), Some(acked)) if before(at, acked))
    }
}

#[derive(Default)]
pub(super) struct Figures(PerPeer<Sent>);

impl Judge for Figures {
    fn segment(&mut self, seen: &Seen) {
        let other = self.0[seen.from.other()];
        let own = &mut self.0[seen.from];
        own.any = true;
        own.reset |= seen.flags.rst();
        if seen.flags.rst() {
            return;
        }
        if seen.flags.syn() {
            own.iss = Some(seen.seq);
        }
        if seen.flags.fin() {
            // However late, a copy that does not answer the other's FIN shows which came first.
            let answers = matches!((other.fin, seen.ack), (Some(fin), Some(ack)) if before(fin, ack));
            own.fin_answers = answers && (own.fin.is_none() || own.fin_answers);
            own.fin = Some(seen.seq.wrapping_add(seen.len));
        }
        if let Some(ack) = seen.ack {
            let acked = &mut self.0[seen.from.other()].acked;
            *acked = Some(acked.filter(|old| before(ack, *old)).unwrap_or(ack));
        }
    }

    fn likely(&self, peer: Peer) -> Option<&'static str> {
        let (own, other) = (self.0[peer], self.0[peer.other()]);
        if !own.any {
            return None;
        }
        if own.reset || other.reset {
            return Some("CLOSED");
        }
        let is_fin_acked = own.is_acked(own.fin);
        Some(match (own.fin, other.fin) {
            (None, None) if own.is_acked(own.iss) => "ESTABLISHED",
            (None, None) if other.iss.is_some() => "SYN-RECEIVED",
            (None, None) => "SYN-SENT",
            (None, Some(_)) => "CLOSE-WAIT",
            (Some(_), None) if is_fin_acked => "FIN-WAIT-2",
            (Some(_), None) => "FIN-WAIT-1",
            (Some(_), Some(_)) if own.fin_answers && is_fin_acked => "CLOSED",
            (Some(_), Some(_)) if own.fin_answers => "LAST-ACK",
            (Some(_), Some(_)) if is_fin_acked => "TIME-WAIT",
            (Some(_), Some(_)) => "CLOSING",
        })
    }

    fn allowed(&self, _: Peer) -> Vec<&'static str> {
        STATES.to_vec()
    }

    fn doubts(&self, _: Peer) -> bool {
        false
    }

    fn violations(&self) -> Vec<String> {
        Vec::new()
    }
}
