//! What each end was really granted: the right edge of every window that has reached it, whatever a tap saw of it. Shows
//! whether an end that is said to have sent beyond the window has done so.

use super::endpoint::before;
use smoltcp::wire::{Ipv4Packet, TcpOption, TcpPacket};
use synfin::peer::{Peer, PerPeer};

/// What has been granted to each end, and how each scales what it grants.
#[derive(Default)]
pub(super) struct Windows {
    granted: PerPeer<Option<u32>>,
    shift: PerPeer<Option<u8>>,
}

impl Windows {
    /// `from` has sent this. Whether it goes beyond all that reached it, and is no probe's octet.
    pub(super) fn left(&mut self, from: Peer, packet: &[u8]) -> bool {
        let Some(tcp) = segment(packet) else { return false };
        if tcp.syn() {
            self.shift[from] = shift(tcp.options());
        }
        let len = u32::try_from(tcp.payload().len()).unwrap_or(0);
        let end = tcp.seq_number().0.cast_unsigned().wrapping_add(len);
        let probes = u32::from(len == 1);
        len > 0 && self.granted[from].is_some_and(|edge| before(edge.wrapping_add(probes), end))
    }

    /// This of `from` has reached the other end.
    pub(super) fn arrived(&mut self, from: Peer, packet: &[u8]) {
        let Some(tcp) = segment(packet).filter(|tcp| tcp.ack() && !tcp.rst()) else { return };
        let shift = match (tcp.syn(), self.shift.a, self.shift.b) {
            (false, Some(a), Some(b)) => {
                if from == Peer::A {
                    a
                } else {
                    b
                }
            }
            _ => 0,
        };
        let edge = tcp.ack_number().0.cast_unsigned().wrapping_add(u32::from(tcp.window_len()) << shift);
        let granted = &mut self.granted[from.other()];
        *granted = granted.filter(|known| before(edge, *known)).or(Some(edge));
    }
}

fn segment(packet: &[u8]) -> Option<TcpPacket<&[u8]>> {
    TcpPacket::new_checked(Ipv4Packet::new_checked(packet).ok()?.payload()).ok()
}

/// The window scale option.
fn shift(mut options: &[u8]) -> Option<u8> {
    while let Ok((rest, option)) = TcpOption::parse(options) {
        match option {
            TcpOption::WindowScale(shift) => return Some(shift),
            TcpOption::EndOfList => return None,
            _ => options = rest,
        }
    }
    None
}
