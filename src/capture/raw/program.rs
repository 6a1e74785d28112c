//! A BPF expression as a program that the kernel runs on a packet socket.
//!
//! libpcap compiles it; the crate shows the instructions only as text, so they are read back from that.

use pcap::{Capture, Linktype};
use socket2::SockFilter;

use super::super::SourceError;
use super::super::libpcap::text;
use crate::packet::LinkType;

/// `BPF_RET | BPF_K`: the end of a program, with the octets to keep.
const RETURN: u16 = 0x06;

/// Compiles `expression` for frames of `link`; the kernel keeps `snap` octets of each frame that it lets through. An empty
/// expression lets every frame through.
///
/// # Errors
///
/// [`SourceError::Filter`] with what libpcap said.
pub(super) fn compile(link: LinkType, expression: &str, snap: u32) -> Result<Vec<SockFilter>, SourceError> {
    let instructions = instructions(link, expression, snap)
        .map_err(|found| SourceError::Filter { expression: expression.to_owned(), found })?;
    Ok(instructions
        .into_iter()
        .map(|[code, jt, jf, k]| {
            let narrow = |jump: u32| u8::try_from(jump).unwrap_or(u8::MAX);
            SockFilter::new(u16::try_from(code).unwrap_or(u16::MAX), narrow(jt), narrow(jf), k)
        })
        .collect())
}

fn instructions(link: LinkType, expression: &str, snap: u32) -> Result<Vec<[u32; 4]>, String> {
    let dead = Capture::dead(system_number(link)).map_err(|error| text(&error))?;
    let program = dead.compile(expression, true).map_err(|error| text(&error))?;
    program
        .get_instructions()
        .iter()
        .map(|instruction| {
            let shown = instruction.to_string();
            let mut numbers = shown.split(' ').map(str::parse::<u32>);
            let mut next =
                || numbers.next().and_then(Result::ok).ok_or_else(|| format!("cannot read the instruction {shown}"));
            let [code, jt, jf, k] = [next()?, next()?, next()?, next()?];
            let keeps = code == u32::from(RETURN) && k != 0;
            Ok([code, jt, jf, if keeps { snap } else { k }])
        })
        .collect()
}

/// libpcap wants this system's DLT_* number, which for raw IP is not that of files.
fn system_number(link: LinkType) -> Linktype {
    match link.0 {
        100 => Linktype(11),
        101 => Linktype(12),
        number => Linktype(i32::from(number)),
    }
}

#[cfg(test)]
mod tests {
    use super::instructions;
    use crate::packet::LinkType;

    #[test]
    fn an_empty_expression_keeps_the_snap_length_of_every_frame() {
        assert_eq!(instructions(LinkType(1), "", 96), Ok(vec![[6, 0, 0, 96]]));
    }

    #[test]
    fn a_filter_keeps_the_snap_length_of_what_it_lets_through_and_nothing_of_the_rest() {
        let program = instructions(LinkType(101), "tcp port 80", 1500).unwrap();
        let kept: Vec<_> = program.iter().filter(|[code, ..]| *code == 6).map(|[.., k]| *k).collect();
        assert!(kept.contains(&1500) && kept.contains(&0), "{kept:?}");
        assert!(kept.iter().all(|k| [0, 1500].contains(k)), "{kept:?}");
    }

    #[test]
    fn a_bad_expression_is_answered_in_words() {
        for bad in ["tcp prot 80", "host", "nul\0octet"] {
            assert!(!instructions(LinkType(1), bad, 96).unwrap_err().is_empty(), "{bad}");
        }
    }
}
