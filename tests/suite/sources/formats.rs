//! What the formats allow, each thing in both byte orders.

use super::build::{Blocks, Order, PcapFile, read_octets};
use synfin::packet::Losses;

const ORDERS: [Order; 2] = [Order::Little, Order::Big];

#[test]
fn pcap_is_read_in_both_orders_micro_nano_and_modified() {
    for order in ORDERS {
        for (magic, at) in [(0xa1b2_c3d4, 5_000_007_000), (0xa1b2_3c4d, 5_000_000_007)] {
            let mut file = PcapFile::new(order, magic, 101);
            file.record(5, 7, &[1, 2, 3], 60).record(6, 0, &[], 0);
            let seen = read_octets(&file.out).whole();
            assert_eq!(seen.len(), 2);
            assert_eq!((seen[0].at, seen[0].link, seen[0].wire_len), (at, 101, 60));
            assert_eq!(seen[0].bytes, [1, 2, 3]);
            assert_eq!(seen[1].at, 6_000_000_000);
        }
        let mut file = PcapFile::new(order, 0xa1b2_cd34, 1);
        for second in 1..3 {
            let fields = [second, 2, 4, 9, 77, 0].map(|field| order.u32(field));
            file.out.extend(fields.concat());
            file.out.extend([1, 2, 3, 4]);
        }
        let seen = read_octets(&file.out).whole();
        assert_eq!(seen.len(), 2);
        assert_eq!((seen[1].at, &seen[1].bytes[..], seen[1].wire_len), (2_000_002_000, &[1, 2, 3, 4][..], 9));
    }
}

#[test]
fn pcap_lengths_and_fractions_that_contradict_each_other_are_taken_as_they_are() {
    let mut file = PcapFile::new(Order::Little, 0xa1b2_c3d4, 1);
    file.record(u32::MAX, u32::MAX, &[7; 70_000], 3);
    let seen = read_octets(&file.out).whole();
    assert_eq!((seen[0].bytes.len(), seen[0].wire_len), (70_000, 70_000));
    assert_eq!(seen[0].at, 4_294_967_295_000_000_000 + 4_294_967_295_000);
}

#[test]
fn the_upper_half_of_a_pcap_link_type_is_not_part_of_it() {
    let mut file = PcapFile::new(Order::Big, 0xa1b2_c3d4, 0x2400_0001);
    file.record(0, 0, &[1], 1);
    assert_eq!(read_octets(&file.out).whole()[0].link, 1);
}

#[test]
fn old_pcap_versions_have_their_lengths_the_other_way_round() {
    let mut file = PcapFile::new(Order::Little, 0xa1b2_c3d4, 1);
    file.out[6] = 2;
    for field in [0, 0, 60, 2] {
        file.out.extend(Order::Little.u32(field));
    }
    file.out.extend([8, 9]);
    let old = read_octets(&file.out).whole();
    assert_eq!((&old[0].bytes[..], old[0].wire_len), (&[8, 9][..], 60));
    file.out[6] = 3;
    assert_eq!(read_octets(&file.out).whole(), old);
    file.out[4] = 1;
    assert!(read_octets(&file.out).message().contains("version 1.3, where 2.4 is read"));
}

#[test]
fn every_kind_of_pcapng_packet_block_is_delivered_and_other_blocks_are_skipped() {
    for order in ORDERS {
        let mut file = Blocks::new(order);
        let nanoseconds = file.option(9, &[9]);
        file.interface(1, 4, &[]).interface(113, 0, &nanoseconds);
        file.block(4, &[&[1, 2, 3, 4]]).block(0x0bad, &[b"custom"]).block(0x8000_0001, &[]);
        file.enhanced(1, 3_000_000_001, &[1, 2, 3, 4, 5], 99, &[]);
        file.simple(&[1, 2, 3, 4], 60);
        file.obsolete(0, 0, 2_000_001, &[9; 7]);
        let seen = read_octets(&file.out).whole();
        let told: Vec<_> = seen.iter().map(|s| (s.at, s.link, s.interface, s.bytes.len(), s.wire_len)).collect();
        let expected = [
            (3_000_000_001, 113, 1, 5, 99),
            // A simple block has no stamp: it takes that of the packet before.
            (3_000_000_001, 1, 0, 4, 60),
            (2_000_001_000, 1, 0, 7, 7),
        ];
        assert_eq!(told, expected);
    }
}

