//! Connections written by hand, as the analysis would report them.

mod others;
mod story;

pub use others::{captures, conversations, rules_that_spoke};
use story::{Story, X, Y, empty};
use synfin::peer::Peer::{A, B};
use synfin::report::rank::Rank;
use synfin::report::view::*;

/// A connection and its segments.
pub struct Sample {
    pub name: &'static str,
    pub view: ConnectionView,
    pub steps: Vec<StepView>,
}

fn closed(kind: &'static str, segments: Option<u8>, first: &'static str, frames: [Option<u64>; 4]) -> CloseView {
    CloseView { kind, segments, first: Some(first), verdict: "holds", frames }
}

fn four() -> Sample {
    let mut story = Story::new(empty(1));
    story.view.fin = PerPeerView { a: Some(X + 6), b: Some(Y + 6) };
    story.view.close = closed("normal", Some(4), "a", [Some(8), Some(9), Some(10), Some(11)]);
    story
        .waits([47_988, 9, 252_249], "alone", "ack-delayed")
        .handshake()
        .hello()
        .says(2_736, A, "FIN,ACK", X + 6, Some(Y + 6), b"")
        .moves(A, "FIN-WAIT-1", "F7", "sent", None)
        .moves(B, "CLOSE-WAIT", "F21", "proved", Some(9))
        .says(50_724, B, "ACK", Y + 6, Some(X + 7), b"")
        .equation("fin-acked", "holds", X + 7, X + 7, "ACK of FIN ack 1725499890 = 1725499889 + 1", "RFC 9293 §3.6")
        .moves(A, "FIN-WAIT-2", "F22", "presumed", None)
        .says(302_973, B, "FIN,ACK", Y + 6, Some(X + 7), b"")
        .moves(A, "TIME-WAIT", "F25", "proved", Some(11))
        .moves(B, "LAST-ACK", "F8", "sent", None)
        .says(302_994, A, "ACK", X + 7, Some(Y + 7), b"")
        .equation("fin-last-ack", "holds", Y + 7, Y + 7, "ACK of FIN ack 873059203 = 873059202 + 1", "RFC 9293 §3.6")
        .moves(B, "CLOSED", "F27", "presumed", None)
        .end("four", "TIME-WAIT", "CLOSED")
}

fn three() -> Sample {
    let mut story = Story::new(empty(2));
    story.view.fin = PerPeerView { a: Some(X + 6), b: Some(Y + 6) };
    story.view.close = closed("normal", Some(3), "a", [Some(8), Some(9), Some(9), Some(10)]);
    story
        .waits([161, 9, 0], "fin", "merged-fast")
        .handshake()
        .hello()
        .says(2_736, A, "FIN,ACK", X + 6, Some(Y + 6), b"")
        .moves(A, "FIN-WAIT-1", "F7", "sent", None)
        .moves(B, "CLOSE-WAIT", "F21", "proved", Some(9))
        .says(2_897, B, "FIN,ACK", Y + 6, Some(X + 7), b"")
        .moves(A, "TIME-WAIT", "F24", "proved", Some(10))
        .moves(B, "LAST-ACK", "F8", "sent", None)
        .says(2_910, A, "ACK", X + 7, Some(Y + 7), b"")
        .moves(B, "CLOSED", "F27", "presumed", None)
        .end("three", "TIME-WAIT", "CLOSED")
}

