//! What a file is, by its first octets: a capture that is read here, or something that another program turns into one.
//!
//! Magic numbers only; extensions are never looked at. Used by the opening of files.

use super::octets::Octets;
use super::packed::{self, Packing};
use super::{Fault, pcap, pcapng, snoop};

/// The formats that are read.
pub(super) enum Container {
    Pcap,
    Pcapng,
    Snoop,
    /// Something that has to be unpacked first.
    Packed(Packing),
}

/// How to get a capture out of something else.
#[derive(Clone, Copy)]
enum Conversion {
    /// A command that writes the unpacked file to its standard output.
    Unpack(&'static str),
    /// Wireshark's editcap reads it.
    Editcap,
    /// If anything reads it, it is Wireshark's editcap.
    PerhapsEditcap,
    /// Wireshark's text2pcap reads it.
    Text2pcap,
    /// Ask for one.
    Capture,
}

/// First octets, what starts so, how to convert it.
const KNOWN: &[(&[u8], &str, Conversion)] = &[
    (&[0x1f, 0x8b], "gzip-compressed data of an unknown method", Conversion::Unpack("gunzip -c")),
    (&[0x1f, 0x9d], "data compressed by compress(1)", Conversion::Unpack("gunzip -c")),
    (b"LZIP", "lzip-compressed data", Conversion::Unpack("lzip -dc")),
    (b"PK\x03\x04", "a zip archive", Conversion::Unpack("unzip -p")),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", Conversion::Unpack("7z e -so")),
    (b"RTSS", "a Microsoft Network Monitor 1.x capture", Conversion::Editcap),
    (b"GMBU", "a Microsoft Network Monitor 2.x capture", Conversion::Editcap),
    (b"btsnoop\0", "a Bluetooth snoop capture, which carries no TCP", Conversion::Capture),
    (b"TRSNIFF data    \x1a", "a Sniffer (DOS) capture", Conversion::Editcap),
    (b"XCP\0", "a Sniffer (Windows) or NetXRay capture", Conversion::Editcap),
    (b"VL\0\0", "a NetXRay 1.x capture", Conversion::Editcap),
    (b"\x05VNF", "a Visual Networks capture", Conversion::Editcap),
    (&[0xaa, 0xaa, 0xaa, 0xaa], "an Accellent 5Views capture", Conversion::Editcap),
    (b"iptrace ", "an AIX iptrace capture", Conversion::Editcap),
    (&[0x7f, b'v', b'e', b'r'], "an EtherPeek or OmniPeek capture", Conversion::Editcap),
    (&[0x01, 0x10, 0x4c, 0x00], "a Novell LANalyzer capture", Conversion::Editcap),
    (&[0x00, 0x00, 0x02, 0x00, 0x12, 0x05, 0x00, 0x10], "a Tektronix K12xx capture", Conversion::Editcap),
    (b"+---------+---------------+", "a Tektronix K12xx text export", Conversion::Editcap),
    (&[0x1c, 0x00, 0x01, 0xac], "an IXIA hardware capture", Conversion::Editcap),
    (&[0xac, 0x01, 0x00, 0x1c], "an IXIA hardware capture", Conversion::Editcap),
    (&[0x1c, 0x00, 0x01, 0xab], "an IXIA software capture", Conversion::Editcap),
    (&[0xab, 0x01, 0x00, 0x1c], "an IXIA software capture", Conversion::Editcap),
    (&[0xa1, 0xe2, 0xcb, 0x12], "a Navtel pcap variant", Conversion::Editcap),
    (&[0x12, 0xcb, 0xe2, 0xa1], "a Navtel pcap variant", Conversion::Editcap),
    (&[0x5a, 0x01, 0x10, 0x50], "a Cinco NetXRay capture", Conversion::Editcap),
    (b"<?xml", "XML text, no capture", Conversion::Capture),
    (b"#!", "a script, no capture", Conversion::Capture),
    (b"0000 ", "a hex dump", Conversion::Text2pcap),
    (b"0000000 ", "a hex dump", Conversion::Text2pcap),
    (b"\x7fELF", "a program, no capture", Conversion::Capture),
    (b"%PDF", "a PDF document, no capture", Conversion::Capture),
];

/// Octets looked at to tell formats apart.
const LOOKED_AT: usize = 64;

/// Tells what the stream is, consuming nothing.
pub(super) fn sniff(name: &str, octets: &mut Octets) -> Result<Container, Fault> {
    // Four first: a capture that starts in a pipe may hold no more yet than its header.
    let start = octets.up_to(4).map_err(packed::fault)?;
    if let Some(start) = start.first_chunk::<4>() {
        if pcap::magic(*start).is_some() {
            return Ok(Container::Pcap);
        }
        if *start == pcapng::SECTION_HEADER {
            return Ok(Container::Pcapng);
        }
    }
    let start = octets.up_to(LOOKED_AT).map_err(packed::fault)?;
    if start.starts_with(&snoop::MAGIC) {
        return Ok(Container::Snoop);
    }
    if let Some(packing) = Packing::of(start) {
        return Ok(Container::Packed(packing));
    }
    let (found, conversion) = foreign(start);
    Err(Fault::Unsupported { found, convert: convert(name, conversion) })
}

fn foreign(start: &[u8]) -> (String, Conversion) {
    if start.is_empty() {
        return ("an empty file".to_owned(), Conversion::Capture);
    }
    if let Some((_, what, conversion)) = KNOWN.iter().find(|(magic, ..)| start.starts_with(magic)) {
        return ((*what).to_owned(), *conversion);
    }
    let shown: Vec<String> = start.iter().take(8).map(|octet| format!("{octet:02x}")).collect();
    let shown = shown.join(" ");
    if start.len() < 4 {
        return (format!("no capture file, it has only {} octets", start.len()), Conversion::Capture);
    }
    if is_text(start) {
        return ("text, no capture file".to_owned(), Conversion::Capture);
    }
    let found = format!("no capture file, or one of a kind unknown here (it starts with {shown})");
    (found, Conversion::PerhapsEditcap)
}

/// Whether octets are the start of a text in UTF-8; the end of the look may have cut a character.
fn is_text(start: &[u8]) -> bool {
    let readable = |octet: &u8| matches!(octet, b'\t' | b'\n' | b'\r' | 0x20..=0x7e | 0x80..);
    start.iter().all(readable) && std::str::from_utf8(start).err().is_none_or(|error| error.error_len().is_none())
}

/// What to type to get a capture that is read.
fn convert(name: &str, conversion: Conversion) -> String {
    let file = if name == "-" { String::new() } else { format!(" {}", quoted(name)) };
    match (conversion, name) {
        (Conversion::Unpack(command), "-") => format!("pipe it through \"{}\" first", command_of_a_pipe(command)),
        (Conversion::Unpack(command), _) => format!("run \"{command}{file} | synfin analyze -\""),
        (Conversion::Editcap, "-") => {
            "save it in a file, run \"editcap -F pcapng FILE out.pcapng\" and read that".to_owned()
        }
        (Conversion::Editcap, _) => format!("run \"editcap -F pcapng{file} out.pcapng\" and read that"),
        (Conversion::PerhapsEditcap, "-") => {
            "if Wireshark reads it, run \"editcap -F pcapng FILE out.pcapng\" and read that".to_owned()
        }
        (Conversion::PerhapsEditcap, _) => {
            format!("if Wireshark reads it, run \"editcap -F pcapng{file} out.pcapng\" and read that")
        }
        (Conversion::Text2pcap, "-") => "pipe it through \"text2pcap - -\" first".to_owned(),
        (Conversion::Text2pcap, _) => format!("run \"text2pcap{file} out.pcapng\" and read that"),
        (Conversion::Capture, _) => "record one with \"tcpdump -w out.pcap\" and read that".to_owned(),
    }
}

/// The archivers that want a name read standard input only under another one.
fn command_of_a_pipe(command: &'static str) -> &'static str {
    match command {
        "unzip -p" => "funzip",
        "7z e -so" => "bsdtar -xO",
        other => other,
    }
}

/// A file name as a shell takes it.
fn quoted(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/+:,@%=".contains(c);
    if !name.is_empty() && !name.starts_with('-') && name.chars().all(plain) {
        name.to_owned()
    } else if name.starts_with('-') {
        format!("'./{}'", name.replace('\'', r"'\''"))
    } else {
        format!("'{}'", name.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Conversion, convert, foreign, quoted};

    #[test]
    fn compressed_captures_name_the_program_that_unpacks_them() {
        let (found, conversion) = foreign(b"LZIP\x01");
        assert_eq!(found, "lzip-compressed data");
        assert_eq!(convert("a.pcap.lz", conversion), "run \"lzip -dc a.pcap.lz | synfin analyze -\"");
        assert_eq!(convert("-", conversion), "pipe it through \"lzip -dc\" first");
        assert_eq!(convert("a.zip", Conversion::Unpack("unzip -p")), "run \"unzip -p a.zip | synfin analyze -\"");
    }

    #[test]
    fn what_is_no_capture_is_said_to_be_none() {
        assert_eq!(foreign(b"").0, "an empty file");
        assert_eq!(foreign(b"ab").0, "no capture file, it has only 2 octets");
        assert_eq!(foreign("十二 packets".as_bytes()).0, "text, no capture file");
        assert_eq!(foreign(&[0xe5, 0x8d]).0, "no capture file, it has only 2 octets");
        assert!(foreign(&[0; 64]).0.ends_with("(it starts with 00 00 00 00 00 00 00 00)"));
        assert_eq!(foreign(b"GMBU....").0, "a Microsoft Network Monitor 2.x capture");
    }

    #[test]
    fn names_are_quoted_for_a_shell() {
        assert_eq!(quoted("a/b-1.pcap"), "a/b-1.pcap");
        assert_eq!(quoted("a b"), "'a b'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted("-x"), "'./-x'");
    }
}
