//! Every page that people read, at 80 and 160 columns, in both languages, as snapshots to be read.
//!
//! Beside the snapshots: no line of any page is wider than the page, in any language, charset or width; the
//! catalogues say the same things; no id is used that no catalogue has.

mod samples;

use samples::{Sample, all, captures, conversations, rules_that_spoke};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use synfin::report::ladder::{self, Fold};
use synfin::report::rules::{self, Which};
use synfin::report::style::{Numbers, Style};
use synfin::report::terminal::{Charset, Colour, is_active};
use synfin::report::view::{ConnectionView, PerPeerView};
use synfin::report::words::{CHINESE, ENGLISH, Language, Words};
use synfin::report::{capture, connections, equations, findings, textbook, textbook_udp, transitions, udp};
use unicode_width::UnicodeWidthStr;

/// Every page of everything, by name.
fn pages(style: &Style<'_>) -> Vec<(String, String)> {
    let mut pages = Vec::new();
    for Sample { name, view, steps } in all() {
        pages.push((format!("ladder_{name}"), ladder::page(&view, &steps, Fold::default(), style)));
        pages.push((format!("textbook_{name}"), textbook::page(&view, &steps, style)));
        pages.push((format!("transitions_{name}"), transitions::page(&view, style)));
        pages.push((format!("equations_{name}"), equations::page(&view, style)));
        pages.push((format!("findings_{name}"), findings::page(&view, style)));
    }
    for (name, view) in conversations() {
        pages.push((format!("udp_{name}"), udp::page(&view, style)));
        pages.push((format!("textbook_udp_{name}"), textbook_udp::page(&view, style)));
    }
    for (name, view) in captures() {
        pages.push((format!("capture_{name}"), capture::page(&view, style)));
    }
    pages.push(("rules_spoke".into(), rules::page(&rules_that_spoke(), Which::Spoke, style)));
    pages.push(("rules_none".into(), rules::page(&[], Which::Spoke, style)));
    let views: Vec<_> = all().into_iter().map(|sample| sample.view).collect();
    let mut worst = connections::Worst::new(connections::LIMIT);
    let mut two = connections::Worst::new(2);
    for view in &views {
        worst.offer(view.clone());
        two.offer(view.clone());
    }
    pages.push(("connections".into(), worst.page(style)));
    pages.push(("connections_two".into(), two.page(style)));
    pages.push(("connections_none".into(), connections::Worst::new(2).page(style)));
    // The same addresses in two places.
    let mut inside = connections::Worst::new(2);
    let tunnels = ["ip-in-ip 2001:db8::1 2001:db8:85a3:1234:5678:8a2e:370:7334", "vxlan 192.0.2.1 192.0.2.2 5001"];
    for (conn, layers) in (1..).zip([&["vlan 7"][..], &tunnels]) {
        let encapsulation = layers.iter().map(ToString::to_string).collect();
        inside.offer(ConnectionView { conn, encapsulation, ..views[0].clone() });
    }
    pages.push(("connections_inside".into(), inside.page(style)));
    let mut stream = connections::Stream::new(style);
    let head = stream.head();
    let rows: String = views.chunks(4).map(|chunk| stream.rows(chunk)).collect();
    pages.push(("connections_stream".into(), format!("{head}{rows}{}", stream.foot())));
    pages
}

#[test]
fn pages_do_without_the_segments() {
    for language in Language::ALL {
        let words = Words::new(language);
        let style = Style::new(&words);
        for Sample { name, mut view, .. } in all() {
            view.close.first = None;
            view.iss = PerPeerView::default();
            view.fin = PerPeerView::default();
            for text in [ladder::page(&view, &[], Fold::default(), &style), textbook::page(&view, &[], &style)] {
                assert!(!text.is_empty() && !text.contains(['{', '$']), "{name} {language}: {text}");
            }
        }
    }
}