/// The server closes first; the client goes on sending, with a long run of data.
fn half_close() -> Sample {
    let mut story = Story::new(empty(3));
    story.view.fin = PerPeerView { a: Some(X + 1 + 12 * 1000), b: Some(Y + 1) };
    story.handshake().says(900, B, "FIN,ACK", Y + 1, Some(X + 1), b"");
    story.moves(B, "FIN-WAIT-1", "F7", "sent", None).moves(A, "CLOSE-WAIT", "F21", "proved", Some(5));
    story.says(20_950, A, "ACK", X + 1, Some(Y + 2), b"").moves(B, "FIN-WAIT-2", "F22", "presumed", None);
    for n in 0..12_u32 {
        let us = 2_000_000 + i64::from(n) * 100;
        story.says(us, A, "ACK", X + 1 + n * 1000, Some(Y + 2), &[0xa5; 1000]);
        story.says(us + 50, B, "ACK", Y + 2, Some(X + 1 + (n + 1) * 1000), b"");
    }
    story.view.close = closed("normal", Some(4), "b", [Some(4), Some(5), Some(30), Some(31)]);
    story
        .waits([20_050, 20_011, 2_979_050], "alone", "ack-at-once")
        .says(3_000_000, A, "FIN,ACK", X + 12_001, Some(Y + 2), b"")
        .moves(A, "LAST-ACK", "F8", "sent", None)
        .moves(B, "TIME-WAIT", "F25", "proved", Some(31))
        .says(3_000_020, B, "ACK", Y + 2, Some(X + 12_002), b"")
        .moves(A, "CLOSED", "F27", "presumed", None)
        .end("half_close", "CLOSED", "TIME-WAIT")
}

fn half_open() -> Sample {
    let mut story = Story::new(empty(4));
    story.view.fin = PerPeerView { a: Some(X + 6), b: None };
    story.view.close = CloseView { verdict: "undecided", ..closed("half", None, "a", [Some(8), Some(9), None, None]) };
    story
        .handshake()
        .hello()
        .says(2_736, A, "FIN,ACK", X + 6, Some(Y + 6), b"")
        .moves(A, "FIN-WAIT-1", "F7", "sent", None)
        .moves(B, "CLOSE-WAIT", "F21", "proved", Some(9))
        .says(50_724, B, "ACK", Y + 6, Some(X + 7), b"")
        .moves(A, "FIN-WAIT-2", "F22", "presumed", None)
        .end("half_open", "FIN-WAIT-2", "CLOSE-WAIT")
}

fn reset() -> Sample {
    let mut story = Story::new(empty(5));
    story.view.close = closed("reset", None, "b", [Some(8), None, None, None]);
    story
        .handshake()
        .hello()
        .says(5_000, B, "RST,ACK", Y + 6, Some(X + 6), b"")
        .moves(B, "CLOSED", "F9", "sent", None)
        .moves(A, "CLOSED", "F30", "presumed", None)
        .end("reset", "CLOSED", "CLOSED")
}

fn refused() -> Sample {
    let mut view = empty(6);
    view.iss.b = None;
    view.handshake = HandshakeView { kind: "refused", verdict: "holds", frames: [Some(1), None, None] };
    view.close = closed("reset", None, "b", [Some(2), None, None, None]);
    Story::new(view)
        .says(0, A, "SYN", X, None, b"")
        .moves(A, "SYN-SENT", "F2", "sent", None)
        .moves(B, "CLOSED", "F33", "proved", Some(2))
        .says(9, B, "RST,ACK", 0, Some(X + 1), b"")
        .equation("hs-refused-form", "holds", X + 1, X + 1, "RST ack 1725499884 = 1725499883 + 1", "RFC 9293 §3.10.7.1")
        .moves(A, "CLOSED", "F19", "presumed", None)
        .end("refused", "CLOSED", "CLOSED")
}

