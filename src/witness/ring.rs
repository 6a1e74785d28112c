//! Pages of the kernel's ring buffer, as `trace_pipe_raw` delivers them (Documentation/trace/ring-buffer-map.rst and
//! include/linux/ring_buffer.h): each begins with its time and its length, then events whose times are differences.
//!
//! A pure function of octets; whatever stands in them, it ends and reads nothing outside.

/// A word of the header of a page: its length in the low 20 bits, and whether events before it were lost.
const LENGTH: u64 = 0xf_ffff;
const LOST: u64 = 1 << 31;
const HEADER: usize = 16;

/// Kinds of entries other than records, in the low five bits of an entry.
const PADDING: u32 = 29;
const TIME_EXTEND: u32 = 30;
const TIME_STAMP: u32 = 31;

/// What a page holds.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Page<'p> {
    /// Records with their time in nanoseconds of the trace clock.
    pub records: Vec<(u64, &'p [u8])>,
    /// Whether the kernel says that it lost events before this page.
    pub lost: bool,
    /// Whether the page does not end where it should: what is missing is lost too.
    pub broken: bool,
}

/// Reads one page.
#[must_use]
pub fn page(octets: &[u8]) -> Page<'_> {
    let mut page = Page::default();
    let (Some(mut time), Some(commit)) = (long(octets, 0), long(octets, 8)) else {
        page.broken = !octets.is_empty();
        return page;
    };
    page.lost = commit & LOST != 0;
    let end = HEADER + (commit & LENGTH) as usize;
    let mut at = HEADER;
    while at < end {
        let Some(entry) = word(octets, at) else {
            page.broken = true;
            return page;
        };
        let (kind, delta) = (entry & 31, u64::from(entry >> 5));
        let next = word(octets, at + 4);
        let length = match (kind, next) {
            // A page that is not full.
            (PADDING, _) if delta == 0 => return page,
            (PADDING, Some(length)) => {
                time = time.wrapping_add(delta);
                at = at.saturating_add(4 + length as usize);
                continue;
            }
            (TIME_EXTEND, Some(high)) => {
                time = time.wrapping_add((u64::from(high) << 27) + delta);
                at += 8;
                continue;
            }
            (TIME_STAMP, Some(high)) => {
                // An absolute time has 59 bits; the upper ones stay.
                time = ((u64::from(high) << 27) + delta) | (time & (0x1f << 59));
                at += 8;
                continue;
            }
            (0, Some(length)) => {
                at += 8;
                (length as usize).saturating_sub(4)
            }
            (1..PADDING, _) => {
                at += 4;
                kind as usize * 4
            }
            _ => {
                page.broken = true;
                return page;
            }
        };
        time = time.wrapping_add(delta);
        let Some(record) = octets.get(at..at.saturating_add(length)) else {
            page.broken = true;
            return page;
        };
        page.records.push((time, record));
        // Lengths are whole words.
        at = at.saturating_add(length.next_multiple_of(4));
    }
    page
}

fn word(octets: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_ne_bytes(*octets.get(at..)?.first_chunk()?))
}

fn long(octets: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_ne_bytes(*octets.get(at..)?.first_chunk()?))
}

#[cfg(test)]
mod tests {
    use super::{HEADER, LOST, page};

    fn built(commit: u64, words: &[u32]) -> Vec<u8> {
        let mut octets = 1000_u64.to_ne_bytes().to_vec();
        octets.extend(commit.to_ne_bytes());
        octets.extend(words.iter().flat_map(|word| word.to_ne_bytes()));
        octets
    }

    #[test]
    fn times_add_up_and_lengths_come_in_both_forms() {
        let words = [
            // Two words of data, 5 ns later.
            2 | 5 << 5,
            0xaaaa_aaaa,
            0xbbbb_bbbb,
            // 2^27 ns and 1 more.
            30 | 1 << 5,
            1,
            // A length of its own: 8 octets, of which 4 are its word.
            1 << 5,
            8,
            0xcccc_cccc,
        ];
        let octets = built(32, &words);
        let read = page(&octets);
        let times: Vec<(u64, usize)> = read.records.iter().map(|(time, record)| (*time, record.len())).collect();
        assert_eq!(times, [(1005, 8), (1005 + (1 << 27) + 1 + 1, 4)]);
        assert!(!read.lost && !read.broken);
    }

    #[test]
    fn a_page_that_is_not_full_ends_and_a_loss_is_told() {
        let octets = built(8 | LOST, &[29, 0]);
        let read = page(&octets);
        assert!(read.records.is_empty() && read.lost && !read.broken);
    }

    #[test]
    fn whatever_stands_there_reading_ends() {
        for length in 0..HEADER {
            assert!(page(&vec![0; length]).records.is_empty());
        }
        let mut state = 1_u64;
        for _ in 0..2_000 {
            let mut octets = built(0xfff, &[]);
            for _ in 0..64 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                octets.push((state >> 33) as u8);
            }
            let read = page(&octets);
            assert!(read.records.iter().all(|(_, record)| record.len() <= octets.len()));
        }
        assert!(page(&built(8, &[1])).broken);
    }
}
