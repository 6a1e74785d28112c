//! What became of fast open, and of octets in the SYN without it: RFC 7413, Sections 4.1 and 4.2.

use crate::peer::Peer;
use crate::tcp::connection::Connection;
use crate::tcp::offer::Offer;

/// A stable word; `None` where no SYN has to do with it.
pub(super) fn outcome(it: &Connection) -> Option<&'static str> {
    let opener = it.candidates.last().map_or(Peer::A, |syn| syn.from);
    let cookie = |offer: &Offer| offer.terms.cookie;
    let syns = it.offers(opener).filter(|offer| offer.ack.is_none());
    let cookies: Vec<Option<u8>> = syns.map(cookie).collect();
    let mut answers = it.offers(it.other(opener)).filter(|offer| offer.ack.is_some()).map(cookie).peekable();
    let answered = answers.peek().is_some();
    let granted = answers.any(|cookie| cookie.is_some_and(|octets| octets > 0));
    let data = it.candidates.iter().any(|syn| syn.from == opener && syn.payload > 0);
    let taken = it.takes_data_of_syn();
    let brought = cookies.iter().flatten().any(|octets| *octets > 0);
    let asked = cookies.contains(&Some(0));
    let dropped = cookies.first().is_some_and(Option::is_some) && cookies.last().is_some_and(Option::is_none);
    Some(match (brought, asked, data) {
        (true, ..) | (_, true, _) if dropped && !taken && !granted => "given-up",
        (true, _, true) if taken => "taken",
        (true, _, true) if granted => "renewed",
        (true, _, true) if answered => "declined",
        (true, _, true) => "tried",
        (true, _, false) => "cookie",
        (false, true, _) if granted => "granted",
        (false, true, _) if answered => "not-granted",
        (false, true, _) => "asked",
        (false, false, _) if granted => "unasked",
        (false, false, true) if taken => "data-taken",
        (false, false, true) if answered => "data-left",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use crate::report::example::judged;

    #[track_caller]
    fn told(syns: &str, answer: &str, word: Option<&str>) {
        let trace = format!(
            "{syns}\nESTABLISHED < S. 300:300(0) {answer} < SYN-RECEIVED\nESTABLISHED > . 106:106(0) ack 301 > ESTABLISHED\n"
        );
        let example = judged(&trace).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(example.fast_open(), word, "{trace}");
    }

    #[test]
    fn each_way_of_fast_open_is_told_apart() {
        const ASKS: &str = "SYN-SENT > S 100:100(0) <fo> > LISTEN";
        const BRINGS: &str = "SYN-SENT > S 100:105(5) <fo 0102030405060708> > LISTEN";
        const PLAIN: &str = "SYN-SENT > S 100:105(5) > LISTEN";
        told(ASKS, "ack 101 <fo 0102030405060708>", Some("granted"));
        told(ASKS, "ack 101", Some("not-granted"));
        told(BRINGS, "ack 106", Some("taken"));
        told(BRINGS, "ack 101", Some("declined"));
        told(BRINGS, "ack 101 <fo 1112131415161718>", Some("renewed"));
        told(&format!("{BRINGS}\nSYN-SENT > S 100:100(0) +1 > LISTEN"), "ack 101", Some("given-up"));
        told("SYN-SENT > S 100:100(0) <fo 0102030405060708> > LISTEN", "ack 101", Some("cookie"));
        told("SYN-SENT > S 100:100(0) > LISTEN", "ack 101 <fo 0102030405060708>", Some("unasked"));
        told(PLAIN, "ack 106", Some("data-taken"));
        told(PLAIN, "ack 101", Some("data-left"));
        told("SYN-SENT > S 100:100(0) > LISTEN", "ack 101", None);
    }
}