/// Opened and closed by both at once; A's first belief after B's FIN is retracted.
fn simultaneous() -> Sample {
    let mut view = empty(7);
    view.a = "[2001:db8::1]:40000".into();
    view.b = "[2001:db8:85a3:1234:5678:8a2e:370:7334]:65535".into();
    view.opener = Some("both");
    view.handshake = HandshakeView { kind: "simultaneous", verdict: "holds", frames: [Some(1), Some(3), Some(4)] };
    view.fin = PerPeerView { a: Some(X + 1), b: Some(Y + 1) };
    view.close = CloseView {
        kind: "simultaneous",
        ..closed("simultaneous", None, "both", [Some(5), Some(7), Some(6), Some(8)])
    };
    let mut story = Story::new(view);
    story
        .says(0, A, "SYN", X, None, b"")
        .moves(A, "SYN-SENT", "F2", "sent", None)
        .says(40, B, "SYN", Y, None, b"")
        .moves(B, "SYN-SENT", "F2", "sent", None)
        .moves(A, "SYN-RECEIVED", "F15", "proved", Some(3))
        .says(10_050, A, "SYN,ACK", X, Some(Y + 1), b"")
        .moves(B, "SYN-RECEIVED", "F15", "proved", Some(4))
        .says(10_090, B, "SYN,ACK", Y, Some(X + 1), b"")
        .moves(A, "ESTABLISHED", "F16", "proved", Some(6))
        .moves(B, "ESTABLISHED", "F16", "proved", Some(5))
        .says(500_000, B, "FIN,ACK", Y + 1, Some(X + 1), b"")
        .moves(B, "FIN-WAIT-1", "F7", "sent", None)
        .moves(A, "CLOSE-WAIT", "F21", "presumed", None);
    story.view.transitions.last_mut().expect("a move").retracted = Some(6);
    story.states.a = Some("ESTABLISHED");
    story
        .says(500_006, A, "FIN,ACK", X + 1, Some(Y + 1), b"")
        .moves(A, "FIN-WAIT-1", "F7", "sent", None)
        .says(510_010, A, "ACK", X + 2, Some(Y + 2), b"")
        .moves(A, "CLOSING", "F23", "sent", None)
        .says(510_020, B, "ACK", Y + 2, Some(X + 2), b"")
        .moves(B, "CLOSING", "F23", "sent", None)
        .moves(A, "TIME-WAIT", "F26", "presumed", None)
        .moves(B, "TIME-WAIT", "F26", "presumed", None)
        .end("simultaneous", "TIME-WAIT", "TIME-WAIT")
}

/// The SYN-ACK acknowledges x+2; a damaged segment and an out-of-window one move nothing.
fn broken() -> Sample {
    let mut view = empty(8);
    view.handshake = HandshakeView { kind: "three-way", verdict: "broken", frames: [Some(1), Some(2), Some(3)] };
    view.findings = vec![
        FindingView {
            rule: "hs-complete",
            severity: "note",
            verdict: "noted",
            frame: 3,
            peer: "a",
            expected: "SYN, SYN-ACK, ACK".into(),
            found: "the same, with a wrong number".into(),
            why: String::new(),
            cite: "RFC 9293 §3.5".into(),
            ..FindingView::default()
        },
        FindingView {
            rule: "hs-synack-ack",
            severity: "violation",
            verdict: "broken",
            frame: 2,
            peer: "b",
            expected: "SEG.ACK = x + 1 = 1725499883 + 1 = 1725499884".into(),
            found: "SEG.ACK = 1725499885, one too much".into(),
            why: "the connection went on upon it, so it was meant for this SYN: no other SYN of the same four-tuple was captured → it is broken".into(),
            cite: "RFC 9293 §3.10.7.3".into(),
            ..FindingView::default()
        },
        FindingView {
            rule: "ack-not-beyond-sent",
            severity: "violation",
            verdict: "undecided",
            frame: 5,
            peer: "b",
            expected: "SEG.ACK ≤ SND.MAX(A) = 1725499889".into(),
            found: "SEG.ACK = 1725509889".into(),
            why: "10000 octets may have been lost by the capture".into(),
            cite: "RFC 9293 §3.10.7.4".into(),
            ..FindingView::default()
        },
    ];
    view.ignored = vec![IgnoredView { reason: "damaged", count: 1 }];
    let mut story = Story::new(view);
    story
        .says(0, A, "SYN", X, None, b"")
        .moves(A, "SYN-SENT", "F2", "sent", None)
        .moves(B, "SYN-RECEIVED", "F13", "proved", Some(2))
        .says(13, B, "SYN,ACK", Y, Some(X + 2), b"")
        .equation(
            "hs-synack-ack",
            "broken",
            X + 2,
            X + 1,
            "SYN-ACK ack 1725499885 ≠ 1725499883 + 1",
            "RFC 9293 §3.10.7.3",
        )
        .moves(A, "ESTABLISHED", "F14", "proved", Some(3))
        .says(26, A, "ACK", X + 1, Some(Y + 1), b"")
        .moves(B, "ESTABLISHED", "F16", "presumed", None)
        .says(1_500_000, A, "PSH,ACK", X + 1, Some(Y + 1), "你好，\x1b[31m世界\r\n".as_bytes())
        .says(1_600_000, B, "ACK", Y + 1, Some(X + 10_006), b"")
        .says(1_700_000, B, "PSH,ACK", Y + 1, Some(X + 6), &[0x16, 0x03, 0x01, 0xff, 0xfe, 0x00, 0x9b, 0x80]);
    story.steps[1].found = vec![(Rank::Violation, "hs-synack-ack")];
    story.steps[4].ignored = Some("not-acceptable");
    story.steps[5].ignored = Some("damaged");
    story.end("broken", "ESTABLISHED", "ESTABLISHED")
}

