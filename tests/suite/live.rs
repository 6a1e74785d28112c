//! Live capture with both backends, each test in a network namespace of its own, so that nothing of the machine is touched
//! and nothing foreign is captured. A test that may not make one says so through `skip`.
#![expect(clippy::disallowed_methods, reason = "waits have a deadline, and stamps are compared with the clock")]

pub(crate) mod stage;
pub(crate) mod traffic;

use std::net::UdpSocket;
use std::time::{Duration, Instant};

use synfin::capture::live::{Backend, LiveOptions, LiveSource, Next, open};
use synfin::capture::{SourceError, interface, privilege};
use synfin::packet::LinkType;
use synfin::packet::Losses;

use crate::skip::skip;

use self::traffic::{datagrams, exchange, is_last_word, last_word};

const BACKENDS: [Backend; 2] = [Backend::Pcap, Backend::Raw];

/// A packet that is not there by then never comes.
fn patience() -> Instant {
    Instant::now() + Duration::from_secs(20)
}

fn capture(filter: Option<&str>, backend: Backend) -> Box<dyn LiveSource> {
    let options = LiveOptions { filter: filter.map(str::to_owned), ..LiveOptions::on("lo") };
    open(&options, backend).unwrap()
}

/// A capture to be kept open, once the kernel stamps frames: it begins a moment after it is first asked to.
fn stamps_on() -> Box<dyn LiveSource> {
    let mut first = capture(None, Backend::Raw);
    let deadline = patience();
    while first.stamps().kernel == 0 {
        datagrams(1);
        assert!(matches!(first.next_packet_before(deadline), Ok(Next::Packet(_))), "no stamp within the time allowed");
    }
    first
}

/// A frame without its stamp, and the stamp.
type Frame = ((Vec<u8>, u32), i64);

/// Everything up to the last word, which is not included.
fn read(source: &mut dyn LiveSource) -> Vec<Frame> {
    let mut frames = Vec::new();
    let deadline = patience();
    loop {
        match source.next_packet_before(deadline).unwrap() {
            Next::Packet(packet) if is_last_word(packet.bytes) => return frames,
            Next::Packet(packet) => {
                assert_eq!(packet.frame, frames.len() as u64 + 1);
                frames.push(((packet.bytes.to_vec(), packet.wire_len), packet.at.as_ns()));
            }
            Next::Tick => panic!("{} frames, then no last word within the time allowed", frames.len()),
            Next::End => panic!("the capture ended by itself"),
        }
    }
}

/// Everything until the capture ends.
fn rest(source: &mut dyn LiveSource) -> Vec<Vec<u8>> {
    let mut frames = Vec::new();
    while let Some(packet) = source.next_packet().unwrap() {
        frames.push(packet.bytes.to_vec());
    }
    frames
}

fn now_ns() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_nanos()).unwrap()
}

#[test]
fn both_backends_capture_the_same_frames() {
    stage::in_namespace("live::both_backends_capture_the_same_frames", || {
        let _stamps = stamps_on();
        let began = now_ns();
        let [mut pcap, mut raw] = BACKENDS.map(|backend| capture(None, backend));
        exchange();
        last_word();
        let (by_pcap, by_raw) = (read(&mut *pcap), read(&mut *raw));
        let ended = now_ns();

        // Handshake, two words of data with their acknowledgments, close, and two datagrams, each once.
        assert!(by_raw.len() >= 3 + 2 + 3 + 2, "{}", by_raw.len());
        let octets = |frames: &[Frame]| frames.iter().map(|(frame, _)| frame.clone()).collect::<Vec<_>>();
        assert_eq!(octets(&by_pcap), octets(&by_raw));
        assert!(by_raw.iter().all(|((bytes, wire_len), _)| bytes.len() == *wire_len as usize));
        assert!(by_raw.iter().any(|((bytes, _), _)| bytes.len() > 4_096), "none as long as a loopback frame can be");
        for (_, at) in by_pcap.iter().chain(&by_raw) {
            assert!((began..=ended).contains(at), "{began} <= {at} <= {ended}");
        }
        assert_eq!((raw.stamps().kernel, raw.stamps().clock), (by_raw.len() as u64 + 1, 0));
        for source in [&mut pcap, &mut raw] {
            source.stop_handle().stop();
            assert_eq!(rest(&mut **source), Vec::<Vec<u8>>::new());
            assert_eq!(source.losses().total(), 0);
            assert_eq!(source.received(), by_raw.len() as u64 + 1, "each loopback frame counts once");
        }
        assert_eq!(pcap.losses(), Losses { kernel: Some(0), interface: Some(0), unknown: None });
        assert_eq!(raw.losses(), Losses { kernel: Some(0), interface: None, unknown: None });
    });
}

