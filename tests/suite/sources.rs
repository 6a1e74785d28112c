//! Capture files: what the writer wrote the reader reads, and so does libpcap; filters on what was read.
//!
//! The formats' variants are in `formats` and `dialects`, faults in `damage`, compression in `packed`, bounds in `bounded`.

mod bounded;
mod build;
mod damage;
mod dialects;
mod formats;
mod merged;
mod packed;

use build::{Order, PcapFile, Seen, drain, read_octets};
use proptest::prelude::*;
use synfin::capture::filter::{Filter, FilteredSource};
use synfin::capture::writer::PcapngWriter;
use synfin::capture::{Source, SourceError, file};
use synfin::packet::Losses;
use synfin::packet::{LinkType, Packet, Stamping};
use synfin::timestamp::Timestamp;

/// Interfaces' link types; packets as interface, stamp, octets, octets cut off.
type Section = (Vec<u16>, Vec<(usize, i64, Vec<u8>, u16)>);

fn section() -> impl Strategy<Value = Section> {
    let octets = proptest::collection::vec(any::<u8>(), 0..150);
    let packet = (any::<usize>(), 0..=i64::MAX, octets, any::<u16>());
    (proptest::collection::vec(any::<u16>(), 1..4), proptest::collection::vec(packet, 0..8))
}

/// Writes a section and says what a reader must make of it.
fn write(out: &mut Vec<u8>, (links, packets): &Section, frames: usize, interfaces: u32) -> Vec<Seen> {
    let mut writer = PcapngWriter::new(out).unwrap();
    for (number, link) in links.iter().enumerate() {
        assert_eq!(writer.add_interface("if", LinkType(*link), 0).unwrap(), number as u32);
    }
    let mut expected = Vec::new();
    for (which, at, bytes, cut) in packets {
        let interface = which % links.len();
        let packet = Packet {
            frame: 1,
            at: Timestamp::from_ns(*at),
            stamping: Stamping::Told,
            link: LinkType(links[interface]),
            interface: interface as u32,
            bytes,
            wire_len: bytes.len() as u32 + u32::from(*cut),
        };
        writer.write(&packet).unwrap();
        let frame = (frames + expected.len() + 1) as u64;
        expected.push(Seen { frame, interface: interfaces + packet.interface, ..Seen::from(packet) });
    }
    writer.statistics(0, Timestamp::from_ns(5), LOSSES, Some(9)).unwrap();
    writer.finish().unwrap();
    expected
}

const LOSSES: Losses = Losses { kernel: Some(3), interface: Some(2), unknown: None };