#[test]
fn sections_change_byte_order_and_number_their_interfaces_on() {
    let mut file = Blocks::new(Order::Little);
    let binary = file.option(9, &[0x80 | 10]);
    file.interface(1, 0, &binary).interface(1, 0, &[]).enhanced(0, 1024 + 512, &[1], 1, &[]);
    file.section(Order::Big);
    let shifted = [file.option(9, &[0]), file.option(14, &Order::Big.u64(1_000_000_000))].concat();
    file.interface(101, 0, &shifted).enhanced(0, 5, &[2], 1, &[]);
    let seen = read_octets(&file.out).whole();
    assert_eq!((seen[0].at, seen[0].interface, seen[0].link), (1_500_000_000, 0, 1));
    assert_eq!((seen[1].at, seen[1].interface, seen[1].link), (1_000_000_005_000_000_000, 2, 101));
}

#[test]
fn every_clock_resolution_and_offset_gives_some_stamp() {
    for order in ORDERS {
        for resolution in 0..=255 {
            for offset in [0, 1, u64::MAX, i64::MAX as u64, i64::MIN as u64] {
                let mut file = Blocks::new(order);
                let options = [file.option(9, &[resolution]), file.option(14, &order.u64(offset))].concat();
                file.interface(1, 0, &options).enhanced(0, u64::MAX, &[1], 1, &[]).enhanced(0, 0, &[1], 1, &[]);
                let seen = read_octets(&file.out).whole();
                assert!(seen[0].at >= seen[1].at);
            }
        }
    }
}

#[test]
fn a_block_length_without_its_padding_is_understood() {
    let mut file = Blocks::new(Order::Little);
    file.interface(1, 0, &[]);
    let at = file.out.len();
    file.enhanced(0, 0, &[1, 2, 3], 3, &[]);
    let end = file.out.len();
    file.out[at + 4] -= 1;
    file.out[end - 4] -= 1;
    file.enhanced(0, 0, &[4], 1, &[]);
    let seen = read_octets(&file.out).whole();
    assert_eq!((&seen[0].bytes[..], &seen[1].bytes[..]), (&[1, 2, 3][..], &[4][..]));
}

#[test]
fn drop_counters_are_the_last_of_each_interface_summed() {
    for order in ORDERS {
        let mut file = Blocks::new(order);
        file.interface(1, 0, &[]).interface(1, 0, &[]).interface(1, 0, &[]);
        let four_lost = file.option(4, &order.u64(4));
        file.enhanced(2, 0, &[1], 1, &four_lost).obsolete(2, 3, 0, &[1]).obsolete(2, u16::MAX, 0, &[1]);
        // Its own statistics cover these five.
        let five_lost = file.option(4, &order.u64(5));
        file.enhanced(0, 0, &[1], 1, &five_lost);
        file.statistics(0, &[(4, 90), (5, 1), (7, 10)]).statistics(0, &[(5, 2), (7, 20)]).statistics(1, &[(7, 400)]);
        file.statistics(77, &[(7, 1)]);
        let expected = Losses { kernel: Some(420), interface: Some(2), unknown: Some(7) };
        let outcome = read_octets(&file.out);
        assert_eq!(outcome.losses, expected);
        assert_eq!(outcome.whole().len(), 4);

        file.section(order).interface(1, 0, &[]).statistics(0, &[(5, 3)]);
        let expected = Losses { interface: Some(5), ..expected };
        assert_eq!(read_octets(&file.out).losses, expected);
    }
}

#[test]
fn a_capture_that_counts_nothing_says_nothing() {
    let mut file = Blocks::new(Order::Little);
    file.interface(1, 0, &[]).enhanced(0, 0, &[1], 1, &[]).statistics(0, &[(4, 1)]);
    assert_eq!(read_octets(&file.out).losses, Losses::default());
}
