//! Compressed captures: whatever the packing, how often, in how many members, cut or damaged.

use super::build::{Order, Outcome, PcapFile, Trickle, read, read_octets};
use proptest::prelude::*;
use std::io::Write;
use synfin::capture::SourceError;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Packing {
    Gzip,
    Bzip2,
    Xz,
    Zstd,
    Lz4,
}

const ALL: [Packing; 5] = [Packing::Gzip, Packing::Bzip2, Packing::Xz, Packing::Zstd, Packing::Lz4];

impl Packing {
    fn name(self) -> String {
        format!("{self:?}").to_lowercase()
    }

    /// One member that holds the octets.
    fn pack(self, octets: &[u8]) -> Vec<u8> {
        match self {
            Self::Gzip => {
                let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
                packer.write_all(octets).unwrap();
                packer.finish().unwrap()
            }
            Self::Bzip2 => {
                let mut packer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
                packer.write_all(octets).unwrap();
                packer.finish().unwrap()
            }
            Self::Xz => {
                let options = lzma_rust2::XzOptions::with_preset(1);
                let mut packer = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
                packer.write_all(octets).unwrap();
                packer.finish().unwrap()
            }
            Self::Zstd => ruzstd::encoding::compress_to_vec(octets, ruzstd::encoding::CompressionLevel::Fastest),
            Self::Lz4 => {
                let info = lz4_flex::frame::FrameInfo::new().block_size(lz4_flex::frame::BlockSize::Max64KB);
                let mut packer = lz4_flex::frame::FrameEncoder::with_frame_info(info, Vec::new());
                packer.write_all(octets).unwrap();
                packer.finish().unwrap()
            }
        }
    }
}

/// A capture whose octets do not compress away.
fn capture(packets: u32) -> Vec<u8> {
    let mut file = PcapFile::new(Order::Little, 0xa1b2_c3d4, 1);
    let mut noise = 1_u32;
    for second in 0..packets {
        let octets: Vec<u8> = (0..200)
            .map(|_| {
                noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (noise >> 24) as u8
            })
            .collect();
        file.record(second, 0, &octets, 200);
    }
    file.out
}

#[test]
fn every_packing_is_undone_in_one_member_or_in_several() {
    let plain = capture(50);
    let expected = read_octets(&plain).whole();
    for packing in ALL {
        assert_eq!(read_octets(&packing.pack(&plain)).whole(), expected, "{packing:?}");
        let (first, second) = plain.split_at(777);
        let members = [packing.pack(first), packing.pack(&[]), packing.pack(second)].concat();
        assert_eq!(read_octets(&members).whole(), expected, "{packing:?} in members");
        assert_eq!(read(Trickle::new(&members, vec![1, 5, 3])).whole(), expected, "{packing:?} in pieces");
    }
}

#[test]
fn zstd_files_that_begin_with_a_skippable_frame_are_read() {
    let plain = capture(3);
    let skipped = [&[0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 9, 9, 9][..], &Packing::Zstd.pack(&plain)].concat();
    assert_eq!(read_octets(&skipped).whole(), read_octets(&plain).whole());
}

#[test]
fn packings_around_each_other_are_undone_up_to_a_bound() {
    let plain = capture(3);
    let times = |times| (0..times).fold(plain.clone(), |inner, turn| ALL[turn % 5].pack(&inner));
    assert_eq!(read_octets(&times(3)).whole(), read_octets(&plain).whole());
    let outcome = read_octets(&times(4));
    assert!(matches!(outcome.error, Some(SourceError::Unsupported { .. })), "{outcome:?}");
    assert!(outcome.message().contains("compressed more than 3 times"), "{}", outcome.message());
}

#[test]
fn a_packed_file_that_holds_no_capture_says_what_it_holds() {
    for packing in ALL {
        assert!(read_octets(&packing.pack(b"hello, world\n")).message().contains("this is text"), "{packing:?}");
        assert!(read_octets(&packing.pack(b"")).message().contains("an empty file"), "{packing:?}");
    }
}

/// Asserts that what was delivered is the beginning of `plain`, and that damage, if told, is that of the packing.
#[track_caller]
fn assert_beginning(packing: Packing, outcome: &Outcome, plain: &Outcome) {
    assert!(plain.seen.starts_with(&outcome.seen), "{packing:?}");
    let wanted = format!("wanted whole {}-compressed data, found ", packing.name());
    let message = outcome.message();
    assert!(outcome.error.is_none() || message.contains(&wanted), "{packing:?}: {message}");
}

#[test]
fn what_stands_before_a_cut_is_delivered() {
    let octets = capture(2_000);
    let plain = read_octets(&octets);
    for packing in ALL {
        let packed = packing.pack(&octets);
        let outcome = read_octets(&packed[..packed.len() * 2 / 3]);
        assert!(matches!(outcome.error, Some(SourceError::Damaged { .. })), "{packing:?}: {outcome:?}");
        assert_beginning(packing, &outcome, &plain);
        // A bzip2 block of 900,000 octets and an lz4 block of 64 Ki are whole or lost.
        let least = if packing == Packing::Bzip2 { 0 } else { 900 };
        assert!(outcome.seen.len() >= least, "{packing:?}: {} frames", outcome.seen.len());
        assert!(outcome.message().ends_with(" read"), "{}", outcome.message());
    }
}

#[test]
fn an_xz_header_that_asks_for_gigabytes_gets_none() {
    // A stream header, then a block header whose dictionary has 4 GiB less one octet; its sums are right.
    let mut file = vec![0xfd, b'7', b'z', b'X', b'Z', 0, 0, 1];
    let crc = |octets: &[u8]| {
        let mut crc = flate2::Crc::new();
        crc.update(octets);
        crc.sum().to_le_bytes()
    };
    file.extend(crc(&[0, 1]));
    let header = [2, 0, 0x21, 1, 40, 0, 0, 0];
    file.extend(header);
    file.extend(crc(&header));
    file.extend([0; 64]);
    let message = read_octets(&file).message();
    assert!(message.contains("wanted whole xz-compressed data"), "{message}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn a_packed_file_however_damaged_delivers_a_beginning(
        which in 0_usize..5,
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        cut: prop::sample::Index,
    ) {
        let octets = capture(20);
        let mut packed = ALL[which].pack(&octets);
        for (place, value) in damage {
            let place = place.index(packed.len());
            packed[place] = value;
        }
        packed.truncate(cut.index(packed.len()) + 1);
        let at_once = read_octets(&packed);
        let trickled = read(Trickle::new(&packed, vec![3, 1, 2]));
        prop_assert_eq!(at_once.message(), trickled.message());
        prop_assert_eq!(at_once.seen, trickled.seen);
    }
}
