//! Connection numbers that are not known yet: where connections are followed side by side, one that begins has a number of its
//! own until it is known which of all began first.

/// Numbers from here on are provisional: so many connections no capture has.
pub const PROVISIONAL: u64 = 1 << 63;

/// The numbers that provisional ones become, in their order.
#[derive(Debug, Default)]
pub struct Numbers(Vec<u64>);

impl Numbers {
    /// The next provisional number becomes `conn`.
    pub fn push(&mut self, conn: u64) {
        self.0.push(conn);
    }

    /// If `conn` is provisional, it becomes what it is.
    pub fn settle(&self, conn: &mut u64) {
        // The first is the one after the mark.
        let place = conn.checked_sub(PROVISIONAL + 1).and_then(|place| usize::try_from(place).ok());
        if let Some(settled) = place.and_then(|place| self.0.get(place)) {
            *conn = *settled;
        }
    }
}
