//! Builds a connection and its segments together, one line a segment or a move.

use super::Sample;
use synfin::peer::Peer::{self, A, B};
use synfin::report::view::*;

pub const X: u32 = 1_725_499_883;
pub const Y: u32 = 873_059_196;

pub fn empty(conn: u64) -> ConnectionView {
    ConnectionView {
        schema: SCHEMA,
        kind: "connection",
        file: "demo.pcapng".into(),
        conn,
        a: "127.0.0.1:53030".into(),
        b: "127.0.0.1:9000".into(),
        encapsulation: Vec::new(),
        opener: Some("a"),
        frames: FramesView { first: 1, last: 1, count: 0 },
        handshake: HandshakeView { kind: "three-way", verdict: "holds", frames: [Some(1), Some(2), Some(3)] },
        close: CloseView { kind: "none", segments: None, first: None, verdict: "not-applicable", frames: [None; 4] },
        states: PerPeerView { a: belief("ESTABLISHED"), b: belief("ESTABLISHED") },
        transitions: Vec::new(),
        equations: Vec::new(),
        findings: Vec::new(),
        octets: PerPeerView { a: 0, b: 0 },
        iss: PerPeerView { a: Some(X), b: Some(Y) },
        fin: PerPeerView::default(),
        ignored: Vec::new(),
        kinds: Vec::new(),
        forgotten: false,
        copies: Default::default(),
        offload: PerPeerView::default(),
        vantage: VantageView::default(),
        earlier: None,
        icmp: Vec::new(),
        explanation: ExplanationView::default(),
        witness: None,
    }
}

pub fn belief(likely: &'static str) -> Option<BeliefView> {
    Some(BeliefView { likely, possible: vec![likely], silent: Vec::new(), proven: true })
}

/// Builds steps and transitions together: states are named where they change.
pub struct Story {
    pub view: ConnectionView,
    pub steps: Vec<StepView>,
    pub states: PerPeerView<Option<&'static str>>,
}

impl Story {
    pub fn new(view: ConnectionView) -> Self {
        Self { view, steps: Vec::new(), states: PerPeerView::default() }
    }

    /// A segment `us` microseconds after the start; returns its frame number.
    pub fn says(&mut self, us: i64, from: Peer, flags: &str, seq: u32, ack: Option<u32>, payload: &[u8]) -> &mut Self {
        let frame = self.steps.len() as u64 + 1;
        self.steps.push(StepView {
            frame,
            since_start_ns: us * 1_000,
            from,
            flags: flags.into(),
            seq,
            ack,
            window: 512,
            len: payload.len() as u32,
            payload: payload[..payload.len().min(64)].to_vec(),
            states: self.states,
            ignored: None,
            kind: None,
            found: Vec::new(),
        });
        match from {
            A => self.view.octets.a += payload.len() as u64,
            B => self.view.octets.b += payload.len() as u64,
        }
        self.view.frames = FramesView { first: 1, last: frame, count: frame };
        self
    }

    /// A move shown by the segment said last.
    pub fn moves(
        &mut self,
        peer: Peer,
        to: &'static str,
        arc: &'static str,
        basis: &'static str,
        by: Option<u64>,
    ) -> &mut Self {
        let step = self.steps.last_mut().expect("a segment was said");
        let us = step.since_start_ns / 1_000;
        self.view.transitions.push(TransitionView {
            frame: step.frame,
            time: format!("2026-11-22T10:00:{:02}.{:06}Z", us / 1_000_000, us % 1_000_000),
            peer: peer.id(),
            from: self.states[peer],
            to,
            arc,
            basis,
            by,
            retracted: None,
            kernel: None,
        });
        match peer {
            A => self.states.a = Some(to),
            B => self.states.b = Some(to),
        }
        step.states = self.states;
        self
    }

    pub fn equation(
        &mut self,
        rule: &'static str,
        verdict: &'static str,
        left: u32,
        right: u32,
        text: &str,
        cite: &str,
    ) -> &mut Self {
        let frame = self.steps.last().expect("a segment was said").frame;
        self.view.equations.push(EquationView {
            rule,
            frame,
            verdict,
            left,
            right,
            text: text.into(),
            cite: cite.into(),
            ..EquationView::default()
        });
        self
    }

    /// What took how long at the close, in microseconds: from the first FIN to its ACK, of that the way, and on to the other FIN.
    pub fn waits(&mut self, [ack, way, fin]: [i64; 3], ack_by: &'static str, likely: &'static str) -> &mut Self {
        let ns = |us: i64| Some(us * 1_000);
        self.view.explanation.closing = Some(ClosingView {
            first: self.view.close.first.expect("somebody closed first"),
            how: "fin",
            ack_after_ns: ns(ack),
            way_ns: ns(way),
            ack_by: Some(ack_by),
            fin_after_ns: ns(fin),
            likely: Some(likely),
        });
        self
    }

    pub fn handshake(&mut self) -> &mut Self {
        self.says(0, A, "SYN", X, None, b"")
            .moves(A, "SYN-SENT", "F2", "sent", None)
            .moves(B, "SYN-RECEIVED", "F13", "proved", Some(2))
            .says(13, B, "SYN,ACK", Y, Some(X + 1), b"")
            .equation(
                "hs-synack-ack",
                "holds",
                X + 1,
                X + 1,
                "SYN-ACK ack 1725499884 = 1725499883 + 1",
                "RFC 9293 §3.10.7.3",
            )
            .moves(A, "ESTABLISHED", "F14", "proved", Some(3))
            .says(26, A, "ACK", X + 1, Some(Y + 1), b"")
            .equation("hs-ack-ack", "holds", Y + 1, Y + 1, "ACK ack 873059197 = 873059196 + 1", "RFC 9293 §3.10.7.4")
            .equation("hs-ack-seq", "holds", X + 1, X + 1, "ACK seq 1725499884 = 1725499883 + 1", "RFC 9293 §3.10.7.3")
            .moves(B, "ESTABLISHED", "F16", "proved", Some(6))
    }

    /// `hello` both ways; ends at x+6 and y+6.
    pub fn hello(&mut self) -> &mut Self {
        self.says(82, A, "PSH,ACK", X + 1, Some(Y + 1), b"hello")
            .says(90, B, "ACK", Y + 1, Some(X + 6), b"")
            .says(140, B, "PSH,ACK", Y + 1, Some(X + 6), b"hello")
            .says(151, A, "ACK", X + 6, Some(Y + 6), b"")
    }

    pub fn end(&mut self, name: &'static str, a: &'static str, b: &'static str) -> Sample {
        self.view.states = PerPeerView { a: belief(a), b: belief(b) };
        Sample { name, view: self.view.clone(), steps: self.steps.clone() }
    }
}
