//! Cut, damaged and hostile files, and what is none: all before is delivered, one message says what and where.

use super::build::{Blocks, Order, Outcome, PcapFile, Trickle, read, read_octets};
use proptest::prelude::*;
use synfin::capture::{SourceError, file};

/// A small file, where each of its packets ends, and between how many records or blocks it can be cut.
type Small = (Vec<u8>, Vec<usize>, usize);

fn small_pcap(order: Order) -> Small {
    let mut file = PcapFile::new(order, 0xa1b2_c3d4, 1);
    let mut ends = Vec::new();
    for length in [0, 1, 60, 7] {
        file.record(length, length, &vec![length as u8; length as usize], 99);
        ends.push(file.out.len());
    }
    (file.out, ends, 4)
}

/// With every kind of packet block, and others.
fn small_pcapng(order: Order) -> Small {
    let mut file = Blocks::new(order);
    let mut ends = Vec::new();
    let options = [file.option(9, &[9]), file.option(14, &order.u64(7))].concat();
    file.interface(1, 0, &options).interface(101, 0, &[]);
    file.enhanced(1, 77, &[1; 5], 9, &[]);
    ends.push(file.out.len());
    file.block(0x0bad, &[&[1; 13]]).simple(&[2; 6], 6);
    ends.push(file.out.len());
    file.section(order).interface(1, 0, &[]).obsolete(0, 1, 3, &[4; 4]);
    ends.push(file.out.len());
    file.statistics(0, &[(5, 1)]);
    (file.out, ends, 9)
}

fn smalls() -> Vec<Small> {
    [Order::Little, Order::Big].into_iter().flat_map(|order| [small_pcap(order), small_pcapng(order)]).collect()
}

#[test]
fn a_file_cut_anywhere_delivers_all_whole_packets_and_says_where_it_ends() {
    for (octets, ends, seams) in smalls() {
        let mut uncut = 0;
        for length in 4..octets.len() {
            let outcome = read_octets(&octets[..length]);
            let whole = ends.iter().filter(|end| **end <= length).count();
            assert_eq!(outcome.seen.len(), whole, "cut after {length}");
            match outcome.error {
                None => uncut += 1,
                Some(SourceError::Cut { frame, offset, wanted, found, .. }) => {
                    assert_eq!(frame, whole as u64 + 1);
                    assert_eq!(offset + found, length as u64, "cut after {length}");
                    assert!(found < wanted);
                }
                Some(other) => panic!("cut after {length}: {other}"),
            }
        }
        assert_eq!(uncut, seams);
    }
}

#[test]
fn short_reads_change_nothing() {
    for (octets, ..) in smalls() {
        for length in (0..octets.len()).step_by(5).chain([octets.len()]) {
            let octets = &octets[..length];
            let told = |outcome: Outcome| (outcome.message(), outcome.losses, outcome.seen);
            let at_once = told(read_octets(octets));
            assert_eq!(told(read(Trickle::new(octets, (1..=7).collect()))), at_once);
            assert_eq!(told(read(Trickle::new(octets, vec![1]))), at_once);
        }
    }
}

#[test]
fn each_packet_is_delivered_without_a_further_read() {
    for (octets, ends, _) in smalls() {
        let start = *ends.first().unwrap();
        let sizes: Vec<usize> = [start].into_iter().chain(ends.windows(2).map(|pair| pair[1] - pair[0])).collect();
        let mut source = file::from_reader("test", OneTooMany(Trickle::new(&octets, sizes), ends.len())).unwrap();
        for _ in &ends {
            assert!(source.next_packet().unwrap().is_some());
        }
    }
}

/// Fails the test when read once more than there are packets.
struct OneTooMany(Trickle, usize);

impl std::io::Read for OneTooMany {
    fn read(&mut self, room: &mut [u8]) -> std::io::Result<usize> {
        self.1 = self.1.checked_sub(1).expect("a read while a whole packet was there");
        self.0.read(room)
    }
}

