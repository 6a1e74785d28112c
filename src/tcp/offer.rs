//! What each SYN and SYN-ACK offered beyond its number: maximum segment size, window scale, SACK, timestamps, fast open,
//! MPTCP, ECN; and what both sides have agreed on by them.
//!
//! SYNs of one attempt may offer different things (a sender that gets no answer falls back), so each variant is kept, up
//! to a bound. Nothing here judges. Rules, reports and explanations read it.

use super::connection::Connection;
use super::forgot::Forgot;
use crate::packet::FrameNo;
use crate::peer::Peer;
use crate::seq::Seq;
use crate::wire::options::TcpOption;
use crate::wire::segment::{Flags, Segment};
use smallvec::SmallVec;

/// Different SYNs and SYN-ACKs kept of each peer: TCP falls back in two or three steps. With more, the latest goes.
pub const MAX_VARIANTS: usize = 4;
/// TSvals kept of a peer's SYNs and SYN-ACKs: a few are under way at once. With more, the oldest goes.
pub const MAX_SYN_STAMPS: usize = 8;

/// The upper four bits of MPTCP's first octet in an MP_CAPABLE (RFC 8684, Section 3.1).
const MP_CAPABLE: u8 = 0;
/// The MSS that sets no limit where both sides can do jumbograms (RFC 2675, Section 5.1).
pub const MSS_WITHOUT_LIMIT: u16 = 65_535;

/// An option that a SYN may offer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Feature {
    /// Window scaling (RFC 7323).
    Scale,
    /// Selective acknowledgments (RFC 2018).
    Sack,
    /// Timestamps (RFC 7323).
    Timestamps,
    /// TCP Fast Open (RFC 7413).
    FastOpen,
    /// MPTCP (RFC 8684).
    Multipath,
    /// Explicit congestion notification (RFC 3168).
    Ecn,
}

impl Feature {
    /// All.
    pub const ALL: [Self; 6] = [Self::Scale, Self::Sack, Self::Timestamps, Self::FastOpen, Self::Multipath, Self::Ecn];

    /// `window-scale`, `sack`, `timestamps`, `fast-open`, `mptcp` or `ecn`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Scale => "window-scale",
            Self::Sack => "sack",
            Self::Timestamps => "timestamps",
            Self::FastOpen => "fast-open",
            Self::Multipath => "mptcp",
            Self::Ecn => "ecn",
        }
    }
}

/// Whether a SYN said that its sender takes selective acknowledgments (RFC 2018, Section 2).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Sack {
    /// It did not.
    #[default]
    Untold,
    /// It did.
    Permitted,
}

/// What one SYN or SYN-ACK offered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Offer {
    /// The first frame that offered just this.
    pub frame: FrameNo,
    /// SEG.SEQ: the initial sequence number.
    pub iss: Seq,
    /// SEG.ACK of a SYN-ACK; `None` for a SYN.
    pub ack: Option<Seq>,
    /// What it offered.
    pub terms: Terms,
}

/// What can be offered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Terms {
    /// All flag bits; those of ECN are ECE, CWR and AE.
    pub flags: Flags,
    /// The two ECN bits of its IP header.
    pub ip_ecn: u8,
    /// Octets of its options, padding included.
    pub octets: u8,
    /// The largest segment that its sender takes, in octets (RFC 9293, Section 3.7.1).
    pub mss: Option<u16>,
    /// The window scale as sent; above 14 counts as 14 (RFC 7323, Section 2.3).
    pub shift: Option<u8>,
    /// Selective acknowledgments.
    pub sack: Sack,
    /// Whether it carried timestamps; their values are in [`Offers::stamps`].
    pub timestamps: Carried,
    /// Octets of its Fast Open cookie, 0 where it asks for one (RFC 7413, Section 4.1.1).
    pub cookie: Option<u8>,
    /// MPTCP (RFC 8684, Section 3).
    pub multipath: Multipath,
    /// How much of its options is known.
    pub read: Read,
}

/// How much of a SYN's options was captured.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Read {
    /// All: what is not among them was not offered.
    All,
    /// The snap length cut them: what was not seen may have been offered.
    Part,
}

/// Whether an option was there.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Carried {
    /// It was not.
    #[default]
    No,
    /// It was.
    Yes,
}

/// What a SYN said of MPTCP.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Multipath {
    /// Nothing.
    #[default]
    None,
    /// MP_CAPABLE of this version.
    Capable(u8),
    /// Another subtype: a further subflow, mostly.
    Other,
}

