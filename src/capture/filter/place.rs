//! Where a filter expression is wrong, and what may have been meant.
//!
//! libpcap says "syntax error" and no more, so the place is found by asking it again: the first word after which no
//! ending makes sense is the wrong one. Names of hosts are replaced before asking, so nothing is resolved. Used by
//! `filter` for expressions that did not compile.

use super::program::Program;
use crate::packet::LinkType;

/// Words of an expression that are looked at; a longer one is not explained.
const MOST_WORDS: usize = 64;

/// The words of pcap-filter(7) that say what is meant, without the names of fields and values.
const KEYWORDS: &[&str] = &[
    "ah",
    "and",
    "arp",
    "atalk",
    "broadcast",
    "carp",
    "dst",
    "esp",
    "ether",
    "fddi",
    "gateway",
    "geneve",
    "greater",
    "host",
    "icmp",
    "icmp6",
    "igmp",
    "igrp",
    "inbound",
    "ip",
    "ip6",
    "ipx",
    "isis",
    "less",
    "link",
    "mask",
    "mpls",
    "multicast",
    "net",
    "not",
    "or",
    "outbound",
    "pim",
    "port",
    "portrange",
    "ppp",
    "pppoed",
    "pppoes",
    "proto",
    "protochain",
    "radio",
    "rarp",
    "sctp",
    "slip",
    "src",
    "stp",
    "tcp",
    "tcp-ack",
    "tcp-cwr",
    "tcp-ece",
    "tcp-fin",
    "tcp-push",
    "tcp-rst",
    "tcp-syn",
    "tcp-urg",
    "tcpflags",
    "udp",
    "vlan",
    "vrrp",
    "wlan",
    "len",
    "icmptype",
    "icmpcode",
];

/// Endings of which one must make sense after every beginning that does.
const ENDINGS: &[&str] =
    &["", "tcp", "1", "192.0.2.1", "port 1", "host 192.0.2.1", "] = 0", "= 0", "0 = 0", "00:00:5e:00:53:01"];

/// Says what libpcap said, where in the expression it applies, and what similar expression would compile.
pub(super) fn explain(expression: &str, said: &str) -> String {
    let words = words(expression);
    if words.len() > MOST_WORDS {
        return said.to_owned();
    }
    let meant = similar(expression, &words);
    let suggestion = meant.as_ref().map(|(_, meant)| format!("; did you mean \"{meant}\"?")).unwrap_or_default();
    if !said.contains("syntax error") {
        // libpcap quotes the word where it knows it.
        let quoted = said.split('\'').nth(1).filter(|quoted| !quoted.is_empty());
        let place = quoted.and_then(|quoted| words.iter().find(|word| word.text == quoted));
        return match place {
            Some(word) => format!("{said}, at character {}{suggestion}", character(expression, word)),
            None => said.to_owned(),
        };
    }
    if let Some((word, _)) = meant {
        return format!("{}{suggestion}", wrong(expression, word));
    }
    let sensible = (0..=words.len()).rev().find(|count| makes_sense(words.get(..*count).unwrap_or_default()));
    match (sensible.and_then(|count| words.get(count)), words.last()) {
        (Some(word), _) => wrong(expression, word),
        (None, Some(last)) if sensible.is_some() => format!("syntax error: it ends too early, after \"{}\"", last.text),
        _ => said.to_owned(),
    }
}

fn wrong(expression: &str, word: &Word<'_>) -> String {
    let at = format!("syntax error at \"{}\", character {}", word.text, character(expression, word));
    if word.text.contains('.') && word.text.chars().all(|c| c.is_ascii_lowercase() || c == '.') {
        format!("{at}; this wants tcpdump's language (\"man pcap-filter\"), not that of Wireshark's display filters")
    } else {
        at
    }
}

/// The place of a word in characters, from 1.
fn character(expression: &str, word: &Word<'_>) -> usize {
    expression.get(..word.at).unwrap_or_default().chars().count() + 1
}

struct Word<'e> {
    /// Octets before it.
    at: usize,
    text: &'e str,
}

/// Splits an expression as libpcap does, near enough: words and numbers, operators of one or two characters.
fn words(expression: &str) -> Vec<Word<'_>> {
    const DOUBLE: &[&str] = &["&&", "||", "<=", ">=", "==", "!=", "<<", ">>"];
    let in_word = |c: char| c.is_alphanumeric() || "._:\\-/".contains(c);
    let mut words = Vec::new();
    let mut rest = expression;
    loop {
        rest = rest.trim_start();
        let Some(first) = rest.chars().next() else { return words };
        let length = if in_word(first) {
            rest.find(|c| !in_word(c)).unwrap_or(rest.len())
        } else if DOUBLE.iter().any(|double| rest.starts_with(double)) {
            2
        } else {
            first.len_utf8()
        };
        let (text, after) = rest.split_at(length);
        words.push(Word { at: expression.len() - rest.len(), text });
        rest = after;
    }
}

/// Whether a word is a name of the user's: neither libpcap's, nor a number or address, nor an operator.
fn is_name(word: &str) -> bool {
    let value = |c: char| c.is_ascii_hexdigit() || ".:/x-".contains(c);
    word.starts_with(char::is_alphabetic)
        && !KEYWORDS.contains(&word)
        && !(word.contains([':', '.']) && word.chars().all(value))
}

