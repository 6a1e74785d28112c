//! A compiled filter and the machine that runs it.
//!
//! libpcap compiles; running is ours, because the crate's own call takes what was captured for the length on the wire,
//! which is wrong where a snap length cut. The machine is that of McCanne and Jacobson, "The BSD Packet Filter" (1993),
//! with the later modulus and exclusive or. Nothing here knows what an expression means.

use pcap::{Capture, Error, Linktype};

use crate::packet::LinkType;

/// Steps after which a program is stopped. libpcap's loops (`protochain`) end with the packet, long before.
const MOST_STEPS: usize = 1 << 16;

/// Words of scratch memory.
const MEMORY: usize = 16;

/// One instruction, in the layout of `struct sock_filter` of Linux.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Instruction {
    /// Operation, size and mode.
    pub code: u16,
    /// Instructions to skip if a comparison is true.
    pub jt: u8,
    /// Instructions to skip if it is false.
    pub jf: u8,
    /// Operand.
    pub k: u32,
}

/// Returns nothing of the packet.
const REJECT: Instruction = Instruction { code: 6, jt: 0, jf: 0, k: 0 };

/// A filter compiled for one link type.
#[derive(Clone, Debug)]
pub struct Program {
    instructions: Box<[Instruction]>,
}

impl Program {
    /// Compiles an expression for a link type.
    ///
    /// # Errors
    ///
    /// What libpcap said.
    pub fn compile(link: LinkType, expression: &str) -> Result<Self, String> {
        let said = |error| match error {
            Error::PcapError(said) => said,
            Error::InvalidInputString => "it contains a NUL character".to_owned(),
            other => other.to_string(),
        };
        let dead = Capture::dead(Linktype(data_link(link))).map_err(said)?;
        let compiled = match dead.compile(expression, true).map_err(said) {
            // What no packet of this link type can be is no mistake.
            Err(said) if said.contains(super::REJECTS) => return Ok(Self { instructions: [REJECT].into() }),
            compiled => compiled?,
        };
        let read = compiled.get_instructions().iter().map(|instruction| parse(&instruction.to_string()));
        let instructions = read.collect::<Option<_>>().ok_or("libpcap's instructions cannot be read")?;
        Ok(Self { instructions })
    }

    /// The instructions, as a kernel takes them.
    #[must_use]
    pub fn instructions(&self) -> &[Instruction] {
        &self.instructions
    }

    /// Whether no packet of its link type can pass.
    #[must_use]
    pub fn rejects_all(&self) -> bool {
        *self.instructions == [REJECT]
    }

    /// Whether a packet passes, of which `bytes` were captured and `wire_len` octets were on the wire.
    #[must_use]
    pub fn passes(&self, bytes: &[u8], wire_len: u32) -> bool {
        self.run(bytes, wire_len).is_some_and(|kept| kept > 0)
    }

    /// What the program returns; `None` where it reads outside the packet, divides by zero or is not well-formed,
    /// all of which reject.
    fn run(&self, bytes: &[u8], wire_len: u32) -> Option<u32> {
        let (mut a, mut x, mut memory) = (0_u32, 0_u32, [0_u32; MEMORY]);
        let mut at = 0_usize;
        for _ in 0..MOST_STEPS {
            let Instruction { code, jt, jf, k } = *self.instructions.get(at)?;
            at += 1;
            let operand = if code & 0x08 == 0 { k } else { x };
            match code & 0x07 {
                // Load A: immediate, absolute, relative to X, from memory, the length.
                0 => {
                    a = match code & 0xe0 {
                        0x00 => k,
                        0x20 => load(bytes, code, k, 0)?,
                        0x40 => load(bytes, code, k, x)?,
                        0x60 => *memory.get(k as usize)?,
                        0x80 => wire_len,
                        _ => return None,
                    }
                }
                // Load X; the last mode is the length of an IPv4 header.
                1 => {
                    x = match code & 0xe0 {
                        0x00 => k,
                        0x60 => *memory.get(k as usize)?,
                        0x80 => wire_len,
                        0xa0 => u32::from(bytes.get(k as usize)? & 0x0f) * 4,
                        _ => return None,
                    }
                }
                2 => *memory.get_mut(k as usize)? = a,
                3 => *memory.get_mut(k as usize)? = x,
                4 => a = arithmetic(code & 0xf0, a, operand)?,
                5 => {
                    let holds = match code & 0xf0 {
                        // Always; the operand is signed, for loops go back.
                        0x00 => {
                            at = at.checked_add_signed(k.cast_signed() as isize)?;
                            continue;
                        }
                        0x10 => a == operand,
                        0x20 => a > operand,
                        0x30 => a >= operand,
                        0x40 => a & operand != 0,
                        _ => return None,
                    };
                    at += usize::from(if holds { jt } else { jf });
                }
                6 => return Some(if code & 0x18 == 0x10 { a } else { operand }),
                _ if code & 0x80 == 0 => x = a,
                _ => a = x,
            }
        }
        None
    }
}

/// The word, half-word or octet at `k + x`.
fn load(bytes: &[u8], code: u16, k: u32, x: u32) -> Option<u32> {
    let rest = bytes.get(k.checked_add(x)? as usize..)?;
    match code & 0x18 {
        0x00 => rest.first_chunk().map(|octets| u32::from_be_bytes(*octets)),
        0x08 => rest.first_chunk().map(|octets| u16::from_be_bytes(*octets).into()),
        0x10 => rest.first().map(|octet| u32::from(*octet)),
        _ => None,
    }
}

