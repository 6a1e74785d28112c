//! One frame of any link type: answered, and what is in it can be built again and decoded the same.

use super::chooser::Chooser;
use synfin::four_tuple::FourTuple;
use synfin::packet::{FrameNo, LinkType, Packet, Stamping};
use synfin::timestamp::Timestamp;
use synfin::wire::checksum::Checksum;
use synfin::wire::encode::{self, Envelope, Fields, Link};
use synfin::wire::segment::{Flags, Segment};
use synfin::wire::undecodable::{Fault, Undecodable};
use synfin::wire::{Decoded, Depth, LAYERS_MAX, decode, decode_at};

const FRAME: FrameNo = 1;

fn packet(link: LinkType, bytes: &[u8]) -> Packet<'_> {
    let wire_len = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    Packet { frame: FRAME, at: Timestamp::from_ns(0), stamping: Stamping::Told, link, interface: 0, bytes, wire_len }
}

/// A link type in two octets, how much longer it was on the wire in two, and the frame.
///
/// # Panics
///
/// If two ways to decode it disagree.
pub fn check(octets: &[u8]) {
    let mut chooser = Chooser::new(octets);
    let (link, more) = (LinkType(chooser.word()), u32::from(chooser.word()));
    let bytes = chooser.octets(usize::MAX);
    let packet = Packet { wire_len: packet(link, bytes).wire_len.saturating_add(more), ..packet(link, bytes) };
    for depth in [Depth::Innermost, Depth::Outermost] {
        match decode_at(&packet, depth) {
            Ok(Decoded::Segment(segment, around)) => {
                rebuilt(&segment);
                tagged(&packet, depth, &segment, around.0.len());
            }
            Ok(Decoded::Datagram(datagram)) => datagram_rebuilt(datagram.path, datagram.payload),
            Ok(Decoded::Other(what)) => assert!(!what.is_empty()),
            Ok(Decoded::IcmpError(_) | Decoded::Fragment(_)) => {}
            Err(fault) => assert!(!fault.reason().is_empty() && !fault.to_string().is_empty()),
        }
    }
}

/// Built by [`encode`], it is decoded with the same fields.
fn rebuilt(segment: &Segment<'_>) {
    let path = segment.path;
    let envelope = Envelope { ecn: segment.ip.ecn, hop_limit: segment.ip.hop_limit, ..Envelope::new(path) };
    let fields = Fields {
        seq: segment.seq,
        raw_ack: segment.raw_ack,
        // Those of the flags that have a name; the reserved bits are not encoded.
        flags: Flags(segment.flags.0 & 0x1ff),
        window: segment.window,
        urgent: segment.urgent,
        options: segment.options.octets,
        payload: segment.payload,
    };
    for link in [Link::Ethernet, Link::Vlan(7), Link::Raw] {
        let Ok(bytes) = encode::segment(&Envelope { link, ..envelope }, &fields) else { continue };
        let Ok(Decoded::Segment(again, _)) = decode(&packet(link.link_type(), &bytes)) else {
            panic!("{fields:?}: built, it is no segment")
        };
        let padded = fields.options.len().next_multiple_of(4);
        let found = Fields {
            seq: again.seq,
            raw_ack: again.raw_ack,
            flags: again.flags,
            window: again.window,
            urgent: again.urgent,
            options: again.options.octets.get(..fields.options.len()).unwrap_or_default(),
            payload: again.payload,
        };
        assert_eq!((found, again.path, again.options.octets.len()), (fields, path, padded));
        assert_eq!((again.checksum, again.ip.hop_limit), (Checksum::Right, envelope.hop_limit));
    }
}

/// In Ethernet with one more VLAN tag it is the same: plain frames are decoded on a short way of their own.
fn tagged(packet: &Packet<'_>, depth: Depth, segment: &Segment<'_>, layers: usize) {
    // With one layer more than is followed, what is in the innermost tunnel is not found.
    if packet.link != LinkType(1) || layers >= LAYERS_MAX {
        return;
    }
    let Some((addresses, rest)) = packet.bytes.split_at_checked(12) else { return };
    let bytes = [addresses, &[0x81, 0x00, 0x00, 0x07], rest].concat();
    let again = Packet { bytes: &bytes, wire_len: packet.wire_len.saturating_add(4), ..*packet };
    match decode_at(&again, depth) {
        Ok(Decoded::Segment(again, _)) => {
            assert_eq!(format!("{segment:?}"), format!("{again:?}"), "with one more tag");
        }
        // One layer more can be one too many.
        Err(Undecodable { fault: Fault::TooDeep, .. }) => {}
        // Then a datagram that was taken for a tunnel is taken for itself. Tags that name no network are layers too.
        Ok(Decoded::Datagram(_)) if layers + tags(packet.bytes) >= LAYERS_MAX => {}
        other => panic!("with one more tag: {other:?}"),
    }
}

/// At most so many tags are in a frame.
fn tags(bytes: &[u8]) -> usize {
    const KINDS: [u16; 11] = [0x8100, 0x9100, 0x88a8, 0x88e7, 0x8847, 0x8848, 0x22f3, 0x8903, 0x8926, 0x893f, 0x894f];
    let kinds = KINDS.map(u16::to_be_bytes);
    bytes.windows(2).filter(|kind| kinds.iter().any(|it| it == kind)).count()
}

fn datagram_rebuilt(path: FourTuple, payload: &[u8]) {
    let Ok(bytes) = encode::datagram(&Envelope::new(path), payload) else { return };
    // Its port may be that of a tunnel, in which more could be found.
    match decode_at(&packet(LinkType(1), &bytes), Depth::Outermost) {
        Ok(Decoded::Datagram(again)) => {
            assert_eq!((again.path, again.payload, again.checksum), (path, payload, Checksum::Right));
        }
        other => panic!("built, it is no datagram: {other:?}"),
    }
}
