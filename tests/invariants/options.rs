//! TCP options: walked whole, and what the walk tells can be written down again as the same octets.

use synfin::wire::options::{Options, TcpOption};

/// An option's own octets, as its RFC draws them.
fn encoded(option: &TcpOption<'_>) -> Vec<u8> {
    let sized = |kind: u8, body: &[u8]| {
        let length = u8::try_from(body.len() + 2).expect("a length octet can say it");
        [&[kind, length], body].concat()
    };
    match option {
        TcpOption::End => vec![0],
        TcpOption::NoOperation => vec![1],
        TcpOption::MaximumSegmentSize(size) => sized(2, &size.to_be_bytes()),
        TcpOption::WindowScale(shift) => sized(3, &[*shift]),
        TcpOption::SackPermitted => sized(4, &[]),
        TcpOption::Sack(edges) => sized(5, edges),
        TcpOption::Timestamps(value, echo) => sized(8, &[value.to_be_bytes(), echo.to_be_bytes()].concat()),
        TcpOption::FastOpen(cookie) => sized(34, cookie),
        TcpOption::Multipath(body) => sized(30, body),
        TcpOption::Other(kind, body) => sized(*kind, body),
    }
}

/// Any octets where options stand.
///
/// # Panics
///
/// If an octet is neither in an option, nor behind the end or a fault, or two ways to look at an option disagree.
pub fn check(octets: &[u8]) {
    // A header has room for 40; the walk must not depend on that.
    let options = Options { octets: &octets[..octets.len().min(300)] };
    let walked: Vec<TcpOption<'_>> = options.iter().collect();
    let again: Vec<u8> = walked.iter().flat_map(encoded).collect();
    assert_eq!(options.octets.get(..again.len()), Some(&again[..]), "decoded and encoded again");
    let ended = walked.last() == Some(&TcpOption::End);
    match options.fault() {
        Some(fault) => {
            assert!(!ended, "a fault behind the end");
            assert_eq!((fault.at, fault.room), (again.len(), options.octets.len() - again.len()), "{fault:?}");
            assert!(fault.length.is_none_or(|length| length < 2 || usize::from(length) > fault.room), "{fault:?}");
        }
        None => assert!(ended || again.len() == options.octets.len(), "octets that nothing accounts for"),
    }
    let first = |pick: fn(&TcpOption<'_>) -> bool| walked.iter().find(|option| pick(option)).copied();
    let stamps = first(|it| matches!(it, TcpOption::Timestamps(..)));
    assert_eq!(options.timestamps().map(|(value, echo)| TcpOption::Timestamps(value, echo)), stamps);
    let size = first(|it| matches!(it, TcpOption::MaximumSegmentSize(_)));
    assert_eq!(options.mss().map(TcpOption::MaximumSegmentSize), size);
    let scale = first(|it| matches!(it, TcpOption::WindowScale(_)));
    assert_eq!(options.window_scale().map(TcpOption::WindowScale), scale);
    assert_eq!(options.sack_permitted(), walked.contains(&TcpOption::SackPermitted));
    let edges = walked.iter().map(|it| if let TcpOption::Sack(edges) = it { edges.len() / 8 } else { 0 });
    assert!(options.sack_blocks().count() <= edges.sum(), "more blocks than octets for them");
    let _ = (options.fast_open(), options.multipath());
}