#[test]
fn lengths_that_cannot_be_are_damage() {
    for length in [16 * 1024 * 1024 + 1, u32::MAX] {
        let (mut octets, ..) = small_pcap(Order::Little);
        octets.extend([0; 8]);
        octets.extend([length.to_le_bytes(), [0; 4]].concat());
        let outcome = read_octets(&octets);
        assert_eq!(outcome.seen.len(), 4);
        assert!(matches!(outcome.error, Some(SourceError::Damaged { frame: 5, .. })), "{outcome:?}");
        assert!(outcome.message().ends_with(&format!("found {length}; 4 frames before it were read")));
    }
    for length in [0, 4, 11, 16 * 1024 * 1024 + 4, u32::MAX] {
        let (mut octets, ..) = small_pcapng(Order::Little);
        let offset = octets.len() as u64;
        octets.extend([6_u32.to_le_bytes(), length.to_le_bytes(), [0; 4], [0; 4]].concat());
        let outcome = read_octets(&octets);
        assert_eq!(outcome.seen.len(), 3);
        let Some(SourceError::Damaged { frame: 4, offset: place, .. }) = outcome.error else { panic!("{outcome:?}") };
        assert_eq!(place, offset);
    }
}

#[test]
fn a_block_that_contradicts_itself_is_damage() {
    type Break = fn(&mut Blocks) -> &mut Blocks;
    let broken: [(&str, Break); 8] = [
        ("interface 9", |file| file.enhanced(9, 0, &[1], 1, &[])),
        ("interface 8", |file| file.obsolete(8, 0, 0, &[1])),
        ("the room in its block, found 900", |file| {
            let length = file.order.u32(900);
            file.block(6, &[&[0; 12], &length, &[0; 8]])
        }),
        ("room for 4 in its block", |file| file.simple(&[1, 2, 3, 4], 60)),
        ("at least 20 octets of body, found 16", |file| file.block(6, &[&[0; 16]])),
        ("at least 8 octets of body, found 4", |file| file.block(1, &[&[0; 4]])),
        ("repeated at its end, found 0", |file| {
            file.enhanced(0, 0, &[1], 1, &[]);
            let at = file.out.len() - 4;
            file.out[at..].fill(0);
            file
        }),
        ("byte-order mark", |file| file.block(0x0a0d_0d0a, &[&[0; 16]])),
    ];
    for (expected, break_it) in broken {
        let mut file = Blocks::new(Order::Big);
        file.interface(1, 0, &[]).enhanced(0, 0, &[1], 1, &[]);
        break_it(&mut file);
        file.enhanced(0, 0, &[1], 1, &[]);
        let outcome = read_octets(&file.out);
        assert_eq!(outcome.seen.len(), 1, "{expected}");
        assert!(matches!(outcome.error, Some(SourceError::Damaged { frame: 2, .. })), "{outcome:?}");
        assert!(outcome.message().contains(expected), "{}", outcome.message());
    }
}

#[test]
fn what_is_no_capture_gets_one_line() {
    let cases: [(&[u8], &str); 7] = [
        (b"", "this is an empty file; record one with"),
        (b"hello, world\n", "this is text, no capture file"),
        (&[0x1f, 0x9d, 8, 0], "compressed by compress(1); run \"gunzip -c test | synfin analyze -\""),
        (b"LZIP\x01", "this is lzip-compressed data; run \"lzip -dc test | synfin analyze -\""),
        (b"RTSS\0\0\0\0", "run \"editcap -F pcapng test out.pcapng\" and read that"),
        (b"GMBU", "a Microsoft Network Monitor 2.x capture"),
        (&[0; 99], "no capture file, or one of a kind unknown here"),
    ];
    for (octets, expected) in cases {
        let outcome = read_octets(octets);
        assert!(matches!(outcome.error, Some(SourceError::Unsupported { .. })));
        let message = outcome.message();
        assert!(message.starts_with("test: unsupported: ") && message.contains(expected), "{message}");
        assert!(!message.contains('\n'));
    }
}

#[test]
fn what_cannot_be_opened_or_read_says_what_the_system_said() {
    let directory = tempfile::tempdir().unwrap();
    let missing = file::open(&directory.path().join("none.pcap")).err().unwrap().to_string();
    assert!(missing.starts_with("cannot read ") && missing.contains("No such file"), "{missing}");
    let unreadable = file::open(directory.path()).err().unwrap().to_string();
    assert!(unreadable.contains("directory"), "{unreadable}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_file_however_damaged_panics(
        which in 0_usize..4,
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut: prop::sample::Index,
    ) {
        let (mut octets, ..) = smalls().swap_remove(which);
        for (place, value) in damage {
            let place = place.index(octets.len());
            octets[place] = value;
        }
        octets.truncate(cut.index(octets.len()) + 1);
        let at_once = read_octets(&octets);
        let trickled = read(Trickle::new(&octets, vec![3, 1, 2]));
        prop_assert_eq!(at_once.message(), trickled.message());
        prop_assert_eq!(at_once.seen, trickled.seen);
    }
}
