//! A walk through a packet's layers from the outside in: where it stands, where that layer ends, what it passed.
//!
//! It knows no protocol; `link`, `ip`, `tunnel`, `transport` and `icmp` each take it one step on.

use super::encapsulation::{Encapsulation, Layer};
use super::transport::{self, Carried};
use super::undecodable::{Because, Fault, Undecodable};
use super::{Decoded, LAYERS_MAX, icmp, ip, link, tunnel};
use crate::packet::Packet;
use std::borrow::Cow;
use std::net::IpAddr;

/// What comes next in the packet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Next {
    /// An Ethernet frame from its destination address on.
    Ethernet,
    /// What this Ethernet type says.
    EtherType(u16),
    /// An IEEE 802.2 LLC header.
    Llc,
    /// A PPP frame, with or without address and control octets.
    Ppp,
    /// IP of the version that its first four bits give.
    Ip,
    /// IPv4.
    Ipv4,
    /// IPv6.
    Ipv6,
    /// GRE between these two, the smaller address first.
    Gre(IpAddr, IpAddr),
}

/// What one layer led to.
pub(super) enum Step {
    /// Another layer.
    Next(Next),
    /// TCP.
    Segment(Carried),
    /// UDP.
    Datagram(Carried),
    /// ICMP or ICMPv6, whose sender this is.
    Icmp(icmp::Version, IpAddr),
    /// Neither, by its name.
    Other(Cow<'static, str>),
}

impl Step {
    /// Neither TCP nor UDP, with a name of its own.
    pub(super) const fn other(word: &'static str) -> Self {
        Self::Other(Cow::Borrowed(word))
    }

    /// Neither TCP nor UDP, named by a number.
    pub(super) const fn numbered(word: String) -> Self {
        Self::Other(Cow::Owned(word))
    }
}

/// What ends the layer that the walk stands in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Bound {
    /// The frame ends there on the wire.
    Wire,
    /// Only this fragment ends there; the datagram goes on in others.
    Fragment,
}

/// Where the decoder stands in a packet.
pub(super) struct Walk<'p> {
    pub(super) packet: Packet<'p>,
    /// Octet that the next layer starts at.
    pub(super) at: usize,
    /// Octet after the last that the enclosing layer had on the wire; beyond the captured ones if the snap length cut.
    pub(super) end: usize,
    pub(super) bound: Bound,
    layers: usize,
    pub(super) encapsulation: Encapsulation,
}

impl<'p> Walk<'p> {
    fn new(packet: &Packet<'p>) -> Self {
        Self {
            packet: *packet,
            at: 0,
            end: wire_end(packet),
            bound: Bound::Wire,
            layers: 0,
            encapsulation: Encapsulation::default(),
        }
    }

    /// What was captured of the rest of the enclosing layer.
    pub(super) fn octets(&self) -> &'p [u8] {
        between(self.packet.bytes, self.at, self.end)
    }

    /// The next `N` octets, not passed.
    pub(super) fn look<const N: usize>(&self, layer: &'static str) -> Result<&'p [u8; N], Undecodable> {
        self.octets().first_chunk().ok_or_else(|| self.missing(layer, N))
    }

    /// The next `N` octets, passed.
    pub(super) fn take<const N: usize>(&mut self, layer: &'static str) -> Result<&'p [u8; N], Undecodable> {
        let octets = self.look(layer)?;
        self.at = self.at.saturating_add(N);
        Ok(octets)
    }

    /// Ends the enclosing layer after `octets` more, if that is within it: what follows is padding.
    pub(super) fn ends_after(&mut self, octets: usize) {
        self.end = self.end.min(self.at.saturating_add(octets));
    }

    /// The fault that fewer than `wanted` octets are left for a layer.
    pub(super) fn missing(&self, layer: &'static str, wanted: usize) -> Undecodable {
        let because = if self.at.saturating_add(wanted) <= self.end {
            Because::Capture
        } else if self.end < wire_end(&self.packet) {
            if self.bound == Bound::Fragment { Because::Fragment } else { Because::Length }
        } else {
            match self.bound {
                Bound::Fragment => Because::Fragment,
                Bound::Wire => Because::Wire,
            }
        };
        let fault = Fault::Missing { wanted, found: self.octets().len(), because };
        Undecodable { layer, octet: self.at, fault }
    }

    /// The fault that a field, `offset` octets on, is out of its range.
    pub(super) const fn out_of_range(
        &self,
        layer: &'static str,
        offset: usize,
        field: &'static str,
        range: (u32, u32),
        found: u32,
    ) -> Undecodable {
        let fault = Fault::Value { field, least: range.0, most: range.1, found };
        Undecodable { layer, octet: self.at.saturating_add(offset), fault }
    }

    /// Goes into a tag or tunnel; `None` for one that says nothing about which connection is inside.
    pub(super) fn enter(&mut self, layer: Option<Layer>) -> Result<(), Undecodable> {
        if self.layers == LAYERS_MAX {
            return Err(Undecodable { layer: "encapsulation", octet: self.at, fault: Fault::TooDeep });
        }
        self.layers += 1;
        if let Some(layer) = layer {
            self.encapsulation.0.push(layer);
        }
        Ok(())
    }
}

/// The octets from `from` to before `to`, as far as there are any.
pub(super) fn between(bytes: &[u8], from: usize, to: usize) -> &[u8] {
    bytes.get(from..to.min(bytes.len())).unwrap_or_default()
}

/// Octets of the frame on the wire.
fn wire_end(packet: &Packet<'_>) -> usize {
    usize::try_from(packet.wire_len).unwrap_or(usize::MAX).max(packet.bytes.len())
}

/// Decodes any packet, one layer after the other.
pub(super) fn decode<'p>(packet: &Packet<'p>) -> Result<Decoded<'p>, Undecodable> {
    let mut walk = Walk::new(packet);
    let mut step = link::start(&mut walk)?;
    // It ends: a step passes octets or only says which layer the octets at hand are of.
    loop {
        step = match step {
            Step::Next(Next::Ethernet) => link::ethernet(&mut walk)?,
            Step::Next(Next::EtherType(number)) => link::ether_type(&mut walk, number)?,
            Step::Next(Next::Llc) => link::llc(&mut walk)?,
            Step::Next(Next::Ppp) => link::ppp(&mut walk)?,
            Step::Next(Next::Ip) => ip::either(&walk)?,
            Step::Next(Next::Ipv4) => ip::v4(&mut walk)?,
            Step::Next(Next::Ipv6) => ip::v6(&mut walk)?,
            Step::Next(Next::Gre(low, high)) => tunnel::gre(&mut walk, low, high)?,
            Step::Segment(ip) => return transport::segment(packet, walk.encapsulation, &ip).map(Decoded::Segment),
            Step::Datagram(ip) => return transport::datagram(packet, walk.encapsulation, &ip).map(Decoded::Datagram),
            Step::Icmp(version, reporter) => return icmp::error(walk, version, reporter),
            Step::Other(word) => return Ok(Decoded::Other(word)),
        };
    }
}