/// `text` without colours.
fn bare(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let first = parts.next().unwrap_or("").to_owned();
    parts.fold(first, |bare, part| bare + part.split_once('m').map_or("", |(_, rest)| rest))
}

#[test]
fn pages_read_well() {
    for language in Language::ALL {
        let words = Words::new(language);
        for width in [80, 160] {
            let style = Style { width, ..Style::new(&words) };
            let mut kinds: BTreeMap<&str, String> = BTreeMap::new();
            let all = pages(&style);
            for (name, text) in &all {
                let kind = name.split('_').next().unwrap_or(name);
                kinds.entry(kind).or_default().push_str(&format!("#### {name}\n{text}\n"));
            }
            for (kind, text) in kinds {
                insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
                    insta::assert_snapshot!(format!("report_{kind}_{language}_{width}"), text);
                });
            }
        }
    }
}

#[test]
fn ascii_and_absolute_numbers_read_well() {
    let words = Words::new(Language::English);
    let style = Style { charset: Charset::Ascii, numbers: Numbers::Absolute, ..Style::new(&words) };
    let all = pages(&style);
    let wanted =
        ["ladder_four", "ladder_broken", "textbook_four", "transitions_simultaneous", "connections", "findings_broken"];
    let text: String = wanted
        .iter()
        .map(|name| all.iter().find(|(own, _)| own == name).expect("the page exists"))
        .map(|(name, text)| format!("#### {name}\n{text}\n"))
        .collect();
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("report_ascii", text);
    });
}

