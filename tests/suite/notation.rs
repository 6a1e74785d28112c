//! Every trace of `tests/traces`: cited, readable, printed back the same, and the same in octets over every carrier.

use crate::files;
use etherparse::{NetHeaders, PacketHeaders, TransportHeader};
use std::collections::BTreeSet;
use synfin::packet::{LinkType, Packet, Stamping};
use synfin::peer::PerPeer;
use synfin::timestamp::Timestamp;
use synfin::trace::packets::{Carrier, captured};
use synfin::trace::{Attribute, Step, parse, print, turn};
use synfin::wire::datagram::Quoted;
use synfin::wire::{Decoded, decode};

/// Every trace file: its path, its text, its steps.
fn traces() -> Vec<(String, String, Vec<Step>)> {
    let read = |(path, text): (String, String)| {
        let steps = parse(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
        (path, text, steps)
    };
    files::under("tests/traces", "trace").into_iter().map(read).collect()
}

#[test]
fn every_trace_cites_its_scenario_and_has_steps() {
    let traces = traces();
    assert!(traces.len() >= 33, "only {} traces", traces.len());
    for (path, text, steps) in traces {
        let first = text.lines().next().unwrap_or_default();
        assert!(first.starts_with("# ") && first.len() > 20, "{path}: the first line cites no source");
        assert!(!steps.is_empty(), "{path}: no step");
        let name = path.rsplit('/').next().unwrap_or_default();
        assert!(name.chars().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || "-.".contains(it)), "{path}");
    }
}

#[test]
fn the_first_eight_are_the_figures_of_rfc_9293() {
    let traces = traces();
    for figure in 6..=13 {
        let cited = format!("# RFC 9293, Figure {figure}:");
        assert_eq!(traces.iter().filter(|(_, text, _)| text.starts_with(&cited)).count(), 1, "{cited}");
    }
}

#[test]
fn every_trace_prints_back_as_the_steps_it_was_read_from() {
    let unnumbered = |steps: Vec<Step>| steps.into_iter().map(|step| Step { line: 0, ..step }).collect::<Vec<_>>();
    for (path, _, steps) in traces() {
        let again = parse(&print(&steps)).unwrap_or_else(|error| panic!("{path}: printed: {error}"));
        assert_eq!(unnumbered(again), unnumbered(steps), "{path}");
    }
}

#[test]
fn turning_there_and_back_changes_nothing() {
    for (path, _, steps) in traces() {
        for a in steps.iter().map(|step| step.seq.get()).collect::<BTreeSet<_>>() {
            let by = PerPeer { a: a.wrapping_neg(), b: 0x8000_0001 };
            let back = PerPeer { a, b: 0x7fff_ffff };
            assert_eq!(turn(&turn(&steps, by), back), steps, "{path} by {by:?}");
        }
    }
}

#[test]
fn every_trace_is_the_same_in_octets_to_an_independent_decoder() {
    for (path, _, steps) in traces() {
        for carrier in Carrier::ALL {
            let captured = captured(&steps, carrier).unwrap_or_else(|error| panic!("{path}: {error}"));
            assert_eq!(captured.frames.len(), steps.len(), "{path}");
            for (step, (_, octets)) in steps.iter().zip(&captured.frames) {
                compare(&format!("{path}:{} over {carrier:?}", step.line), step, captured.link, octets);
            }
        }
    }
}

#[track_caller]
fn compare(place: &str, step: &Step, link: LinkType, octets: &[u8]) {
    if let Some(kind) = step.icmp() {
        return compare_icmp(place, step, kind.id(), link, octets);
    }
    let has = |wanted: Attribute| step.attributes.contains(&wanted);
    if has(Attribute::Short) {
        return compare_short(place, step, link, octets);
    }
    let headers = match link {
        LinkType(1) => PacketHeaders::from_ethernet_slice(octets),
        _ => PacketHeaders::from_ip_slice(octets),
    };
    let headers = headers.unwrap_or_else(|error| panic!("{place}: {error}"));
    let Some(TransportHeader::Tcp(tcp)) = headers.transport else { panic!("{place}: no TCP header") };
    let payload = headers.payload.slice();
    assert_eq!(tcp.sequence_number, step.seq.get(), "{place}");
    assert_eq!(u32::try_from(payload.len()), Ok(step.len), "{place}");
    assert_eq!(tcp.window_size, step.window, "{place}");
    assert_eq!(step.ack.map(|ack| ack.get()), tcp.ack.then_some(tcp.acknowledgment_number), "{place}");
    let flags = [tcp.fin, tcp.syn, tcp.rst, tcp.psh, tcp.ack, tcp.urg, tcp.ece, tcp.cwr, tcp.ns];
    let bits = flags.iter().rev().fold(0, |bits, is_set| bits << 1 | u16::from(*is_set));
    assert_eq!(bits, step.flags.0, "{place}");
    let mut options: Vec<u8> = step.options.iter().flat_map(|option| option.octets()).collect();
    options.resize(options.len().next_multiple_of(4), 0);
    assert_eq!(tcp.options.as_slice(), options, "{place}");
    let checksum = match headers.net {
        Some(NetHeaders::Ipv4(ip, _)) => {
            assert_eq!(ip.header_checksum, ip.calc_header_checksum(), "{place}");
            tcp.calc_checksum_ipv4(&ip, payload)
        }
        Some(NetHeaders::Ipv6(ip, _)) => tcp.calc_checksum_ipv6(&ip, payload),
        _ => panic!("{place}: no IP header"),
    };
    assert_eq!(checksum.is_ok_and(|sum| sum == tcp.checksum), !has(Attribute::BadChecksum), "{place}");
}

/// The decoder refuses a short packet; with the missing octet put back, whatever it is, the headers are the same.
#[track_caller]
fn compare_short(place: &str, step: &Step, link: LinkType, octets: &[u8]) {
    let mut whole = octets.to_vec();
    whole.push(0);
    let attributes = vec![Attribute::BadChecksum];
    compare(place, &Step { attributes, ..step.clone() }, link, &whole);
}

/// What an ICMP error quotes is read by synfin's own decoder; the outer headers by the independent one.
#[track_caller]
fn compare_icmp(place: &str, step: &Step, kind: &str, link: LinkType, octets: &[u8]) {
    let headers = match link {
        LinkType(1) => PacketHeaders::from_ethernet_slice(octets),
        _ => PacketHeaders::from_ip_slice(octets),
    };
    let headers = headers.unwrap_or_else(|error| panic!("{place}: {error}"));
    match (&headers.net, &headers.transport) {
        (Some(NetHeaders::Ipv4(..)), Some(TransportHeader::Icmpv4(icmp))) => {
            assert_eq!(icmp.checksum, icmp.icmp_type.calc_checksum(headers.payload.slice()), "{place}");
        }
        (Some(NetHeaders::Ipv6(ip, _)), Some(TransportHeader::Icmpv6(icmp))) => {
            let sum = icmp.icmp_type.calc_checksum(ip.source, ip.destination, headers.payload.slice());
            assert_eq!(Ok(icmp.checksum), sum, "{place}");
        }
        other => panic!("{place}: {other:?}"),
    }
    let wire_len = u32::try_from(octets.len()).expect("short");
    let packet = Packet {
        frame: 1,
        at: Timestamp::default(),
        stamping: Stamping::Told,
        link,
        interface: 0,
        bytes: octets,
        wire_len,
    };
    let Ok(Decoded::IcmpError(error)) = decode(&packet) else { panic!("{place}: no ICMP error") };
    assert_eq!((error.kind.id(), error.quotes), (kind, Quoted::Segment(step.seq)), "{place}");
}
