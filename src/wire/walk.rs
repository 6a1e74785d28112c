//! A walk through a packet's layers from the outside in: where it stands, where that layer ends, what it passed.
//!
//! It knows no protocol; `link`, `ip`, `tunnel`, `transport` and `icmp` each take it one step on.

use super::encapsulation::{Encapsulation, Layer};
use super::fragment::Fragment;
use super::transport::{self, Carried};
use super::undecodable::{Because, Fault, Undecodable};
use super::{Decoded, Depth, LAYERS_MAX, icmp, ip, link, tunnel};
use crate::packet::{LinkType, Packet};
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
    /// EtherIP between these two, the smaller address first.
    EtherIp(IpAddr, IpAddr),
    /// A frame of this link type, which another header announced.
    Link(LinkType),
}

/// What one layer led to.
pub(super) enum Step<'p> {
    /// Another layer.
    Next(Next),
    /// A part of a datagram that has others.
    Fragment(Fragment<'p>),
    /// TCP.
    Segment(Carried),
    /// UDP.
    Datagram(Carried),
    /// ICMP or ICMPv6, whose sender this is.
    Icmp(icmp::Version, IpAddr),
    /// Neither, by its name.
    Other(Cow<'static, str>),
}

impl Step<'_> {
    /// Neither TCP nor UDP, with a name of its own.
    pub(super) const fn other(word: &'static str) -> Self {
        Self::Other(Cow::Borrowed(word))
    }

    /// Neither TCP nor UDP, named by a number.
    pub(super) const fn numbered(word: String) -> Self {
        Self::Other(Cow::Owned(word))
    }
}

/// Where the decoder stands in a packet.
pub(super) struct Walk<'p> {
    pub(super) packet: Packet<'p>,
    /// Octet that the next layer starts at.
    pub(super) at: usize,
    /// Octet after the last that the enclosing layer had on the wire; beyond the captured ones if the snap length cut.
    pub(super) end: usize,
    pub(super) depth: Depth,
    pub(super) layers: usize,
    pub(super) encapsulation: Encapsulation,
}

impl<'p> Walk<'p> {
    fn new(packet: &Packet<'p>, depth: Depth) -> Self {
        let encapsulation = Encapsulation::default();
        Self { packet: *packet, at: 0, end: wire_end(packet), depth, layers: 0, encapsulation }
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

    /// Passes so many octets unseen.
    pub(super) fn pass(&mut self, layer: &'static str, octets: usize) -> Result<(), Undecodable> {
        if self.octets().len() < octets {
            return Err(self.missing(layer, octets));
        }
        self.at = self.at.saturating_add(octets);
        Ok(())
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
            Because::Length
        } else {
            Because::Wire
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
pub(super) fn decode<'p>(packet: &Packet<'p>, depth: Depth) -> Result<Decoded<'p>, Undecodable> {
    let mut walk = Walk::new(packet, depth);
    let step = link::start(&mut walk, packet.link)?;
    follow(walk, step)
}

/// Decodes an IP packet that was put together from fragments, in the layers that stood around them.
pub(super) fn decode_inside<'p>(
    packet: &Packet<'p>,
    depth: Depth,
    layers: usize,
    encapsulation: Encapsulation,
) -> Result<Decoded<'p>, Undecodable> {
    let mut walk = Walk { layers, encapsulation, ..Walk::new(packet, depth) };
    // So that fragments of fragments come to an end.
    walk.enter(None)?;
    follow(walk, Step::Next(Next::Ip))
}

/// A datagram whose port says that it is a tunnel.
struct Presumed {
    ip: Carried,
    /// Layers around it.
    around: usize,
}

/// Goes on to the end of the packet.
fn follow<'p>(mut walk: Walk<'p>, mut step: Step<'p>) -> Result<Decoded<'p>, Undecodable> {
    let mut presumed = None;
    // It ends: a step passes octets or only says which layer the octets at hand are of.
    loop {
        let went = match step {
            Step::Next(next) => onward(&mut walk, next),
            Step::Fragment(fragment) => return Ok(Decoded::Fragment(fragment)),
            Step::Segment(ip) => {
                let packet = walk.packet;
                match transport::segment(&packet, &ip) {
                    Ok(segment) => return Ok(Decoded::Segment(segment, walk.encapsulation)),
                    Err(fault) => Err(fault),
                }
            }
            Step::Datagram(ip) => {
                let around = walk.encapsulation.0.len();
                match tunnel::udp::enter(&mut walk, &ip) {
                    Some(went) => {
                        presumed = Some(Presumed { ip, around });
                        went
                    }
                    None => return transport::datagram(&walk.packet, walk.encapsulation, &ip).map(Decoded::Datagram),
                }
            }
            Step::Icmp(version, reporter) => return icmp::error(walk, version, reporter),
            Step::Other(word) => return Ok(Decoded::Other(word)),
        };
        step = match (went, presumed.take()) {
            (Ok(step), tunnel) => {
                presumed = tunnel;
                step
            }
            // No tunnel after all: nothing that the snap length cut off can explain the fault.
            (Err(fault), Some(Presumed { ip, around })) if !fault.is_cut_by_capture() => {
                walk.encapsulation.0.truncate(around);
                return transport::datagram(&walk.packet, walk.encapsulation, &ip).map(Decoded::Datagram);
            }
            (Err(fault), _) => return Err(fault),
        };
    }
}

/// Passes one layer.
fn onward<'p>(walk: &mut Walk<'p>, next: Next) -> Result<Step<'p>, Undecodable> {
    match next {
        Next::Ethernet => link::ethernet(walk),
        Next::EtherType(number) => link::ether_type(walk, number),
        Next::Llc => link::llc(walk),
        Next::Ppp => link::ppp(walk),
        Next::Ip => ip::either(walk),
        Next::Ipv4 => ip::v4(walk),
        Next::Ipv6 => ip::v6(walk),
        Next::Gre(low, high) => tunnel::gre(walk, low, high),
        Next::EtherIp(low, high) => tunnel::ether_ip(walk, low, high),
        Next::Link(link) => link::start(walk, link),
    }
}