/// Joined midway: no initial numbers, B's start unknown.
fn midstream() -> Sample {
    let mut view = empty(9);
    view.opener = None;
    view.iss = PerPeerView::default();
    view.handshake = HandshakeView { kind: "not-captured", verdict: "not-applicable", frames: [None; 3] };
    Story::new(view)
        .says(
            0,
            A,
            "PSH,ACK",
            4_294_967_290,
            Some(4_000_000_000),
            b"GET / HTTP/1.1\r\nHost: example.org\r\nAccept: */*\r\n\r\n",
        )
        .moves(A, "ESTABLISHED", "F14", "sent", None)
        .says(51, B, "ACK", 4_000_000_000, Some(45), b"")
        .moves(B, "ESTABLISHED", "F16", "sent", None)
        .end("midstream", "ESTABLISHED", "ESTABLISHED")
}

/// A socket connected to itself.
fn self_connected() -> Sample {
    let mut view = empty(10);
    view.b = view.a.clone();
    view.iss.b = None;
    view.opener = Some("both");
    view.handshake = HandshakeView { kind: "simultaneous", verdict: "holds", frames: [Some(1), Some(2), None] };
    let mut sample = Story::new(view)
        .says(0, A, "SYN", X, None, b"")
        .moves(A, "SYN-SENT", "F2", "sent", None)
        .says(5, A, "SYN,ACK", X, Some(X + 1), b"")
        .moves(A, "ESTABLISHED", "F16", "sent", None)
        .end("self_connected", "ESTABLISHED", "CLOSED");
    sample.view.states.b = None;
    sample
}

fn unanswered() -> Sample {
    let mut view = empty(11);
    view.iss.b = None;
    view.handshake = HandshakeView { kind: "unanswered", verdict: "undecided", frames: [Some(1), None, None] };
    let mut sample = Story::new(view)
        .says(0, A, "SYN", X, None, b"")
        .moves(A, "SYN-SENT", "F2", "sent", None)
        .says(1_000_000, A, "SYN", X, None, b"")
        .says(3_000_000, A, "SYN", X, None, b"")
        .end("unanswered", "SYN-SENT", "LISTEN");
    sample.view.states.b = None;
    sample
}

/// All of them.
pub fn all() -> Vec<Sample> {
    vec![
        four(),
        three(),
        half_close(),
        half_open(),
        reset(),
        refused(),
        simultaneous(),
        broken(),
        midstream(),
        self_connected(),
        unanswered(),
    ]
}