#[test]
fn a_stopped_capture_delivers_what_was_captured_and_ends() {
    stage::in_namespace("live::a_stopped_capture_delivers_what_was_captured_and_ends", || {
        let _stamps = stamps_on();
        for backend in BACKENDS {
            let mut source = capture(None, backend);
            datagrams(10);
            source.stop_handle().stop();
            datagrams(3);
            assert_eq!(rest(&mut *source).len(), 10, "{backend:?}");
            assert!(matches!(source.next_packet_before(patience()), Ok(Next::End)));
        }
    });
}

#[test]
fn stop_ends_a_quiet_capture() {
    stage::in_namespace("live::stop_ends_a_quiet_capture", || {
        for backend in BACKENDS {
            let mut source = capture(None, backend);
            let handle = source.stop_handle();
            let (told, ended) = std::thread::scope(|scope| {
                let reader = scope.spawn(|| {
                    assert!(source.next_packet().unwrap().is_none());
                    Instant::now()
                });
                handle.stop();
                (Instant::now(), reader.join().unwrap())
            });
            assert!(ended.duration_since(told) < Duration::from_secs(2), "{backend:?}");
        }
    });
}

#[test]
fn a_quiet_capture_ticks_at_its_deadline() {
    stage::in_namespace("live::a_quiet_capture_ticks_at_its_deadline", || {
        for backend in BACKENDS {
            let mut source = capture(None, backend);
            let deadline = Instant::now() + Duration::from_millis(30);
            assert!(matches!(source.next_packet_before(deadline), Ok(Next::Tick)));
            assert!(Instant::now() >= deadline);
            datagrams(1);
            assert!(matches!(source.next_packet_before(patience()), Ok(Next::Packet(_))));
        }
    });
}

#[test]
fn a_filter_is_obeyed_by_the_kernel() {
    stage::in_namespace("live::a_filter_is_obeyed_by_the_kernel", || {
        for backend in BACKENDS {
            let mut source = capture(Some("udp"), backend);
            exchange();
            last_word();
            let frames = read(&mut *source);
            assert_eq!(frames.len(), 2, "{backend:?}");
            source.stop_handle().stop();
            assert_eq!(rest(&mut *source).len(), 0);
            assert_eq!(source.received(), 3, "{backend:?}: the kernel counts what passed its filter");
        }
    });
}

#[test]
fn a_snap_length_cuts_the_octets_and_keeps_the_length() {
    stage::in_namespace("live::a_snap_length_cuts_the_octets_and_keeps_the_length", || {
        for backend in BACKENDS {
            let mut source = open(&LiveOptions { snap_length: 60, ..LiveOptions::on("lo") }, backend).unwrap();
            let receiver = UdpSocket::bind("127.0.0.1:0").unwrap();
            UdpSocket::bind("127.0.0.1:0").unwrap().send_to(&[7; 1000], receiver.local_addr().unwrap()).unwrap();
            match source.next_packet_before(patience()).unwrap() {
                Next::Packet(packet) => assert_eq!((packet.bytes.len(), packet.wire_len), (60, 14 + 20 + 8 + 1000)),
                other => panic!("{backend:?}: {other:?}"),
            }
        }
    });
}

#[test]
fn an_interface_that_goes_down_ends_the_capture_with_an_error_after_its_packets() {
    let name = "live::an_interface_that_goes_down_ends_the_capture_with_an_error_after_its_packets";
    stage::in_namespace(name, || {
        for backend in BACKENDS {
            let mut source = capture(None, backend);
            datagrams(5);
            if !stage::ip(name, &["link", "set", "lo", "down"]) {
                return;
            }
            for frame in 1..=5 {
                match source.next_packet_before(patience()).unwrap() {
                    Next::Packet(packet) => assert_eq!(packet.frame, frame),
                    other => panic!("{backend:?}: {other:?}"),
                }
            }
            let error = source.next_packet_before(patience()).unwrap_err().to_string();
            let wanted = "cannot capture on lo: the interface went down; type `sudo ip link set lo up` and start the capture again";
            assert_eq!(error, wanted, "{backend:?}");
            assert!(matches!(source.next_packet(), Ok(None)));

            let error = open(&LiveOptions::on("lo"), backend).map(drop).unwrap_err().to_string();
            assert!(error.contains("wanted an interface that is up, this one is down"), "{error}");
            assert!(stage::ip(name, &["link", "set", "lo", "up"]));
        }
    });
}

#[test]
fn an_interface_that_goes_down_is_noticed_however_often_the_capture_ticks() {
    let name = "live::an_interface_that_goes_down_is_noticed_however_often_the_capture_ticks";
    stage::in_namespace(name, || {
        for backend in BACKENDS {
            let mut source = capture(None, backend);
            if !stage::ip(name, &["link", "set", "lo", "down"]) {
                return;
            }
            let end = patience();
            let error = loop {
                match source.next_packet_before(Instant::now() + Duration::from_millis(5)) {
                    Ok(Next::Tick) => assert!(Instant::now() < end, "{backend:?}: not noticed"),
                    Ok(other) => panic!("{backend:?}: {other:?}"),
                    Err(error) => break error.to_string(),
                }
            };
            assert!(error.contains("the interface went down"), "{error}");
            assert!(stage::ip(name, &["link", "set", "lo", "up"]));
        }
    });
}

