//! TCP and UDP headers: offsets, flags, cuts, checksums.

use super::super::checksum::Checksum;
use super::super::encode::{self, Envelope, Fields, Link, Unencodable};
use super::super::segment::{Flags, Wholeness};
use super::{ETHERNET, RAW, datagram, fault, frame, ip, packet, path_v4, path_v6, segment, segment_of};
use crate::four_tuple::FourTuple;
use crate::packet::Packet;
use crate::seq::Seq;

#[test]
fn all_nine_flags_are_read() {
    for bits in 0..512_u16 {
        let envelope = Envelope { link: Link::Raw, ..Envelope::new(path_v4()) };
        let bytes = encode::segment(&envelope, &Fields { flags: Flags(bits), ..Fields::default() }).expect("it fits");
        assert_eq!(segment(RAW, &bytes).flags, Flags(bits));
    }
}

#[test]
fn a_data_offset_out_of_range_is_named_with_its_octet() {
    let mut bytes = frame(Link::Ethernet, path_v4());
    bytes[46] = 0x40;
    assert_eq!(fault(&packet(ETHERNET, &bytes)).to_string(), "tcp at octet 46: wanted data offset 5 to 15, found 4");
    assert_eq!(fault(&packet(ETHERNET, &bytes)).reason(), "tcp: data offset");
    bytes[46] = 0x70;
    let beyond = segment(ETHERNET, &bytes);
    assert_eq!((beyond.wholeness, beyond.payload_len, beyond.checksum), (Wholeness::ShortOnWire, 0, Checksum::Unknown));
}

#[test]
fn a_segment_too_small_for_its_header_says_so() {
    let mut bytes = ip(path_v4());
    bytes.truncate(39);
    bytes[3] = 39;
    let found = fault(&packet(RAW, &bytes));
    assert_eq!(found.to_string(), "tcp at octet 20: wanted 20 octets, found 19, longer than its packet");
}

#[test]
fn fourteen_octets_of_a_cut_header_make_a_segment() {
    let envelope = Envelope::new(path_v4());
    let options = [2, 4, 5, 180, 1, 1, 4, 2];
    let fields = Fields {
        seq: Seq::new(5),
        flags: Flags(2),
        window: 777,
        urgent: 9,
        options: &options,
        payload: b"early",
        ..Fields::default()
    };
    let bytes = encode::segment(&envelope, &fields).expect("it fits");
    let whole = packet(ETHERNET, &bytes);
    for captured in 34..bytes.len() {
        let cut = Packet { bytes: &bytes[..captured], ..whole };
        if captured < 48 {
            assert_eq!(fault(&cut).reason(), "tcp: cut by the snap length");
            continue;
        }
        let segment = segment_of(&cut);
        assert_eq!((segment.seq, segment.flags, segment.payload_len), (Seq::new(5), Flags(2), 5));
        assert_eq!((segment.wholeness, segment.checksum), (Wholeness::CutByCapture, Checksum::Unknown));
        assert_eq!(segment.window, if captured < 50 { 0 } else { 777 });
        assert_eq!(segment.urgent, if captured < 54 { 0 } else { 9 });
        assert_eq!(segment.options.octets, &options[..captured.saturating_sub(54).min(8)]);
        assert_eq!(segment.payload, &b"early"[..captured.saturating_sub(62)]);
    }
}

#[test]
fn checksums_are_right_wrong_or_left_to_the_card() {
    for path in [path_v4(), path_v6()] {
        let mut bytes = ip(path);
        let tcp = bytes.len() - 25;
        assert_eq!(segment(RAW, &bytes).checksum, Checksum::Right);
        bytes[tcp + 4] ^= 1;
        assert_eq!(segment(RAW, &bytes).checksum, Checksum::Wrong);
    }
    // 10.0.0.2 and 10.0.0.1, protocol 6, 25 octets: 0a00 + 0002 + 0a00 + 0001 + 0006 + 0019.
    let mut bytes = ip(path_v4());
    bytes[36..38].copy_from_slice(&[0x14, 0x22]);
    assert_eq!(segment(RAW, &bytes).checksum, Checksum::Partial);
}

#[test]
fn a_datagram_is_read() {
    for path in [path_v4(), path_v6()] {
        let envelope = Envelope { link: Link::Raw, ..Envelope::new(path) };
        let bytes = encode::datagram(&envelope, b"hi").expect("it fits");
        let found = datagram(RAW, &bytes);
        assert_eq!((found.path, found.payload, found.payload_len), (path, &b"hi"[..], 2));
        assert_eq!(found.checksum, Checksum::Right);
        let mut padded = encode::datagram(&Envelope::new(path), b"hi").expect("it fits");
        padded.extend([0xee; 30]);
        assert_eq!(datagram(ETHERNET, &padded).payload, b"hi");
    }
}

#[test]
fn lengths_and_checksums_of_udp_are_judged() {
    let envelope = Envelope { link: Link::Raw, ..Envelope::new(path_v4()) };
    let good = encode::datagram(&envelope, b"hello").expect("it fits");
    let with_length = |length: u8| {
        let mut bytes = good.clone();
        bytes[25] = length;
        bytes
    };
    assert_eq!(datagram(RAW, &with_length(0)).payload_len, 5, "a jumbogram's length is the IP payload's");
    let short = with_length(10);
    assert_eq!((datagram(RAW, &short).payload, datagram(RAW, &short).payload_len), (&b"he"[..], 2));
    let long = with_length(99);
    assert_eq!((datagram(RAW, &long).payload_len, datagram(RAW, &long).checksum), (5, Checksum::Unknown));
    let tiny = with_length(7);
    assert_eq!(fault(&packet(RAW, &tiny)).to_string(), "udp at octet 24: wanted length 8 to 65535, found 7");

    let mut none = good.clone();
    none[26..28].fill(0);
    assert_eq!(datagram(RAW, &none).checksum, Checksum::Unknown, "UDP over IPv4 may carry none");
    let mut wrong = good.clone();
    wrong[30] ^= 1;
    assert_eq!(datagram(RAW, &wrong).checksum, Checksum::Wrong);
    let cut = Packet { bytes: &good[..27], ..packet(RAW, &good) };
    assert_eq!(fault(&cut).reason(), "udp: cut by the snap length");
}

#[test]
fn what_does_not_fit_cannot_be_encoded() {
    let good = Envelope::new(path_v4());
    let mixed = Envelope::new(FourTuple { from: path_v4().from, to: path_v6().to });
    let fields = Fields::default();
    assert_eq!(encode::segment(&mixed, &fields), Err(Unencodable::MixedVersions));
    let tagged = Envelope { link: Link::Vlan(4096), ..good };
    assert_eq!(encode::segment(&tagged, &fields), Err(Unencodable::VlanId(4096)));
    assert_eq!(encode::segment(&Envelope { ecn: 4, ..good }, &fields), Err(Unencodable::Ecn(4)));
    let options = [1; 41];
    assert_eq!(encode::segment(&good, &Fields { options: &options, ..fields }), Err(Unencodable::Options(41)));
    let payload = vec![0; 70_000];
    assert_eq!(encode::segment(&good, &Fields { payload: &payload, ..fields }), Err(Unencodable::Payload(70_000)));
    assert_eq!(encode::datagram(&good, &payload), Err(Unencodable::Payload(70_000)));
}
