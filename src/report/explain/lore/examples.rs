//! The traces that the explanations share. Each marks the states and arcs that it is an example of.

/// A whole connection: A opens, and closes first.
pub(super) const WHOLE: &str = "
# A opens and closes first
SYN-SENT    > S  100:100(0)          > LISTEN        ~ f2 f4 listen syn-sent
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED  ~ f1 f13 f14 syn-received
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED   ~ f16 established
FIN-WAIT-1  > F. 101:101(0) ack 301  > CLOSE-WAIT    ~ f7 f21 fin-wait-1 close-wait
FIN-WAIT-2  < .  301:301(0) ack 102  < CLOSE-WAIT    ~ f22 fin-wait-2
TIME-WAIT   < F. 301:301(0) ack 102  < LAST-ACK      ~ f8 f25 last-ack time-wait
TIME-WAIT   > .  102:102(0) ack 302  > CLOSED        ~ f27 closed
";

/// B closes behind its FIN's acknowledgment: three segments.
pub(super) const THREE: &str = "
# the other's FIN comes with the acknowledgment
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
FIN-WAIT-1  > F. 101:101(0) ack 301  > CLOSE-WAIT
TIME-WAIT   < F. 301:301(0) ack 102  < LAST-ACK      ~ f24
TIME-WAIT   > .  102:102(0) ack 302  > CLOSED
";

/// Both open.
pub(super) const BOTH_OPEN: &str = "
# two SYNs cross
SYN-SENT     > S  100:100(0)          > ?
SYN-RECEIVED < S  300:300(0)          < SYN-SENT      ~ f15
SYN-RECEIVED > S. 100:100(0) ack 301  > ESTABLISHED
ESTABLISHED  < S. 300:300(0) ack 101  < ESTABLISHED
";

/// Both close.
pub(super) const BOTH_CLOSE: &str = "
# two FINs cross: neither acknowledges the other
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
FIN-WAIT-1  > F. 101:101(0) ack 301  > CLOSE-WAIT
CLOSING     < F. 301:301(0) ack 101  < CLOSING       ~ f23 closing
CLOSING     > .  102:102(0) ack 302  > TIME-WAIT     ~ f26
TIME-WAIT   < .  302:302(0) ack 102  < TIME-WAIT
";

/// A gave up before B's answer came.
pub(super) const GIVEN_UP: &str = "
# the answer comes to a host that has given up
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
CLOSED      > R  101:101(0)          > LISTEN        ~ f5 f17
";

/// Nobody listens.
pub(super) const REFUSED: &str = "
# nobody listens there, or no longer
SYN-SENT > S  100:100(0)            > ?
CLOSED   < R. 0:0(0) ack 101 win 0  < CLOSED  ~ f3 f19 f33
";

/// A aborts.
pub(super) const ABORTED: &str = "
# A aborts where its data end
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
ESTABLISHED > P. 101:106(5) ack 301  > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 106  < ESTABLISHED
CLOSED      > R. 106:106(0) ack 301  > CLOSED        ~ f9 f30
";

/// Nobody answers.
pub(super) const UNANSWERED: &str = "
# a host that drops everything
SYN-SENT > S 100:100(0)        > ?
SYN-SENT > S 100:100(0) +1.000 > ?  ~ f12
SYN-SENT > S 100:100(0) +2.000 > ?
SYN-SENT > S 100:100(0) +4.000 > ?  ~ f11
";

/// B closes before A's acknowledgment has come.
pub(super) const HASTY: &str = "
# B closes at once
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
CLOSE-WAIT  < F. 301:301(0) ack 101  < FIN-WAIT-1    ~ f6
CLOSE-WAIT  > .  101:101(0) ack 302  > FIN-WAIT-2    ~ f35
";

/// A's FIN is the first that B hears after its SYN-ACK.
pub(super) const FIN_FIRST: &str = "
# one segment ends the handshake and the sending
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
FIN-WAIT-1  > F. 101:101(0) ack 301  > CLOSE-WAIT    ~ f20
FIN-WAIT-2  < .  301:301(0) ack 102  < CLOSE-WAIT
";

/// A RST meets an endpoint that opened and is in SYN-RECEIVED.
pub(super) const BOTH_OPEN_RESET: &str = "
# of two that open at once, one gives up
SYN-SENT     > S  100:100(0)          > ?
SYN-RECEIVED < S  300:300(0)          < SYN-SENT
CLOSED       < R. 301:301(0) ack 101  < CLOSED        ~ f18
";

