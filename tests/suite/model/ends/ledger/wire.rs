//! A segment of the ledger as octets, with its options, and back.

use super::super::path;
use smoltcp::wire::{Ipv4Packet, TcpOption, TcpPacket};
use synfin::peer::Peer;
use synfin::seq::Seq;
use synfin::wire::encode::{self, Envelope, Fields, Link};
use synfin::wire::segment::Flags;

/// A segment, its options read.
#[derive(Clone, Default, Debug)]
pub(super) struct Segment {
    pub(super) seq: u32,
    pub(super) ack: Option<u32>,
    pub(super) syn: bool,
    pub(super) fin: bool,
    pub(super) rst: bool,
    pub(super) text: Vec<u8>,
    /// As it stands in the header.
    pub(super) window: u16,
    pub(super) mss: Option<u16>,
    pub(super) shift: Option<u8>,
    pub(super) may_sack: bool,
    pub(super) blocks: Vec<(u32, u32)>,
    /// TSval and TSecr.
    pub(super) stamp: Option<(u32, u32)>,
}

impl Segment {
    /// SEG.LEN.
    pub(super) fn len(&self) -> u64 {
        self.text.len() as u64 + u64::from(self.syn) + u64::from(self.fin)
    }

    pub(super) fn read(packet: &[u8]) -> Option<Self> {
        let ip = Ipv4Packet::new_checked(packet).ok()?;
        let tcp = TcpPacket::new_checked(ip.payload()).ok()?;
        let mut it = Self {
            seq: tcp.seq_number().0.cast_unsigned(),
            ack: tcp.ack().then(|| tcp.ack_number().0.cast_unsigned()),
            syn: tcp.syn(),
            fin: tcp.fin(),
            rst: tcp.rst(),
            text: tcp.payload().to_vec(),
            window: tcp.window_len(),
            ..Self::default()
        };
        let mut options = tcp.options();
        while let Ok((rest, option)) = TcpOption::parse(options) {
            match option {
                TcpOption::EndOfList => break,
                TcpOption::MaxSegmentSize(mss) => it.mss = Some(mss),
                TcpOption::WindowScale(shift) => it.shift = Some(shift.min(14)),
                TcpOption::SackPermitted => it.may_sack = true,
                TcpOption::SackRange(ranges) => it.blocks = ranges.into_iter().flatten().collect(),
                TcpOption::TimeStamp { tsval, tsecr } => it.stamp = Some((tsval, tsecr)),
                _ => {}
            }
            options = rest;
        }
        Some(it)
    }

    /// The options as they are written: each padded in front to a multiple of four octets.
    fn options(&self) -> Vec<u8> {
        let mut octets = Vec::new();
        if let Some(mss) = self.mss {
            octets.extend([2, 4]);
            octets.extend(mss.to_be_bytes());
        }
        if let Some(shift) = self.shift {
            octets.extend([1, 3, 3, shift]);
        }
        if self.may_sack {
            octets.extend([1, 1, 4, 2]);
        }
        if let Some((value, echo)) = self.stamp {
            octets.extend([1, 1, 8, 10]);
            octets.extend(value.to_be_bytes());
            octets.extend(echo.to_be_bytes());
        }
        if !self.blocks.is_empty() {
            octets.extend([1, 1, 5, 2 + 8 * self.blocks.len() as u8]);
            for (left, right) in &self.blocks {
                octets.extend(left.to_be_bytes());
                octets.extend(right.to_be_bytes());
            }
        }
        octets
    }

    pub(super) fn written(&self, from: Peer, id: u16) -> Vec<u8> {
        let bits = [(self.fin, 1), (self.syn, 2), (self.rst, 4), (!self.text.is_empty(), 8), (self.ack.is_some(), 16)];
        let fields = Fields {
            seq: Seq::new(self.seq),
            raw_ack: self.ack.unwrap_or(0),
            flags: Flags(bits.iter().filter(|(is_set, _)| *is_set).map(|(_, bit)| bit).sum()),
            window: self.window,
            options: &self.options(),
            payload: &self.text,
            ..Fields::default()
        };
        let envelope = Envelope { link: Link::Raw, id, ..Envelope::new(path(from)) };
        encode::segment(&envelope, &fields).expect("a segment of the ledger can be encoded")
    }
}
