//! Capture files: whatever they hold, it is read the same in one go and in pieces, and everything in it is accounted for.

use super::account::{self, Frame};
use std::io::{self, Cursor, Read};
use synfin::capture::file::{self, Arrival};
use synfin::packet::Losses;

/// Frames read of one input: a compressed file can hold millions.
const MOST_FRAMES: usize = 4_096;

/// Octets read of one input, for the same reason.
const MOST_OCTETS: usize = 8 * 1024 * 1024;

/// Gives at most so many octets at a time.
struct Pieces {
    octets: Cursor<Vec<u8>>,
    sizes: Vec<usize>,
    turn: usize,
}

impl Read for Pieces {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let size = self.sizes[self.turn % self.sizes.len()].min(into.len());
        self.turn += 1;
        self.octets.read(&mut into[..size])
    }
}

/// What came of reading a capture.
#[derive(PartialEq, Eq, Debug)]
struct Reading {
    frames: Vec<Frame>,
    losses: Losses,
    ended: Option<String>,
}

fn read(reader: impl Read + Send + 'static, arrival: Arrival) -> Reading {
    let mut reading = Reading { frames: Vec::new(), losses: Losses::default(), ended: None };
    let mut source = match file::arriving("fuzz", reader, arrival) {
        Ok(source) => source,
        Err(error) => {
            reading.ended = Some(error.to_string());
            return reading;
        }
    };
    let mut octets = 0;
    loop {
        match source.next_packet() {
            Ok(Some(packet)) => {
                assert_eq!(packet.frame, reading.frames.len() as u64 + 1, "frames are numbered from 1");
                assert!(packet.wire_len as usize >= packet.bytes.len(), "more octets captured than there were");
                octets += packet.bytes.len();
                reading.frames.push(Frame {
                    at: packet.at,
                    link: packet.link,
                    interface: packet.interface,
                    bytes: packet.bytes.to_vec(),
                    wire_len: packet.wire_len,
                });
            }
            Ok(None) => break,
            Err(error) => {
                reading.ended = Some(error.to_string());
                assert!(matches!(source.next_packet(), Ok(None)), "more comes after an error");
                break;
            }
        }
        if reading.frames.len() == MOST_FRAMES || octets > MOST_OCTETS {
            break;
        }
    }
    reading.losses = source.losses();
    reading
}

/// A capture file of any format.
///
/// # Panics
///
/// If reading depends on how the octets come in, or the frames are not accounted for.
pub fn check(octets: &[u8]) {
    for arrival in [Arrival::Whole, Arrival::Bit] {
        let whole = read(Cursor::new(octets.to_vec()), arrival);
        // Sizes that the content chooses, so that fuzzing can move the seams.
        let chosen = octets.iter().rev().take(5).map(|octet| usize::from(*octet % 61) + 1).chain([7]).collect();
        for sizes in [vec![1], chosen] {
            let pieces = Pieces { octets: Cursor::new(octets.to_vec()), sizes, turn: 0 };
            assert_eq!(whole, read(pieces, arrival), "in one go, and in pieces ({arrival:?})");
        }
        if arrival == Arrival::Whole {
            account::check(&whole.frames, whole.losses);
        }
    }
}
