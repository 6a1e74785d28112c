//! What one ledger does, and another does not, where the RFCs leave a choice.

use super::super::super::dice::Dice;

/// What this one does where the RFCs leave it a choice.
pub(super) struct Habits {
    pub(super) nagle: bool,
    pub(super) delays: bool,
    /// Offers of a SYN.
    pub(super) mss: u16,
    pub(super) scales: bool,
    pub(super) stamps: bool,
    pub(super) sacks: bool,
    pub(super) says_twice: bool,
    pub(super) room: u64,
    /// The FIN waits for the window; else it may go one beyond.
    pub(super) fin_needs_room: bool,
    /// Probes a shut window with an octet; else with an old number and none.
    pub(super) probes_with_octet: bool,
    pub(super) keeps_alive: bool,
    /// Answers a crossing SYN-ACK as if it were in the window.
    pub(super) takes_crossing: bool,
    /// Its user closes both directions at once: what is unread then, or comes after, is answered with a RST.
    pub(super) closes_both: bool,
    pub(super) acks_in_reset: bool,
}

impl Habits {
    pub(super) fn rolled(dice: &mut Dice) -> Self {
        let room = match dice.roll(4) {
            0 => 1 + dice.roll(90),
            1 => 70_000 + dice.roll(400_000),
            _ => 400 + dice.roll(60_000),
        };
        Self {
            nagle: dice.chance(50),
            delays: dice.chance(60),
            mss: 60 + u16::try_from(dice.roll(400)).unwrap_or(0),
            scales: dice.chance(60),
            stamps: dice.chance(60),
            sacks: dice.chance(60),
            says_twice: dice.chance(50),
            room: u64::from(room),
            fin_needs_room: dice.chance(60),
            probes_with_octet: dice.chance(60),
            keeps_alive: dice.chance(30),
            takes_crossing: dice.chance(50),
            closes_both: dice.chance(25),
            acks_in_reset: dice.chance(50),
        }
    }

    /// The scale that this much room needs.
    pub(super) fn shift(&self) -> u8 {
        (0..14).find(|shift| self.room >> shift <= 65_535).unwrap_or(14)
    }
}
