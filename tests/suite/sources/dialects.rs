//! The dialects of pcap that only the records themselves give away, and snoop.

use super::build::{Order, Outcome, PcapFile, Trickle, drain, read_octets};
use std::io::{Cursor, Read};
use synfin::capture::SourceError;
use synfin::capture::file::{Arrival, arriving};
use synfin::packet::Losses;

fn read_whole(reader: impl Read + Send + 'static) -> Outcome {
    match arriving("test", reader, Arrival::Whole) {
        Ok(source) => drain(source),
        Err(error) => Outcome { seen: Vec::new(), losses: Losses::default(), error: Some(error) },
    }
}

/// A file of five records with `more` octets behind the four fields of each.
fn with_longer_headers(order: Order, magic: u32, more: usize) -> Vec<u8> {
    let mut file = PcapFile::new(order, magic, 1);
    for number in 1..=5_u32 {
        let fields = [1_000_000_000 + number, 7, 60, 90].map(|field| order.u32(field));
        file.out.extend(fields.concat());
        file.out.extend(vec![0xa5; more]);
        file.out.extend([number as u8; 60]);
    }
    file.out
}

#[test]
fn longer_record_headers_are_told_by_the_records() {
    for order in [Order::Little, Order::Big] {
        for (magic, more) in [(0xa1b2_c3d4, 0), (0xa1b2_c3d4, 4), (0xa1b2_c3d4, 8), (0xa1b2_cd34, 8), (0xa1b2_cd34, 12)]
        {
            let octets = with_longer_headers(order, magic, more);
            let seen = read_whole(Cursor::new(octets.clone())).whole();
            let told: Vec<_> = seen.iter().map(|s| (s.bytes.clone(), s.wire_len, s.at)).collect();
            let expected: Vec<_> = (1..=5_u32)
                .map(|n| (vec![n as u8; 60], 90, (1_000_000_000 + i64::from(n)) * 1_000_000_000 + 7_000))
                .collect();
            assert_eq!(told, expected, "{order:?} {magic:x} {more}");
            assert_eq!(read_whole(Trickle::new(&octets, vec![1, 9])).whole(), seen);
            let packed = {
                let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
                std::io::Write::write_all(&mut packer, &octets).unwrap();
                packer.finish().unwrap()
            };
            assert_eq!(read_whole(Cursor::new(packed)).whole(), seen);
        }
    }
}

#[test]
fn a_usual_file_that_is_damaged_is_not_taken_for_an_unusual_one() {
    let mut file = PcapFile::new(Order::Little, 0xa1b2_c3d4, 1);
    file.record(1, 0, &[1; 60], 60).record(2, 0, &[2; 60], 60);
    file.out.extend([0xff; 40]);
    let outcome = read_whole(Cursor::new(file.out));
    assert_eq!(outcome.seen.len(), 2);
    assert!(matches!(outcome.error, Some(SourceError::Damaged { frame: 3, .. })), "{outcome:?}");
}

/// A snoop file of this datalink type: octets, octets cut off, octets of padding, drops so far.
fn snoop(version: u32, datalink: u32, records: &[(&[u8], u32, usize, u32)]) -> Vec<u8> {
    let mut out = b"snoop\0\0\0".to_vec();
    out.extend([version.to_be_bytes(), datalink.to_be_bytes()].concat());
    for (second, (octets, cut, padding, drops)) in (1_u32..).zip(records) {
        let captured = octets.len() as u32;
        let fields = [captured + cut, captured, 24 + captured + *padding as u32, *drops, second, 9];
        out.extend(fields.map(u32::to_be_bytes).concat());
        out.extend(*octets);
        out.extend(vec![0; *padding]);
    }
    out
}

#[test]
fn snoop_is_read_and_its_drops_are_losses() {
    for (datalink, link) in [(0, 1), (4, 1), (8, 10), (26, 242)] {
        let file = snoop(2, datalink, &[(&[1, 2, 3], 0, 1, 0), (&[4; 60], 30, 0, 7)]);
        let outcome = read_octets(&file);
        assert_eq!(outcome.losses, Losses { unknown: Some(7), ..Losses::default() });
        let seen = outcome.whole();
        assert_eq!(
            (seen[0].at, seen[0].link, &seen[0].bytes[..], seen[0].wire_len),
            (1_000_009_000, link, &[1, 2, 3][..], 3)
        );
        assert_eq!((seen[1].at, seen[1].bytes.len(), seen[1].wire_len), (2_000_009_000, 60, 90));
    }
}

#[test]
fn snoop_files_that_cannot_be_read_say_why() {
    assert!(read_octets(&snoop(3, 4, &[])).message().contains("version 3, where 2 is read"));
    assert!(read_octets(&snoop(2, 2, &[])).message().contains("datalink type 2, which is not decoded here"));
    let mut file = snoop(2, 4, &[(&[1; 8], 0, 0, 0), (&[2; 8], 0, 0, 0)]);
    let length = file.len();
    file[length - 21] = 31;
    assert!(read_octets(&file).message().contains("frame 2: damaged at octet 48: wanted a record with room"));
    file[length - 24] = 0xff;
    assert!(read_octets(&file[..length - 1]).message().contains("wanted a record of at most 16777216 octets"));
    let cut = snoop(2, 4, &[(&[1; 8], 0, 0, 0)]);
    assert!(matches!(read_octets(&cut[..30]).error, Some(SourceError::Cut { frame: 1, offset: 16, .. })));
}