proptest! {
    #[test]
    fn what_is_written_is_read(sections in proptest::collection::vec(section(), 1..4)) {
        let (mut out, mut expected, mut interfaces) = (Vec::new(), Vec::new(), 0);
        for section in &sections {
            expected.extend(write(&mut out, section, expected.len(), interfaces));
            interfaces += section.0.len() as u32;
        }
        let outcome = read_octets(&out);
        let times = |count: Option<u64>| count.map(|count| count * sections.len() as u64);
        prop_assert_eq!(outcome.losses.kernel, times(LOSSES.kernel));
        prop_assert_eq!(outcome.losses.interface, times(LOSSES.interface));
        prop_assert_eq!(outcome.whole(), expected);
    }

    #[test]
    fn libpcap_reads_what_is_written_as_we_do(
        packets in proptest::collection::vec((0..4_000_000_000_000_000_000_i64, any::<[u8; 9]>()), 0..9),
    ) {
        let packets = packets.into_iter().map(|(at, octets)| (0, at, octets.to_vec(), 7));
        let mut out = Vec::new();
        let expected = write(&mut out, &(vec![1], packets.collect()), 0, 0);
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("written.pcapng");
        std::fs::write(&path, &out).unwrap();
        let ours = drain(file::open(&path).unwrap()).whole();
        prop_assert_eq!(&ours, &expected);
        let mut theirs = pcap::Capture::from_file_with_precision(&path, pcap::Precision::Nano).unwrap();
        for seen in ours {
            let packet = theirs.next_packet().unwrap();
            prop_assert_eq!(packet.data, &seen.bytes[..]);
            prop_assert_eq!(packet.header.len, seen.wire_len);
            prop_assert_eq!(packet.header.ts.tv_sec * 1_000_000_000 + packet.header.ts.tv_usec, seen.at);
        }
        prop_assert_eq!(theirs.next_packet().err(), Some(pcap::Error::NoMorePackets));
    }

    #[test]
    fn pcap_files_are_read_whatever_their_records(
        records in proptest::collection::vec((any::<u32>(), any::<u32>(), proptest::collection::vec(any::<u8>(), 0..99), any::<u32>()), 0..9),
        big: bool,
        nano: bool,
    ) {
        let order = if big { Order::Big } else { Order::Little };
        let (magic, unit) = if nano { (0xa1b2_3c4d, 1) } else { (0xa1b2_c3d4, 1_000) };
        let mut file = PcapFile::new(order, magic, 1);
        for (seconds, fraction, bytes, wire_len) in &records {
            file.record(*seconds, *fraction, bytes, *wire_len);
        }
        let seen = read_octets(&file.out).whole();
        prop_assert_eq!(seen.len(), records.len());
        for (seen, (seconds, fraction, bytes, wire_len)) in seen.iter().zip(&records) {
            prop_assert_eq!(seen.at, i64::from(*seconds) * 1_000_000_000 + i64::from(*fraction) * unit);
            prop_assert_eq!(&seen.bytes, bytes);
            prop_assert_eq!(seen.wire_len, (*wire_len).max(bytes.len() as u32));
        }
    }
}

/// A pcap file of Ethernet frames with the given EtherTypes.
fn ethertypes(types: &[u16]) -> Vec<u8> {
    let mut file = PcapFile::new(Order::Little, 0xa1b2_c3d4, 1);
    for (number, ethertype) in types.iter().enumerate() {
        let frame = [&[0; 12][..], &ethertype.to_be_bytes(), &[number as u8; 46]].concat();
        file.record(number as u32, 0, &frame, 60);
    }
    file.out
}

#[test]
fn a_filter_delivers_what_passes_under_its_frame_numbers() {
    let octets = ethertypes(&[0x0800, 0x0806, 0x0800, 0x0806, 0x88cc]);
    let source = file::from_reader("test", std::io::Cursor::new(octets)).unwrap();
    let mut filtered = FilteredSource::new(source, Filter::new("arp").unwrap());
    let mut frames = Vec::new();
    while let Some(packet) = filtered.next_packet().unwrap() {
        frames.push((packet.frame, packet.bytes.get(14).copied(), packet.at.as_ns()));
    }
    assert_eq!(frames, [(2, Some(1), 1_000_000_000), (4, Some(3), 3_000_000_000)]);
    assert_eq!(filtered.read(), 5);
    assert!(filtered.next_packet().unwrap().is_none());
}

#[test]
fn a_filter_passes_on_the_damage_of_its_source_and_then_ends() {
    let mut octets = ethertypes(&[0x0800, 0x0806]);
    octets.pop();
    let source = file::from_reader("test", std::io::Cursor::new(octets)).unwrap();
    let mut filtered = FilteredSource::new(source, Filter::new("ip").unwrap());
    assert_eq!(filtered.next_packet().unwrap().map(|packet| packet.frame), Some(1));
    assert!(matches!(filtered.next_packet(), Err(SourceError::Cut { frame: 2, .. })));
    assert!(filtered.next_packet().unwrap().is_none());
}

#[test]
fn a_wrong_filter_fails_before_any_packet() {
    let error = Filter::new("tcp prot 80").unwrap_err().to_string();
    let expected = "cannot compile the filter \"tcp prot 80\": syntax error at \"prot\", character 5; \
                    did you mean \"tcp port 80\"?";
    assert_eq!(error, expected);
}
