//! A BPF expression as a program that the kernel runs on a packet socket.

use socket2::SockFilter;

use super::super::SourceError;
use super::super::filter::{self, Instruction};
use crate::packet::LinkType;

/// `BPF_RET | BPF_K`: the end of a program, with the octets to keep.
const RETURN: u16 = 0x06;

/// Compiles `expression` for frames of `link`; the kernel keeps `snap` octets of each frame that it lets through. An empty
/// expression lets every frame through.
///
/// # Errors
///
/// [`SourceError::Filter`] with what is wrong, and where.
pub(super) fn compile(link: LinkType, expression: &str, snap: u32) -> Result<Vec<SockFilter>, SourceError> {
    let program = keeping(link, expression, snap)?;
    Ok(program.into_iter().map(|it| SockFilter::new(it.code, it.jt, it.jf, it.k)).collect())
}

fn keeping(link: LinkType, expression: &str, snap: u32) -> Result<Vec<Instruction>, SourceError> {
    let program = filter::compile(link, expression)?;
    let instructions = program.instructions().iter().map(|instruction| Instruction {
        k: if instruction.code == RETURN && instruction.k != 0 { snap } else { instruction.k },
        ..*instruction
    });
    Ok(instructions.collect())
}

#[cfg(test)]
mod tests {
    use super::{RETURN, keeping};
    use crate::packet::LinkType;

    /// What the ends of the program keep.
    fn kept(link: u16, expression: &str, snap: u32) -> Vec<u32> {
        let program = keeping(LinkType(link), expression, snap).unwrap();
        program.iter().filter(|instruction| instruction.code == RETURN).map(|instruction| instruction.k).collect()
    }

    #[test]
    fn an_empty_expression_keeps_the_snap_length_of_every_frame() {
        assert_eq!(kept(1, "", 96), [96]);
    }

    #[test]
    fn a_filter_keeps_the_snap_length_of_what_it_lets_through_and_nothing_of_the_rest() {
        let kept = kept(101, "tcp port 80", 1500);
        assert!(kept.contains(&1500) && kept.contains(&0), "{kept:?}");
        assert!(kept.iter().all(|k| [0, 1500].contains(k)), "{kept:?}");
    }

    #[test]
    fn a_bad_expression_is_answered_in_words() {
        for (bad, found) in [
            ("tcp prot 80", "syntax error at \"prot\", character 5; did you mean \"tcp port 80\"?"),
            ("host", "syntax error: it ends too early, after \"host\""),
            ("nul\0octet", "it contains a NUL character"),
            ("tcp and udp", "no packet can pass it"),
        ] {
            let error = keeping(LinkType(1), bad, 96).unwrap_err().to_string();
            assert_eq!(error, format!("cannot compile the filter \"{bad}\": {found}"));
        }
    }
}