fn arithmetic(operation: u16, a: u32, operand: u32) -> Option<u32> {
    Some(match operation {
        0x00 => a.wrapping_add(operand),
        0x10 => a.wrapping_sub(operand),
        0x20 => a.wrapping_mul(operand),
        0x30 => a.checked_div(operand)?,
        0x40 => a | operand,
        0x50 => a & operand,
        0x60 => a.checked_shl(operand).unwrap_or_default(),
        0x70 => a.checked_shr(operand).unwrap_or_default(),
        0x80 => a.wrapping_neg(),
        0x90 => a.checked_rem(operand)?,
        0xa0 => a ^ operand,
        _ => return None,
    })
}

/// Reads the four numbers that the crate prints of an instruction, whose fields it keeps to itself.
fn parse(printed: &str) -> Option<Instruction> {
    let mut fields = printed.split(' ');
    let code = fields.next()?.parse().ok()?;
    let jt = fields.next()?.parse().ok()?;
    let jf = fields.next()?.parse().ok()?;
    let k = fields.next()?.parse().ok()?;
    Some(Instruction { code, jt, jf, k })
}

/// The number by which libpcap knows a link type while it runs; some differ from those in files.
pub fn data_link(link: LinkType) -> i32 {
    match link.0 {
        // Raw IP; 14 is OpenBSD's.
        14 | 101 => 12,
        // ATM with LLC.
        100 => 11,
        // SLIP and PPP of BSD/OS.
        102 => 15,
        103 => 16,
        // ATM with classical IP.
        106 => 19,
        same => same.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Instruction, Program};
    use crate::packet::LinkType;
    use pcap::{Capture, Linktype};
    use proptest::prelude::*;

    const EXPRESSIONS: &[&str] = &[
        "tcp",
        "udp port 53 or tcp portrange 1-100",
        "ip6[53] & 2 != 0 or tcp[13] & 2 != 0",
        "tcp[tcpflags] & (tcp-syn|tcp-fin) != 0 and not src net 127.0.0.0/8",
        "len > 50 and len <= 60",
        "ip[2:2] - ((ip[0] & 0xf) << 2) - ((tcp[12] & 0xf0) >> 2) != 0",
        "ip[8] / ip[9] = 1 or ip[8] % 3 = 1 or ip[8] ^ 5 = 2 or -ip[8] < 9",
        "vlan and tcp or mpls",
        "ether host 00:00:5e:00:53:01 or multicast",
        "pppoes and tcp",
    ];

    /// Frames near enough to real ones that the programs do not all stop at the first test.
    fn frame() -> impl Strategy<Value = Vec<u8>> {
        let ethertype = prop_oneof![Just([8, 0]), Just([0x86, 0xdd]), Just([0x81, 0]), any::<[u8; 2]>()];
        let head = prop_oneof![Just(0x45_u8), Just(0x46), Just(0x60), any::<u8>()];
        let rest = proptest::collection::vec(prop_oneof![Just(0_u8), Just(6), Just(17), Just(51), any::<u8>()], 0..80);
        (any::<[u8; 12]>(), ethertype, head, rest)
            .prop_map(|(addresses, ethertype, head, rest)| [&addresses[..], &ethertype, &[head], &rest].concat())
    }

    /// These loop over headers, and libpcap's own machine never ends on some frames: so only on frames that are whole.
    #[test]
    fn a_chain_of_headers_is_followed_as_libpcap_follows_it() {
        let addresses = [0_u8; 12];
        let four = |protocol| [&[0x45, 0, 0, 40, 0, 1, 0, 0, 64, protocol, 0, 0][..], &[10; 8], &[0; 20]].concat();
        let six = |protocol| [&[0x60, 0, 0, 0, 0, 20, protocol, 64][..], &[10; 32], &[0; 20]].concat();
        for protocol in [6, 17] {
            for (expression, ethertype, packet) in
                [("ip protochain 6", [8, 0], four(protocol)), ("ip6 protochain 6", [0x86, 0xdd], six(protocol))]
            {
                let frame = [&addresses[..], &ethertype, &packet].concat();
                let ours = Program::compile(LinkType(1), expression).unwrap();
                let theirs = Capture::dead(Linktype(1)).unwrap().compile(expression, true).expect(expression);
                assert_eq!(ours.passes(&frame, frame.len() as u32), theirs.filter(&frame), "{expression}");
                assert_eq!(theirs.filter(&frame), protocol == 6, "{expression}");
            }
        }
    }

    proptest! {
        #[test]
        fn every_program_decides_as_libpcap_runs_it(frame in frame()) {
            for expression in EXPRESSIONS {
                let ours = Program::compile(LinkType(1), expression).unwrap();
                let theirs = Capture::dead(Linktype(1)).unwrap().compile(expression, true).expect(expression);
                prop_assert_eq!(ours.passes(&frame, frame.len() as u32), theirs.filter(&frame), "{}", expression);
            }
        }

        #[test]
        fn no_program_however_wrong_panics_or_hangs(
            program in proptest::collection::vec((any::<u16>(), any::<u8>(), any::<u8>(), any::<u32>()), 0..40),
            bytes: Vec<u8>,
        ) {
            let instructions = program.into_iter().map(|(code, jt, jf, k)| Instruction { code, jt, jf, k }).collect();
            let _ = Program { instructions }.passes(&bytes, 0);
        }
    }

    #[test]
    fn an_endless_loop_is_stopped() {
        let back = Instruction { code: 0x05, jt: 0, jf: 0, k: (-1_i32).cast_unsigned() };
        assert!(!Program { instructions: [back].into() }.passes(&[0; 60], 60));
    }
}
