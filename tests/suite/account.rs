//! What explains each trace, in both languages at 80 columns, as snapshots to be read; and that no line is wider.

use crate::files;
use std::fmt::Write as _;
use synfin::analysis::Analyzer;
use synfin::packet::{Packet, Stamping};
use synfin::report::account;
use synfin::report::collect::{Collector, Which};
use synfin::report::style::Style;
use synfin::report::words::{Language, Words};
use synfin::trace::packets::{Carrier, captured};
use synfin::trace::parse;
use unicode_width::UnicodeWidthStr;

/// The traces whose explanations are reviewed: each says something that no other does.
const TRACES: [&str; 32] = [
    "close/aborted-with-data-unread",
    "close/close-wait-lingers",
    "close/half-close-with-data",
    "close/nobody-answers-any-more",
    "close/passive-end-closes-late",
    "icmp/hard-error-for-the-syn-ignored",
    "icmp/packet-too-big",
    "icmp/quote-of-octets-never-sent",
    "icmp/refused-by-port-unreachable",
    "icmp/soft-error-and-it-lives-on",
    "loss/last-ack-lost",
    "open/old-duplicate-syn-recovered",
    "open/port-reused-in-time-wait",
    "open/syn-ack-of-an-older-syn-is-reset",
    "open/unanswered",
    "options/fast-open-data-in-the-syn",
    "options/window-scale-never-offered",
    "reset/by-a-firewall",
    "reset/challenge-answered-by-an-exact-reset",
    "reset/data-after-both-directions-closed",
    "reset/fin-after-both-directions-closed",
    "reset/exact",
    "reset/forged-and-its-sender-goes-on",
    "reset/half-open-found-by-a-syn",
    "reset/half-open-found-by-data",
    "reset/in-the-window-draws-a-challenge",
    "reset/keep-alive-gives-up",
    "reset/old-duplicate-syn-meets-two-listeners",
    "reset/outside-the-window-is-dropped",
    "reset/refused",
    "reset/rst-below-a-fin-that-arrived",
    "sequence/out-of-order-with-sack",
];

/// The connections of those traces, by path.
fn told() -> Vec<(String, Collector)> {
    let read = |(path, text): (String, String)| {
        let steps = parse(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
        let capture = captured(&steps, Carrier::Ethernet4).unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut sink = Collector::new(&path, Which::All);
        let mut analyzer = Analyzer::new();
        for (frame, (at, bytes)) in (1..).zip(&capture.frames) {
            let wire_len = u32::try_from(bytes.len()).expect("a frame is short");
            let packet =
                Packet { frame, at: *at, stamping: Stamping::Told, link: capture.link, interface: 0, bytes, wire_len };
            analyzer.observe(&packet, &mut sink).expect("a collector takes all");
        }
        analyzer.finish(&mut sink).expect("a collector takes all");
        (path, sink)
    };
    let chosen = |path: &String| TRACES.iter().any(|name| *path == format!("tests/traces/{name}.trace"));
    let traces: Vec<_> = files::under("tests/traces", "trace").into_iter().filter(|(path, _)| chosen(path)).collect();
    assert_eq!(traces.len(), TRACES.len(), "a trace has gone");
    traces.into_iter().map(read).collect()
}

#[test]
fn what_explains_each_trace_reads_well() {
    let told = told();
    for language in Language::ALL {
        let words = Words::new(language);
        let style = Style::new(&words);
        let mut text = String::new();
        for (path, sink) in &told {
            for story in &sink.stories {
                let page = account::page(&story.view, &style);
                let line = account::line(&story.view, &style);
                if !page.is_empty() || !line.is_empty() {
                    let _ = writeln!(text, "#### {path}, connection {}\n{line}{page}", story.view.conn);
                }
            }
        }
        let wide = text.lines().filter(|line| !line.starts_with("####")).find(|line| line.width() > 80);
        assert_eq!(wide, None, "{language}");
        assert!(!text.contains(['{', '$']), "{language}: a sentence lacks a value");
        insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("account_{language}"), text);
        });
    }
}

#[test]
fn every_word_for_a_reset_stands_in_both_languages() {
    let likely = [
        "no-listener",
        "gave-up-opening",
        "unknown-syn-ack",
        "went-on",
        "middlebox",
        "ends-time-wait",
        "never-had",
        "no-connection",
        "ended-before",
        "closed-no-reader",
        "closed-gone",
        "timed-out",
        "fast-close",
        "unread-data",
        "abort",
    ];
    for language in Language::ALL {
        let words = Words::new(language);
        for id in likely {
            for family in ["account-likely", "short-likely"] {
                assert_ne!(words.named(family, id), id, "{language}: {family}-{id}");
            }
        }
    }
}