impl Terms {
    /// Those of a SYN or SYN-ACK.
    #[must_use]
    pub fn of(segment: &Segment<'_>) -> Self {
        let mut terms = Self {
            flags: segment.flags,
            ip_ecn: segment.ip.ecn,
            octets: u8::try_from(segment.options.octets.len()).unwrap_or(u8::MAX),
            mss: None,
            shift: None,
            sack: Sack::Untold,
            timestamps: Carried::No,
            cookie: None,
            multipath: Multipath::None,
            read: if segment.has_whole_options() { Read::All } else { Read::Part },
        };
        for option in segment.options.iter() {
            match option {
                TcpOption::MaximumSegmentSize(size) => terms.mss = terms.mss.or(Some(size)),
                TcpOption::WindowScale(shift) => terms.shift = terms.shift.or(Some(shift)),
                TcpOption::SackPermitted => terms.sack = Sack::Permitted,
                TcpOption::Timestamps(..) => terms.timestamps = Carried::Yes,
                TcpOption::FastOpen(_) | TcpOption::Other(253 | 254, _) if terms.cookie.is_none() => {
                    let cookie = segment.options.fast_open();
                    terms.cookie = cookie.map(|cookie| u8::try_from(cookie.len()).unwrap_or(u8::MAX));
                }
                TcpOption::Multipath(data) if terms.multipath == Multipath::None => {
                    terms.multipath = match data.first() {
                        Some(first) if first >> 4 == MP_CAPABLE => Multipath::Capable(first & 0x0f),
                        _ => Multipath::Other,
                    };
                }
                _ => {}
            }
        }
        terms
    }

    /// Whether they offer `feature`.
    #[must_use]
    pub fn has(&self, feature: Feature) -> bool {
        // ECN-setup: ECE and CWR in a SYN, ECE alone in a SYN-ACK (RFC 3168, Section 6.1.1).
        let (ece, cwr) = (self.flags.0 & 64 != 0, self.flags.0 & 128 != 0);
        match feature {
            Feature::Scale => self.shift.is_some(),
            Feature::Sack => self.sack == Sack::Permitted,
            Feature::Timestamps => self.timestamps == Carried::Yes,
            Feature::FastOpen => self.cookie.is_some(),
            Feature::Multipath => self.multipath != Multipath::None,
            Feature::Ecn => ece && cwr != self.flags.ack(),
        }
    }

    /// Whether they are known not to offer `feature`.
    #[must_use]
    pub fn lacks(&self, feature: Feature) -> bool {
        !self.has(feature) && (self.read == Read::All || feature == Feature::Ecn)
    }

    /// The three ECN bits of its TCP header: ECE, CWR and AE, at their places in [`Flags`].
    #[must_use]
    pub const fn ecn_flags(&self) -> Flags {
        self.flags.ecn()
    }
}

/// All that one peer's SYNs and SYN-ACKs offered.
#[derive(Clone, Debug, Default)]
pub struct Offers {
    /// Each variant, oldest first.
    pub variants: SmallVec<[Offer; 1]>,
    /// TSvals of its SYNs and SYN-ACKs, oldest first, each once.
    pub stamps: SmallVec<[u32; 2]>,
    /// Whether some are not kept any more.
    pub forgot: Forgot,
}

impl Offers {
    /// Takes in a SYN or SYN-ACK.
    pub fn note(&mut self, segment: &Segment<'_>) {
        if let Some((value, _)) = segment.options.timestamps()
            && !self.stamps.contains(&value)
        {
            if self.stamps.len() >= MAX_SYN_STAMPS {
                self.stamps.remove(0);
                self.forgot = Forgot::Something;
            }
            self.stamps.push(value);
        }
        let offer = Offer { frame: segment.frame, iss: segment.seq, ack: segment.ack(), terms: Terms::of(segment) };
        let same = |known: &Offer| (known.iss, known.ack, known.terms) == (offer.iss, offer.ack, offer.terms);
        if self.variants.iter().any(same) {
            return;
        }
        if self.variants.len() >= MAX_VARIANTS {
            self.variants.pop();
            self.forgot = Forgot::Something;
        }
        self.variants.push(offer);
    }

    /// The SYNs without ACK that start at `iss`.
    pub fn syns(&self, iss: Seq) -> impl Iterator<Item = &Offer> {
        self.variants.iter().filter(move |offer| offer.ack.is_none() && offer.iss == iss)
    }

    /// What the stream from `iss` on was opened with: SYNs and SYN-ACKs alike.
    pub fn from(&self, iss: Seq) -> impl Iterator<Item = &Offer> {
        self.variants.iter().filter(move |offer| offer.iss == iss)
    }
}

/// Whether both sides have agreed on something.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Agreed {
    /// They have.
    Yes,
    /// They have not.
    No,
    /// Not both offers were captured whole, or their variants differ.
    Unknown,
}

impl Connection {
    /// What `peer` opened its present stream with.
    pub fn offers(&self, peer: Peer) -> impl Iterator<Item = &Offer> {
        let iss = self.streams[peer].iss;
        self.facts[peer].offers.variants.iter().filter(move |offer| Some(offer.iss) == iss)
    }