/// The first word that, replaced by a keyword like it, makes the expression compile; and that expression.
fn similar<'w, 'e>(expression: &'e str, words: &'w [Word<'e>]) -> Option<(&'w Word<'e>, String)> {
    for (place, word) in words.iter().enumerate().filter(|(_, word)| is_name(word.text)) {
        let text = word.text.to_ascii_lowercase();
        let near = |keyword: &&'static str| {
            let distance = strsim::damerau_levenshtein(&text, keyword);
            (distance <= 2 && distance < keyword.len()).then_some((distance, *keyword))
        };
        let mut candidates: Vec<_> = KEYWORDS.iter().filter_map(near).collect();
        candidates.sort_unstable();
        for (_, keyword) in candidates.into_iter().take(6) {
            let mut replaced: Vec<&str> = words.iter().map(|word| word.text).collect();
            *replaced.get_mut(place)? = keyword;
            if compiles(&without_names(&replaced)) {
                let before = expression.get(..word.at)?;
                let after = expression.get(word.at + word.text.len()..)?;
                return Some((word, format!("{before}{keyword}{after}")));
            }
        }
    }
    None
}

/// Whether some ending makes these words an expression.
fn makes_sense(words: &[Word<'_>]) -> bool {
    let words: Vec<&str> = words.iter().map(|word| word.text).collect();
    let start = without_names(&words);
    let open = |opened, closed| {
        let count = |which| words.iter().filter(|word| **word == which).count();
        count(opened).saturating_sub(count(closed))
    };
    let parentheses = ")".repeat(open("(", ")").min(MOST_WORDS));
    let end = |ending: &str| format!("{start} {ending} {parentheses}");
    // A parenthesis may enclose a number as well as a condition.
    ENDINGS
        .iter()
        .any(|ending| compiles(&end(ending)) || (!parentheses.is_empty() && compiles(&format!("{} = 0", end(ending)))))
}

/// The words as one expression, with addresses and numbers for names where such may stand, so that nothing is resolved.
fn without_names(words: &[&str]) -> String {
    let mut before = "";
    let mut written = String::new();
    for word in words {
        let replaced = match before {
            "host" | "src" | "dst" | "net" | "gateway" | "and" | "or" | "not" | "&&" | "||" | "!" | "("
                if is_name(word) =>
            {
                "192.0.2.1"
            }
            "port" | "portrange" if is_name(word) => "1",
            _ => word,
        };
        written.push_str(replaced);
        written.push(' ');
        before = word;
    }
    written
}

fn compiles(expression: &str) -> bool {
    Program::compile(LinkType(1), expression).is_ok()
}

#[cfg(test)]
mod tests {
    use super::explain;
    use crate::capture::filter::program::Program;
    use crate::packet::LinkType;

    fn explained(expression: &str) -> String {
        let said = Program::compile(LinkType(1), expression).expect_err("a wrong expression");
        explain(expression, &said)
    }

    #[test]
    fn a_keyword_mistyped_is_pointed_at_and_corrected() {
        let meant = |expression| explained(expression);
        assert_eq!(meant("tcp prot 80"), "syntax error at \"prot\", character 5; did you mean \"tcp port 80\"?");
        assert_eq!(meant("tpc port 80"), "syntax error at \"tpc\", character 1; did you mean \"tcp port 80\"?");
        assert_eq!(
            meant("tcp port 80 adn host 192.0.2.7"),
            "syntax error at \"adn\", character 13; did you mean \"tcp port 80 and host 192.0.2.7\"?"
        );
        assert_eq!(
            meant("tcp[tcpflags] & tcp-sny != 0"),
            "syntax error at \"tcp-sny\", character 17; did you mean \"tcp[tcpflags] & tcp-syn != 0\"?"
        );
    }

    #[test]
    fn the_first_word_that_cannot_go_on_is_pointed_at() {
        assert_eq!(explained("tcp and and udp"), "syntax error at \"and\", character 9");
        assert_eq!(explained("tcp )"), "syntax error at \")\", character 5");
        assert_eq!(explained("十 tcp"), "syntax error at \"十\", character 1");
        assert_eq!(explained("port 80 @ tcp"), "syntax error at \"@\", character 9");
        assert_eq!(explained("(tcp or udp) and port 80 90"), "syntax error at \"90\", character 26");
    }

    #[test]
    fn wiresharks_language_is_recognised() {
        assert!(explained("tcp.port == 80").ends_with("not that of Wireshark's display filters"));
    }

    #[test]
    fn an_expression_that_only_lacks_its_end_is_told_so() {
        for (expression, last) in [("tcp port", "port"), ("tcp and", "and"), ("(tcp", "tcp"), ("tcp[13", "13")] {
            assert_eq!(explained(expression), format!("syntax error: it ends too early, after \"{last}\""));
        }
    }

    #[test]
    fn what_libpcap_knows_gets_its_place() {
        assert_eq!(explained("tcp port nosuchport"), "unknown port 'nosuchport', at character 10");
        assert_eq!(
            explain("udp and (dst prt 53)", "unknown host 'prt'"),
            "unknown host 'prt', at character 14; did you mean \"udp and (dst port 53)\"?"
        );
        assert_eq!(explained("port 99999"), "illegal port number 99999 > 65535");
    }

    #[test]
    fn nothing_makes_it_panic() {
        for expression in ["", "'", "\"", "é", "\\", "((((((((((", "])", &"tcp and ".repeat(200)] {
            explain(expression, "syntax error");
            explain(expression, "unknown 'é'");
            explain(expression, "unknown '");
        }
    }
}
