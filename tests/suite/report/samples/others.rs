//! UDP conversations and ends of captures.

use std::collections::BTreeMap;
use synfin::report::view::*;

/// UDP: nobody listens; answered; silent.
pub fn conversations() -> Vec<(&'static str, DatagramsView)> {
    let view = |a, b, errors, port_unreachable: Option<u64>| DatagramsView {
        schema: SCHEMA,
        kind: "datagrams",
        file: "demo.pcapng".into(),
        a: "127.0.0.1:53030".into(),
        b: "[2001:db8:85a3:1234:5678:8a2e:370:7334]:9090".into(),
        encapsulation: if port_unreachable.is_some() { vec!["vlan 7".into()] } else { Vec::new() },
        frames: FramesView { first: 1, last: 2, count: 2 },
        datagrams: PerPeerView { a, b },
        octets: PerPeerView { a: a * 6, b: b * 6 },
        errors: PerPeerView { a: errors, b: 0 },
        port_unreachable,
        icmp: port_unreachable
            .map(|frame| IcmpKindView { peer: "a", kind: "port-unreachable", frame, count: errors })
            .into_iter()
            .collect(),
        lasted_ns: 12_345_678_900,
        answer: (b > 0).then_some(AnswerView { frame: 2, after_ns: 161_000 }),
        longest_silence: (a + b > 1).then_some(SilenceView { from: 2, to: 4, ns: 12_300_000_000 }),
    };
    vec![
        ("refused", view(1, 0, 1, Some(2))),
        ("answered", view(2, 1, 0, None)),
        ("silent", view(1, 0, 0, None)),
        ("partly_refused", view(3, 1, 1, Some(5))),
    ]
}

/// One without and one with losses.
pub fn captures() -> Vec<(&'static str, CaptureView)> {
    let clean = CaptureView {
        schema: SCHEMA,
        kind: "capture",
        file: "captures/four.pcapng".into(),
        frames: FrameCountsView { read: 11, analysed: 11, tcp: 11, udp: 0, not_tcp_udp: 0, undecodable: 0 },
        lost: LostView { kernel: Some(0), interface: Some(0), unknown: None },
        undecodable: BTreeMap::new(),
        other: BTreeMap::new(),
        copies: BTreeMap::new(),
        connections: 1,
        conversations: 0,
        late: 0,
        forgotten: 0,
        damage: None,
        ..CaptureView::default()
    };
    let lossy = CaptureView {
        file: "eth0\u{1b}[2J".into(),
        frames: FrameCountsView {
            read: 180_500,
            analysed: 180_000,
            tcp: 170_000,
            udp: 10_000,
            not_tcp_udp: 480,
            undecodable: 20,
        },
        lost: LostView { kernel: Some(698), interface: Some(0), unknown: None },
        undecodable: BTreeMap::from([("tcp-header-cut".into(), 12), ("ip-length".into(), 8)]),
        other: BTreeMap::from([("arp".into(), 400), ("icmp".into(), 80)]),
        copies: BTreeMap::from([("identification", 120), ("routed", 3)]),
        connections: 1200,
        conversations: 31,
        late: 4,
        forgotten: 1,
        damage: Some("frame 180501 at octet 72982782 claims 4022250974 octets, at most 16777216 are possible".into()),
        ..clean.clone()
    };
    let untold = CaptureView { lost: LostView::default(), ..clean.clone() };
    vec![("clean", clean), ("lossy", lossy), ("untold", untold)]
}

/// Counts of a long capture, and a rule that never spoke.
pub fn rules_that_spoke() -> Vec<RuleRowView> {
    let row = |rule, severity, summary, [not_applicable, holds, broken, undecided, noted]: [u64; 5]| RuleRowView {
        rule,
        severity,
        summary,
        counts: RuleCountsView { not_applicable, holds, broken, undecided, noted },
    };
    let bounds = ["an ACK stays within what was sent", "确认号不超出对方已发送的数据"];
    let answers = ["the SYN-ACK acknowledges exactly the SYN", "SYN-ACK 恰好确认 SYN"];
    let late = [
        "data that reaches an endpoint which has closed completely is answered by a RST, so that its sender learns of it",
        "数据到达已完全关闭的一端时，以 RST 回答，使发送方得知",
    ];
    vec![
        row("ack-not-beyond-sent", "violation", bounds, [12_345_678, 98_765_432, 0, 7, 0]),
        row("hs-synack-ack", "violation", answers, [3, 104_729, 1, 12, 0]),
        row("fin-data-after-close-rst", "note", late, [40, 2, 0, 0, 0]),
        row(
            "rexmit-rto",
            "note",
            ["octets are sent again when the timer expires", "定时器到期时重传"],
            [170_000, 0, 0, 0, 2_048],
        ),
        row("win-no-shrink", "anomaly", ["the right edge does not move left", "窗口右沿不左移"], [0, 9_000, 25, 0, 0]),
        row("zw-persist-open", "note", ["no abort while probes are answered", "探测有应答时不中止"], [17, 0, 0, 0, 0]),
    ]
}