/// The last ACK is lost.
pub(super) const LAST_LOST: &str = "
# the last ACK is lost, and TIME-WAIT is there to send it again
SYN-SENT    > S  100:100(0)                 > LISTEN
ESTABLISHED < S. 300:300(0) ack 101         < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301         > ESTABLISHED
FIN-WAIT-1  > F. 101:101(0) ack 301         > CLOSE-WAIT
FIN-WAIT-2  < .  301:301(0) ack 102         < CLOSE-WAIT
TIME-WAIT   < F. 301:301(0) ack 102         < LAST-ACK
TIME-WAIT   > .  102:102(0) ack 302         > CLOSED
TIME-WAIT   < F. 301:301(0) ack 102 +1.000  < LAST-ACK    ~ f28
TIME-WAIT   > .  102:102(0) ack 302         > CLOSED
";

/// The acknowledgment of a FIN is lost.
pub(super) const FIN_AGAIN: &str = "
# the acknowledgment of the FIN is lost, and the FIN comes again
SYN-SENT    > S  100:100(0)                 > LISTEN
ESTABLISHED < S. 300:300(0) ack 101         < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301         > ESTABLISHED
FIN-WAIT-1  > F. 101:101(0) ack 301         > CLOSE-WAIT
FIN-WAIT-2  < .  301:301(0) ack 102         < CLOSE-WAIT
FIN-WAIT-1  > F. 101:101(0) ack 301 +1.000  > CLOSE-WAIT  ~ f34
FIN-WAIT-2  < .  301:301(0) ack 102         < CLOSE-WAIT
";

/// A comes back while B waits.
pub(super) const REUSED: &str = "
# A comes back on the port whose connection B closed
SYN-SENT    > S  100:100(0)               > LISTEN
ESTABLISHED < S. 300:300(0) ack 101       < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301       > ESTABLISHED
CLOSE-WAIT  < F. 301:301(0) ack 101       < FIN-WAIT-1
CLOSE-WAIT  > .  101:101(0) ack 302       > FIN-WAIT-2
LAST-ACK    > F. 101:101(0) ack 302       > TIME-WAIT
CLOSED      < .  302:302(0) ack 102       < TIME-WAIT
SYN-SENT    > S  5000:5000(0) +2.000      > ?
ESTABLISHED < S. 65839:65839(0) ack 5001  < SYN-RECEIVED  ~ f29
ESTABLISHED > .  5001:5001(0) ack 65840   > ESTABLISHED
";

/// The same ports, long after.
pub(super) const LONG_AFTER: &str = "
# the ports serve again, five minutes after
SYN-SENT    > S  100:100(0)               > LISTEN
ESTABLISHED < S. 300:300(0) ack 101       < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301       > ESTABLISHED
FIN-WAIT-1  > F. 101:101(0) ack 301       > CLOSE-WAIT
TIME-WAIT   < F. 301:301(0) ack 102       < LAST-ACK
TIME-WAIT   > .  102:102(0) ack 302       > CLOSED
SYN-SENT    > S  5000:5000(0) +300.000    > LISTEN        ~ f10
ESTABLISHED < S. 65839:65839(0) ack 5001  < SYN-RECEIVED
ESTABLISHED > .  5001:5001(0) ack 65840   > ESTABLISHED
";

/// A forged RST within the window.
pub(super) const CHALLENGED: &str = "
# a RST that does not stand at the expected number
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
ESTABLISHED > R  201:201(0)          > ESTABLISHED
ESTABLISHED < .  301:301(0) ack 101  < ESTABLISHED   ~ f31
ESTABLISHED > P. 101:106(5) ack 301  > ESTABLISHED
";

/// A SYN within a connection, answered as stacks did long ago.
pub(super) const OLD_STACK: &str = "
# a SYN in the middle, answered as before RFC 5961
SYN-SENT    > S  100:100(0)          > LISTEN
ESTABLISHED < S. 300:300(0) ack 101  < SYN-RECEIVED
ESTABLISHED > .  101:101(0) ack 301  > ESTABLISHED
ESTABLISHED > S  5000:5000(0)        > ESTABLISHED
CLOSED      < R. 301:301(0) ack 101  < CLOSED        ~ f32
";