#[test]
fn no_line_is_wider_than_the_page() {
    for language in Language::ALL {
        let words = Words::new(language);
        for width in [72, 80, 100, 120, 140, 160, 200] {
            for charset in [Charset::Utf8, Charset::Ascii] {
                for numbers in [Numbers::Relative, Numbers::Absolute] {
                    let style = Style { width, charset, numbers, ..Style::new(&words) };
                    for (name, text) in pages(&style) {
                        for line in text.lines() {
                            assert!(line.width() <= usize::from(width), "{name} {language} {width}: {line}");
                            assert_eq!(line, line.trim_end(), "{name} {language} {width}: spaces at the end");
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn colours_change_nothing_but_colours() {
    for language in Language::ALL {
        let words = Words::new(language);
        let plain = Style::new(&words);
        let coloured = Style { colour: Colour::Always, ..plain };
        for ((name, without), (_, with)) in pages(&plain).into_iter().zip(pages(&coloured)) {
            assert_eq!(bare(&with), without, "{name}");
        }
        assert!(pages(&coloured).iter().any(|(_, text)| text.contains("\x1b[")));
    }
}

#[test]
fn nothing_from_the_network_can_act_on_the_terminal() {
    for language in Language::ALL {
        let words = Words::new(language);
        for (name, text) in pages(&Style::new(&words)) {
            let active = text.chars().find(|c| *c != '\n' && is_active(*c));
            assert_eq!(active, None, "{name}");
        }
    }
}

/// Box drawing may be drawn wide by old terminals too, but a table without it is hard to read: only tables have it.
#[test]
fn chinese_uses_no_character_of_ambiguous_width_but_table_borders() {
    let words = Words::new(Language::Chinese);
    for (name, text) in pages(&Style { width: 160, ..Style::new(&words) }) {
        let inside: String = text.chars().filter(|c| !('\u{2500}'..='\u{257f}').contains(c)).collect();
        for line in inside.lines() {
            assert_eq!(line.width(), line.width_cjk(), "{name}: {line}");
        }
        if name.starts_with("ladder") {
            assert_eq!(inside, text, "{name} has box drawing");
        }
    }
    assert!(CHINESE.lines().filter(|line| !line.starts_with('#')).all(|line| line.width() == line.width_cjk()));
}

#[test]
fn ascii_means_ascii() {
    let words = Words::new(Language::English);
    for (name, text) in pages(&Style { charset: Charset::Ascii, ..Style::new(&words) }) {
        assert!(text.is_ascii(), "{name}: {:?}", text.chars().find(|c| !c.is_ascii()));
    }
    assert!(ENGLISH.is_ascii());
}

/// The messages of a catalogue with the variables of each.
fn messages(catalogue: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut messages = BTreeMap::new();
    let mut id = String::new();
    for line in catalogue.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        if line.starts_with(|c: char| c.is_ascii_alphabetic()) {
            id = line.split(" =").next().unwrap_or("").to_owned();
            assert!(messages.insert(id.clone(), BTreeSet::new()).is_none(), "{id} twice");
        }
        let own = messages.get_mut(&id).expect("a message began");
        for after in line.split('$').skip(1) {
            own.insert(after.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect());
        }
    }
    messages
}

#[test]
fn the_catalogues_say_the_same_things() {
    assert_eq!(messages(ENGLISH), messages(CHINESE));
    for catalogue in [ENGLISH, CHINESE] {
        assert!(fluent::FluentResource::try_new(catalogue.to_owned()).is_ok());
    }
}

#[test]
fn every_message_can_be_said() {
    for language in Language::ALL {
        let words = Words::new(language);
        let source = if language == Language::English { ENGLISH } else { CHINESE };
        for (id, variables) in messages(source) {
            let values: Vec<_> = variables.iter().map(|name| (name.as_str(), 2.into())).collect();
            let said = words.say_with(&id, &values);
            assert!(said != id && !said.contains('{') && !said.contains('$'), "{language} {id}: {said}");
        }
    }
}

/// How the ids begin that the sources choose first and say later.
const CHOSEN: [&str; 17] = [
    "basis-",
    "book-",
    "capture-",
    "column-",
    "demo-note-",
    "demo-remedy-",
    "demo-udp-",
    "finding",
    "interfaces-",
    "ladder-",
    "list-",
    "live-",
    "meaning-",
    "time-wait-",
    "transitions-",
    "udp-",
    "why-",
];

/// Every string in the sources that is said, or begins like an id, by file.
fn used(directory: &Path, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(directory).expect("the sources are there") {
        let path = entry.expect("the sources can be read").path();
        if path.is_dir() {
            used(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a source is text");
            let code = text.split("#[cfg(test)]").next().unwrap_or("");
            let said = ["say(\"", "say_with(\""].map(|call| (call.to_owned(), ""));
            let chosen = CHOSEN.map(|start| (format!("\"{start}"), start));
            for (before, start) in said.into_iter().chain(chosen) {
                for after in code.split(&before).skip(1) {
                    let id = format!("{start}{}", after.split('"').next().unwrap_or(""));
                    // What is put together at run time is checked by family.
                    if !id.contains(['{', ' ']) && (start != "finding" || id.contains('-')) {
                        found.insert(id, path.display().to_string());
                    }
                }
            }
        }
    }
}

#[test]
fn every_id_in_the_sources_is_in_the_catalogue() {
    let known = messages(ENGLISH);
    let mut found = BTreeMap::new();
    used(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    assert!(found.len() > 100, "the search finds too little: {}", found.len());
    let families =
        ["book-handshake", "book-handshake-text", "book-close", "book-close-text", "book-why", "live-limits"];
    // A scenario of the lab, which begins as an id does.
    found.remove("time-wait-assassinated");
    let missing: Vec<_> =
        found.iter().filter(|(id, _)| !known.contains_key(*id) && !families.contains(&id.as_str())).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// The ids that are put together at run time, or chosen first and said later, are all of these.
#[test]
fn every_name_of_a_view_has_words() {
    let families = [
        ("handshake", "three-way simultaneous fast-open unanswered refused reset incomplete not-captured stray"),
        ("book-handshake", "three-way simultaneous fast-open unanswered refused reset incomplete not-captured stray"),
        ("book-handshake-text", "three-way simultaneous fast-open unanswered refused reset incomplete"),
        ("close", "normal simultaneous half reset none"),
        ("book-close", "four three normal simultaneous half reset refused none"),
        ("book-close-text", "four three normal simultaneous half reset refused none"),
        ("book-why", "four three simultaneous"),
        ("demo-scenario", "client-closes merged server-closes half-close refused reset"),
        ("demo-more", "tcp file"),
        ("verdict", "holds broken undecided not-applicable noted"),
        ("severity", "violation anomaly note"),
        ("basis", "sent proved presumed"),
        ("first", "a b both"),
        ("by", "a b both"),
        ("lost", "kernel interface unknown"),
        ("live-limits", "pcap raw"),
        ("interface-state", "running up down"),
        ("may-capture", "yes no down"),
        (
            "ignored",
            "damaged not-acceptable fragment before-window beyond-window ack-beyond-sent ack-too-old ack-before-syn no-ack",
        ),
        ("ignored", "syn-in-open-connection unmatched-syn-ack reset-not-exact reset-outside-window"),
        ("kind", "copy late resent filling duplicate-ack window-update keep-alive zero-window-probe retransmission"),
        ("kind-retransmission", "timeout fast time-order tail-probe timeout-or-tail-probe acknowledged"),
        ("story", "client server opens-too"),
        ("arc", "midstream"),
        ("lab-host", "client server middle wire"),
        ("lab-crowd", "tap of own far both ends same excused differ outside violations"),
        ("lab-verdict", "agrees possible disagrees unknown as-expected unexpected not-played"),
        ("lab-deed", "listens connects connect-failed accepts writes write-failed reads reads-end read-failed"),
        ("lab-deed", "shuts closes aborts crashes killed steers pause forged"),
        ("witness-excuse", "no-socket ends-unseen fin-waited small-form taken-together"),
        ("witness", "there agrees earlier disagrees cannot-see"),
        ("lab-fate", "lost delayed duplicated held overtaken corrupted truncated stripped clamped forged"),
    ];
    let known = messages(ENGLISH);
    for (family, names) in families {
        for name in names.split(' ') {
            assert!(known.contains_key(&format!("{family}-{name}")), "{family}-{name}");
        }
    }
}

#[test]
fn no_id_is_shown_in_place_of_a_sentence() {
    let known = messages(ENGLISH);
    for language in Language::ALL {
        let words = Words::new(language);
        for (name, text) in pages(&Style { width: 200, ..Style::new(&words) }) {
            for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).filter(|word| word.contains('-'))
            {
                // Some names out of the views are English words as well as ids.
                let is_word = matches!(word, "time-wait" | "fast-open" | "three-way");
                assert!(is_word || !known.contains_key(word), "{name} {language}: {word}");
            }
        }
    }
}

#[test]
fn the_worst_connection_comes_first_and_the_limit_holds() {
    let views: Vec<_> = all().into_iter().map(|sample| sample.view).collect();
    let mut worst = connections::Worst::new(2);
    for view in views {
        worst.offer(view);
    }
    let kept: Vec<u64> = worst.iter().map(|view| view.conn).collect();
    assert_eq!(kept, [8, 1]);
}

#[test]
fn folding_keeps_every_segment_in_the_count() {
    let words = Words::new(Language::English);
    let style = Style::new(&words);
    let sample = all().into_iter().find(|sample| sample.name == "half_close").expect("the sample exists");
    let folded = ladder::page(&sample.view, &sample.steps, Fold::Beyond(8), &style);
    let whole = ladder::page(&sample.view, &sample.steps, Fold::Never, &style);
    assert!(folded.contains("21 segments folded"), "{folded}");
    assert!(!whole.contains("folded"));
    let arrows = |text: &str| text.chars().filter(|c| matches!(c, '▶' | '◀')).count();
    assert_eq!(arrows(&folded) + 21, arrows(&whole));
    assert_eq!(arrows(&whole), sample.steps.len());
}
