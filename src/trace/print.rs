//! Steps to text, in aligned columns. `parse` reads back the same steps.

use super::parse::LETTERS;
use super::{DEFAULT_SPACING, DEFAULT_WINDOW, Step};
use crate::peer::Peer;
use crate::timestamp::Elapsed;
use crate::wire::segment::Flags;
use std::fmt::Write;

/// Writes a trace, a line for each step, its columns aligned; no comments.
#[must_use]
pub fn print(steps: &[Step]) -> String {
    let cells: Vec<[String; 4]> = steps.iter().map(cells).collect();
    let widths = [0, 1, 2, 3].map(|column| cells.iter().map(|row| row[column].chars().count()).max().unwrap_or(0));
    let mut text = String::new();
    for (step, [a, flags, segment, b]) in steps.iter().zip(&cells) {
        let arrow = match step.from {
            Peer::A => '>',
            Peer::B => '<',
        };
        let [wide_a, wide_flags, wide_segment, wide_b] = widths;
        let mut line =
            format!("  {a:wide_a$}  {arrow} {flags:wide_flags$} {segment:wide_segment$}  {arrow}  {b:wide_b$}");
        for (mark, ids) in [('!', &step.broken), ('~', &step.noted), ('^', &step.silent)] {
            if !ids.is_empty() {
                let _ = write!(line, "  {mark} {}", ids.join(" "));
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// State of A, flags, the rest of the segment, state of B.
fn cells(step: &Step) -> [String; 4] {
    let mut segment = format!("{}:{}({})", step.seq, step.seq + step.len, step.len);
    if let Some(ack) = step.ack {
        let _ = write!(segment, " ack {ack}");
    }
    if step.window != DEFAULT_WINDOW {
        let _ = write!(segment, " win {}", step.window);
    }
    if !step.options.is_empty() {
        let options: Vec<String> = step.options.iter().map(ToString::to_string).collect();
        let _ = write!(segment, " <{}>", options.join(","));
    }
    for attribute in &step.attributes {
        let _ = write!(segment, " {attribute}");
    }
    if step.since_previous != DEFAULT_SPACING {
        let _ = write!(segment, " {}", seconds(step.since_previous));
    }
    [step.states.a.clone(), letters(step.flags), segment, step.states.b.clone()]
}

fn letters(flags: Flags) -> String {
    let set: String = LETTERS.iter().filter(|(_, bit)| flags.0 & bit != 0).map(|(letter, _)| *letter).collect();
    if set.is_empty() { "-".to_owned() } else { set }
}

/// With sign, and three to nine decimals.
fn seconds(span: Elapsed) -> String {
    let ns = span.as_ns();
    let size = ns.unsigned_abs();
    let mut text = format!("{}{}.{:09}", if ns < 0 { '-' } else { '+' }, size / 1_000_000_000, size % 1_000_000_000);
    while text.ends_with('0') && !text.ends_with(".000") && text.len() - text.find('.').unwrap_or(0) > 4 {
        text.pop();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{print, seconds};
    use crate::timestamp::Elapsed;
    use crate::trace::parse;

    #[test]
    fn columns_align_and_defaults_stay_unwritten() {
        let text = "SYN-SENT > S 100:100(0) win 65535 +0.001 > ?  # comment\n\
                    ESTABLISHED < S. 300:300(0) ack 101 win 512 < SYN-RECEIVED ~ b ! a";
        assert_eq!(
            print(&parse(text).unwrap()),
            "  SYN-SENT     > S  100:100(0)                  >  ?\n\
             \x20 ESTABLISHED  < S. 300:300(0) ack 101 win 512  <  SYN-RECEIVED  ! a  ~ b\n"
        );
    }

    #[test]
    fn spans_keep_every_nanosecond_and_no_needless_zero() {
        let shown = |ns| seconds(Elapsed::from_ns(ns));
        assert_eq!(shown(10_000_000), "+0.010");
        assert_eq!(shown(1), "+0.000000001");
        assert_eq!(shown(-3_000_000_000), "-3.000");
        assert_eq!(shown(i64::MIN), "-9223372036.854775808");
    }
}
