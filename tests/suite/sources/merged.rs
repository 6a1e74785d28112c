//! Several files as one capture, and a file that is still being written.

use super::build::{Order, PcapFile, drain};
use proptest::prelude::*;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use synfin::capture::merged::Merged;
use synfin::capture::{Source, SourceError, file};

/// Writes one file for each list of stamps, in seconds; the octets of a packet are its file and its place there.
fn write(directory: &tempfile::TempDir, files: &[Vec<u32>]) -> Vec<PathBuf> {
    let write = |(number, stamps): (usize, &Vec<u32>)| {
        let mut file = PcapFile::new(Order::Little, 0xa1b2_c3d4, 1);
        for (place, stamp) in stamps.iter().enumerate() {
            file.record(*stamp, 0, &[number as u8, place as u8], 2);
        }
        let path = directory.path().join(format!("{number:03}.pcap"));
        std::fs::write(&path, file.out).unwrap();
        path
    };
    files.iter().enumerate().map(write).collect()
}

#[test]
fn a_rotated_set_in_any_order_is_one_capture() {
    let directory = tempfile::tempdir().unwrap();
    let mut paths = write(&directory, &[vec![1, 2, 3], vec![4, 5], vec![], vec![6]]);
    paths.reverse();
    let seen = drain(Merged::of(&paths, file::open).unwrap()).whole();
    let told: Vec<_> = seen.iter().map(|seen| (seen.frame, seen.at / 1_000_000_000, seen.interface)).collect();
    assert_eq!(told, [(1, 1, 0), (2, 2, 0), (3, 3, 0), (4, 4, 0), (5, 5, 0), (6, 6, 0)]);
}

#[test]
fn files_that_are_open_together_have_interfaces_of_their_own() {
    let directory = tempfile::tempdir().unwrap();
    let paths = write(&directory, &[vec![1, 3], vec![2, 4], vec![5]]);
    let seen = drain(Merged::of(&paths, file::open).unwrap()).whole();
    let told: Vec<_> = seen.iter().map(|seen| (seen.bytes[0], seen.interface)).collect();
    assert_eq!(told, [(0, 0), (1, 65_536), (0, 0), (1, 65_536), (2, 0)]);
}

#[test]
fn damage_in_one_file_is_told_after_the_packets_of_all() {
    let directory = tempfile::tempdir().unwrap();
    let paths = write(&directory, &[vec![1, 2], vec![3, 4]]);
    let octets = std::fs::read(&paths[0]).unwrap();
    std::fs::write(&paths[0], &octets[..octets.len() - 1]).unwrap();
    let outcome = drain(Merged::of(&paths, file::open).unwrap());
    assert_eq!(outcome.seen.len(), 3);
    assert!(matches!(outcome.error, Some(SourceError::Cut { frame: 2, .. })), "{outcome:?}");
    let missing = [paths[1].clone(), directory.path().join("none")];
    assert!(Merged::of(&missing, file::open).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn packets_come_by_time_and_each_file_keeps_its_order(
        files in proptest::collection::vec(proptest::collection::vec(0..50_u32, 0..8), 1..6),
    ) {
        let directory = tempfile::tempdir().unwrap();
        let sorted: Vec<Vec<u32>> = files.iter().map(|file| { let mut file = file.clone(); file.sort_unstable(); file }).collect();
        let seen = drain(Merged::of(&write(&directory, &sorted), file::open).unwrap()).whole();
        prop_assert!(seen.is_sorted_by_key(|seen| seen.at));
        // Also where the clock of a file jumps, nothing is lost or turned round.
        let seen = drain(Merged::of(&write(&directory, &files), file::open).unwrap()).whole();
        prop_assert_eq!(seen.len(), files.iter().map(Vec::len).sum::<usize>());
        for number in 0..files.len() {
            let places: Vec<u8> = seen.iter().filter(|s| usize::from(s.bytes[0]) == number).map(|s| s.bytes[1]).collect();
            prop_assert!(places.is_sorted());
        }
    }
}

#[test]
fn a_file_that_is_followed_gives_what_is_written_later_until_it_is_over() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("growing.pcap");
    let mut whole = PcapFile::new(Order::Little, 0xa1b2_c3d4, 1);
    whole.record(1, 0, &[1; 60], 60);
    let first = whole.out.len();
    whole.record(2, 0, &[2; 60], 60);
    File::create(&path).unwrap().write_all(&whole.out[..first + 5]).unwrap();
    let over = Arc::new(AtomicBool::new(false));
    let mut source = file::follow(&path, Arc::clone(&over)).unwrap();
    assert_eq!(source.next_packet().unwrap().map(|packet| packet.frame), Some(1));
    let rest = whole.out[first + 5..].to_vec();
    let later =
        std::thread::spawn(move || OpenOptions::new().append(true).open(path).unwrap().write_all(&rest).unwrap());
    assert_eq!(source.next_packet().unwrap().map(|packet| packet.bytes.to_vec()), Some(vec![2; 60]));
    later.join().unwrap();
    over.store(true, Ordering::Relaxed);
    assert!(source.next_packet().unwrap().is_none());
}