    /// Whether the SYNs of both sides `offer` something, each in all of its variants.
    #[must_use]
    pub fn agreed(&self, offer: fn(&Terms) -> Carried) -> Agreed {
        let of = |peer: Peer| {
            let mut kinds = self.offers(peer).map(|it| (offer(&it.terms), it.terms.read));
            let (first, read) = kinds.next()?;
            let cut = first == Carried::No && read == Read::Part;
            kinds.all(|(kind, also)| kind == first && also == read).then_some(first).filter(|_| !cut)
        };
        match (of(Peer::A), of(self.other(Peer::A))) {
            (Some(Carried::Yes), Some(Carried::Yes)) => Agreed::Yes,
            (Some(_), Some(_)) => Agreed::No,
            _ => Agreed::Unknown,
        }
    }

    /// Whether timestamps were agreed on (RFC 7323, Section 3.2). Where a SYN-ACK carries them and no captured SYN does,
    /// another SYN may not have been captured.
    #[must_use]
    pub fn timestamps_agreed(&self) -> Agreed {
        let unasked = |peer: Peer| {
            let mut answers = self.offers(peer).filter(|offer| offer.ack.is_some());
            answers.any(|offer| offer.terms.timestamps == Carried::Yes)
                && self.offers(self.other(peer)).all(|offer| offer.terms.timestamps == Carried::No)
        };
        if Peer::BOTH.into_iter().any(unasked) { Agreed::Unknown } else { self.agreed(|terms| terms.timestamps) }
    }

    /// The largest segment that `peer` takes, with the frame that says so; `None` in the first place if its SYN was not
    /// captured whole or its variants differ, in the second if it names none.
    #[must_use]
    pub fn mss(&self, peer: Peer) -> Option<(Option<u16>, FrameNo)> {
        let mut offers = self.offers(peer);
        let first = offers.next()?;
        let cut = |offer: &Offer| offer.terms.mss.is_none() && offer.terms.read == Read::Part;
        let same = !cut(first) && offers.all(|offer| offer.terms.mss == first.terms.mss && !cut(offer));
        same.then_some((first.terms.mss, first.frame))
    }
}

#[cfg(test)]
mod tests {
    use super::{Carried, MAX_VARIANTS, Offers, Sack};
    use crate::packet::{Packet, Stamping};
    use crate::seq::Seq;
    use crate::timestamp::Timestamp;
    use crate::wire::{Decoded, decode};

    /// A SYN over raw IPv4 with these options.
    fn note(offers: &mut Offers, frame: u64, seq: u32, options: &[u8]) {
        let len = u8::try_from(40 + options.len()).unwrap();
        let mut bytes =
            vec![0x45, 0, 0, len, 0, 1, 0x40, 0, 64, 6, 0, 0, 198, 51, 100, 1, 203, 0, 113, 1, 0xc0, 0, 0, 80];
        bytes.extend(seq.to_be_bytes());
        bytes.extend([0, 0, 0, 0, u8::try_from(5 + options.len() / 4).unwrap() << 4, 2, 2, 0, 0, 0, 0, 0]);
        bytes.extend(options);
        let packet = Packet {
            frame,
            at: Timestamp::from_ns(0),
            stamping: Stamping::Told,
            link: crate::packet::LinkType(101),
            interface: 0,
            bytes: &bytes,
            wire_len: u32::from(len),
        };
        let Ok(Decoded::Segment(segment, _)) = decode(&packet) else { panic!("no segment") };
        offers.note(&segment);
    }

    #[test]
    fn a_variant_is_kept_once_and_a_fall_back_beside_it() {
        let mut offers = Offers::default();
        let full = [2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7];
        note(&mut offers, 1, 100, &full);
        let mut again = full;
        again[11] = 2;
        note(&mut offers, 2, 100, &again);
        note(&mut offers, 3, 100, &[2, 4, 5, 0xb4]);
        assert_eq!(offers.variants.iter().map(|offer| offer.frame).collect::<Vec<_>>(), [1, 3]);
        assert_eq!(offers.stamps.as_slice(), [1, 2]);
        let terms = offers.variants[0].terms;
        assert_eq!((terms.mss, terms.shift, terms.sack), (Some(1460), Some(7), Sack::Permitted));
        assert_eq!((terms.timestamps, offers.variants[1].terms.timestamps), (Carried::Yes, Carried::No));
        assert_eq!(offers.syns(Seq::new(100)).count(), 2);
    }

    #[test]
    fn variants_are_bounded() {
        let mut offers = Offers::default();
        for seq in 0..100 {
            note(&mut offers, 1, seq, &[]);
        }
        assert_eq!(offers.variants.len(), MAX_VARIANTS);
        assert_eq!(offers.variants[0].iss, Seq::new(0));
    }
}
