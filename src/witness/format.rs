//! The layout of an event in the kernel's ring, from the `format` file of its tracepoint: it differs from kernel to kernel.

use std::collections::BTreeMap;
use std::ops::Range;

/// Where the fields of one event are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Format {
    /// The number with which its records begin; another after each boot.
    pub id: u16,
    fields: BTreeMap<String, Range<usize>>,
}

impl Format {
    /// Reads a `format` file.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let id = text.lines().find_map(|line| line.strip_prefix("ID: "))?.trim().parse().ok()?;
        let fields = text.lines().filter_map(|line| field(line.trim())).collect();
        Some(Self { id, fields })
    }

    /// The octets of a field in a record; `None` if this kernel has no such field, or the record is cut.
    #[must_use]
    pub fn octets<'r>(&self, record: &'r [u8], field: &str) -> Option<&'r [u8]> {
        record.get(self.fields.get(field)?.clone())
    }

    /// A field as a number; of at most eight octets, in this machine's order.
    #[must_use]
    pub fn number(&self, record: &[u8], field: &str) -> Option<u64> {
        let octets = self.octets(record, field)?;
        Some(match octets.len() {
            1 => u64::from(*octets.first()?),
            2 => u64::from(u16::from_ne_bytes(*octets.first_chunk()?)),
            4 => u64::from(u32::from_ne_bytes(*octets.first_chunk()?)),
            8 => u64::from_ne_bytes(*octets.first_chunk()?),
            _ => return None,
        })
    }
}

/// `field:const void * skaddr; offset:8; size:8; signed:0;`, with tabs between.
fn field(line: &str) -> Option<(String, Range<usize>)> {
    let mut parts = line.strip_prefix("field:")?.split(';').map(str::trim);
    let declared = parts.next()?;
    let mut part = |name: &str| parts.next()?.strip_prefix(name)?.strip_prefix(':')?.parse::<usize>().ok();
    let (offset, size) = (part("offset")?, part("size")?);
    let name = declared.split('[').next()?.split([' ', '*']).next_back()?;
    Some((name.to_owned(), offset..offset.checked_add(size)?))
}

/// The names that a `print fmt` gives to the numbers of one field: `{ 3, "NO_SOCKET" }`.
#[must_use]
pub fn names(text: &str, field: &str) -> BTreeMap<u64, String> {
    let mut names = BTreeMap::new();
    let Some((_, list)) = text.split_once(&format!("__print_symbolic(REC->{field}, ")) else { return names };
    let list = list.split("})").next().unwrap_or_default();
    for entry in list.split('{').skip(1) {
        let entry = entry.split('}').next().unwrap_or_default();
        let Some((number, name)) = entry.split_once(',') else { continue };
        if let Ok(number) = number.trim().parse() {
            names.insert(number, name.trim().trim_matches('"').to_owned());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::{Format, names};

    const TEXT: &str = "name: tcp_send_reset\nID: 2280\nformat:\n\
        \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n\n\
        \tfield:const void * skaddr;\toffset:8;\tsize:8;\tsigned:0;\n\
        \tfield:__u8 saddr[4];\toffset:16;\tsize:4;\tsigned:0;\n\n\
        print fmt: \"%s\", __print_symbolic(REC->reason, { 0, \"NOT_SPECIFIED\" }, { 11, \"TCP_ABORT_ON_CLOSE\" })";

    #[test]
    fn fields_are_found_by_name_and_others_are_not() {
        let format = Format::read(TEXT).unwrap();
        assert_eq!(format.id, 2280);
        let mut record = vec![0; 20];
        record[8] = 7;
        record[16..].copy_from_slice(&[1, 2, 3, 4]);
        assert_eq!(format.number(&record, "skaddr"), Some(7));
        assert_eq!(format.octets(&record, "saddr"), Some(&[1, 2, 3, 4][..]));
        assert_eq!(format.number(&record, "daddr"), None);
        assert_eq!(format.number(&record[..12], "skaddr"), None);
        assert_eq!(Format::read("name: x"), None);
    }

    #[test]
    fn reasons_have_the_names_of_this_kernel() {
        let reasons = names(TEXT, "reason");
        assert_eq!(reasons.get(&11).map(String::as_str), Some("TCP_ABORT_ON_CLOSE"));
        assert_eq!(reasons.len(), 2);
        assert!(names(TEXT, "state").is_empty());
    }
}
