//! The bounds on what is believed of a file, as `--stats` tells them: how full they got, and what was refused for them.

use super::build::{Blocks, Order, PcapFile};
use std::io::{Cursor, Write};
use synfin::capture::merged::{MOST_OPEN, Merged};
use synfin::capture::{Source, file};

/// Reads to the end and says how full a bound got and how much was refused for it.
fn read(mut source: impl Source, id: &str) -> (u64, u64) {
    while let Ok(Some(_)) = source.next_packet() {}
    let found: Vec<_> = source.bounds().into_iter().filter(|bound| bound.id == id).collect();
    assert_eq!(found.len(), 1, "{id}: {found:?}");
    assert!(found[0].reached <= found[0].most);
    (found[0].reached, found[0].forgotten)
}

fn open(octets: Vec<u8>) -> Box<dyn Source + Send> {
    file::from_reader("test", Cursor::new(octets)).unwrap()
}

#[test]
fn the_longest_record_is_told_and_one_that_is_too_long() {
    let mut whole = PcapFile::new(Order::Little, 0xa1b2_c3d4, 1);
    whole.record(1, 0, &[1; 60], 60).record(2, 0, &[2; 900], 900).record(3, 0, &[3; 30], 30);
    assert_eq!(read(open(whole.out.clone()), "record-octets"), (900, 0));
    whole.out.extend([4, 0, 16 * 1024 * 1024 + 1, 9].map(u32::to_le_bytes).concat());
    assert_eq!(read(open(whole.out), "record-octets"), (900, 1));
}

#[test]
fn the_section_with_most_interfaces_counts() {
    let mut blocks = Blocks::new(Order::Big);
    blocks.interface(1, 0, &[]).interface(1, 0, &[]).section(Order::Little).interface(1, 0, &[]);
    assert_eq!(read(open(blocks.out), "interfaces"), (2, 0));
    let mut blocks = Blocks::new(Order::Little);
    for _ in 0..=65_536 {
        blocks.interface(1, 0, &[]);
    }
    assert_eq!(read(open(blocks.out), "interfaces"), (65_536, 1));
}

#[test]
fn compressions_that_were_undone_are_counted() {
    let mut octets = PcapFile::new(Order::Little, 0xa1b2_c3d4, 1).out;
    for packings in 0..3 {
        assert_eq!(read(open(octets.clone()), "packings"), (packings, 0));
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(&octets).unwrap();
        octets = packer.finish().unwrap();
    }
}

#[test]
fn a_file_that_has_to_wait_until_another_is_closed_is_counted() {
    let directory = tempfile::tempdir().unwrap();
    let write = |number: u32| {
        // The first packets come one after the other, and no file ends before all have begun.
        let mut file = PcapFile::new(Order::Little, 0xa1b2_c3d4, 1);
        file.record(number, 0, &[0; 60], 60).record(1_000, 0, &[0; 900], 900);
        let path = directory.path().join(format!("{number:03}.pcap"));
        std::fs::write(&path, file.out).unwrap();
        path
    };
    let paths: Vec<_> = (1..=u32::try_from(MOST_OPEN).unwrap() + 2).map(write).collect();
    assert_eq!(read(Merged::of(&paths[..3], file::open).unwrap(), "open-files"), (3, 0));
    assert_eq!(read(Merged::of(&paths, file::open).unwrap(), "open-files"), (MOST_OPEN as u64, 2));
    assert_eq!(read(Merged::of(&paths[..3], file::open).unwrap(), "record-octets"), (900, 0));
}