#[test]
fn a_vlan_tag_that_the_kernel_took_off_is_put_back() {
    stage::in_namespace("live::a_vlan_tag_that_the_kernel_took_off_is_put_back", || {
        // Addresses, 802.1Q tag of VLAN 5 with priority 3, an EtherType for local experiments.
        let tagged = [&[0; 12], &[0x81, 0, 0x60, 5, 0x88, 0xb5][..], &[7; 46]].concat();
        for backend in BACKENDS {
            let mut source = capture(None, backend);
            let mut sender = pcap::Capture::from_device("lo").unwrap().open().unwrap();
            sender.sendpacket(tagged.as_slice()).unwrap();
            match source.next_packet_before(patience()).unwrap() {
                Next::Packet(packet) => {
                    assert_eq!((packet.bytes, packet.wire_len), (tagged.as_slice(), 64), "{backend:?}");
                }
                other => panic!("{backend:?}: {other:?}"),
            }
        }
    });
}

#[test]
fn all_interfaces_are_captured_by_libpcap_only() {
    stage::in_namespace("live::all_interfaces_are_captured_by_libpcap_only", || {
        let mut source = open(&LiveOptions::on("any"), Backend::Pcap).unwrap();
        assert_eq!(source.link(), LinkType(113));
        datagrams(3);
        source.stop_handle().stop();
        assert_eq!(rest(&mut *source).len(), 3, "each loopback frame once");

        let error = open(&LiveOptions::on("any"), Backend::Raw).map(drop).unwrap_err().to_string();
        let wanted =
            "cannot capture on any: the raw backend captures on one interface, not on all; type `--backend pcap`";
        assert_eq!(error, wanted);
    });
}

#[test]
fn a_bad_filter_is_answered_with_the_expression() {
    stage::in_namespace("live::a_bad_filter_is_answered_with_the_expression", || {
        for backend in BACKENDS {
            let options = LiveOptions { filter: Some("tcp prot 80".to_owned()), ..LiveOptions::on("lo") };
            match open(&options, backend).map(drop) {
                Err(error @ SourceError::Filter { .. }) => {
                    let text = error.to_string();
                    assert!(text.starts_with("cannot compile the filter \"tcp prot 80\": "), "{text}");
                    assert!(
                        text.ends_with("syntax error at \"prot\", character 5; did you mean \"tcp port 80\"?"),
                        "{text}"
                    );
                }
                other => panic!("{backend:?}: {other:?}"),
            }
        }
    });
}

#[test]
fn a_private_namespace_has_a_loopback_and_nothing_of_the_machine() {
    let ours: Vec<_> = interface::list().into_iter().filter(|each| !each.is_any()).collect();
    stage::in_namespace("live::a_private_namespace_has_a_loopback_and_nothing_of_the_machine", || {
        let names: Vec<_> = interface::list().into_iter().map(|each| each.name).collect();
        assert_eq!(names.first().map(String::as_str), Some("lo"));
        assert!(interface::find("lo").unwrap().is_running());
        assert!(interface::list().iter().all(|each| each.is_loopback() || each.addresses.is_empty()));
        assert_eq!(privilege::check(), Ok(()));
    });
    let after: Vec<_> = interface::list().into_iter().filter(|each| !each.is_any()).collect();
    assert_eq!(after, ours);
}

#[test]
fn an_unprivileged_user_captures_in_a_namespace_of_its_own() {
    let name = "live::an_unprivileged_user_captures_in_a_namespace_of_its_own";
    stage::as_nobody(name, || {
        stage::in_namespace(name, || {
            for backend in BACKENDS {
                let mut source = capture(Some("tcp or udp"), backend);
                exchange();
                last_word();
                assert!(read(&mut *source).len() >= 10, "{backend:?}");
                assert_eq!(source.losses().total(), 0);
            }
        });
    });
}

#[test]
fn an_unknown_interface_is_answered_with_those_there_are() {
    for backend in BACKENDS {
        let error = open(&LiveOptions::on("loo"), backend).map(drop).unwrap_err().to_string();
        assert!(error.starts_with("cannot capture on loo: no interface \"loo\"; there are lo, "), "{error}");
        assert!(error.ends_with("; did you mean \"lo\"?"), "{error}");
    }
}

#[test]
fn a_missing_permission_is_answered_with_what_to_type() {
    let name = "live::a_missing_permission_is_answered_with_what_to_type";
    stage::as_nobody(name, || {
        let Err(lack) = privilege::check() else {
            return skip(name, "this user may capture");
        };
        for backend in BACKENDS {
            let error = open(&LiveOptions::on("lo"), backend).map(drop).unwrap_err().to_string();
            assert_eq!(error, lack.on("lo").to_string());
            assert!(error.contains("wanted CAP_NET_RAW, found none"), "{error}");
            assert!(error.contains("synfin demo"), "{error}");
        }
    });
}
