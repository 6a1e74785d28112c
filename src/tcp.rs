//! TCP as RFC 9293 describes it, seen from outside: two directions' facts, and the states that follow from them.
//!
//! Pure: no I/O, no clock, no output, no tables of connections. Segments seen here may still be lost before they
//! arrive; arrival is presumed until the receiver's own segments prove or refute it.

pub mod acceptance;
pub mod answers;
pub mod arc;
pub mod attempt;
pub mod belief;
pub mod clock;
pub mod closes;
pub mod connection;
pub mod earlier;
pub mod endpoint;
pub mod evidence;
pub mod facts;
pub mod forgot;
pub mod history;
pub mod holes;
pub mod hops;
pub mod icmp;
pub mod kind;
pub mod offer;
pub mod opening;
pub mod path;
pub mod refused;
pub mod resets;
pub mod sacked;
pub mod sent;
pub mod shown;
pub mod stamp;
pub mod state;
pub mod stream;
pub mod window;
