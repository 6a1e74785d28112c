### English. Plain ASCII; arrows, marks and section signs come from the style.
### Ids, state names and rule names never translate and are not here.

## Short words

comma = { ", " }
octets = { $count ->
    [one] { $count } octet
   *[other] { $count } octets
}
frames = { $count ->
    [one] { $count } frame
   *[other] { $count } frames
}
time-microseconds = { $count } us
time-milliseconds = { $count } ms
time-seconds = { $count } s

## Names out of the views

handshake-three-way = three-way
handshake-simultaneous = simultaneous
handshake-fast-open = fast open
handshake-unanswered = unanswered
handshake-refused = refused
handshake-reset = reset
handshake-incomplete = incomplete
handshake-not-captured = not captured
handshake-stray = none, reset

close-normal = normal
close-simultaneous = simultaneous
close-half = half closed
close-reset = reset
close-none = not closed

first-a = A first
first-b = B first
first-both = both at once
by-a = by A
by-b = by B
by-both = by both

verdict-holds = holds
verdict-broken = broken
verdict-undecided = undecided
verdict-not-applicable = not applicable
verdict-noted = noted

severity-violation = violation
severity-anomaly = anomaly
severity-note = note

basis-sent = sent
basis-proved = proved
basis-presumed = presumed
basis-proved-by = proved by frame { $frame }
basis-proved-short = proved by { $frame }
basis-retracted-by = retracted by frame { $frame }
basis-retracted-short = retracted by { $frame }

ignored-damaged = damaged
ignored-not-acceptable = not acceptable
ignored-fragment = fragment
ignored-copy = copy made by the capture
ignored-broken = breaks a rule
ignored-retransmission = retransmission
ignored-late = came after the end
ignored-before-window = its receiver has had all of it
ignored-beyond-window = beyond the window
ignored-ack-beyond-sent = acknowledges what was not captured
ignored-ack-too-old = acknowledges what is long past
ignored-ack-before-syn = acknowledges less than the SYN
ignored-no-ack = neither SYN, ACK nor RST
ignored-syn-in-open-connection = a SYN while the connection is open
ignored-unmatched-syn-ack = answers no captured SYN
ignored-reset-not-exact = RST not exactly at what is expected next
ignored-reset-outside-window = RST outside the window
kind-copy = the same packet again
kind-retransmission = sent again
kind-retransmission-timeout = sent again: the timer expired
kind-retransmission-fast = sent again: the other asked for it
kind-retransmission-time-order = sent again: later octets arrived
kind-retransmission-tail-probe = sent again: tail-loss probe
kind-retransmission-timeout-or-tail-probe = sent again: timer or tail-loss probe
kind-retransmission-too-big = sent again in smaller packets: a link takes no larger
kind-retransmission-acknowledged = sent again, already acknowledged here
kind-late = out of order
kind-resent = sent again, the first copy was not captured
kind-filling = fills a hole: late or sent again
kind-duplicate-ack = duplicate ACK
kind-window-update = window update
kind-keep-alive = keep-alive
kind-zero-window-probe = probe of a shut window

lost-kernel = kernel
lost-interface = interface
lost-unknown = somewhere

## Arcs of the state machine

arc-F1 = opens passively
arc-F2 = opens actively, sends SYN
arc-F3 = closes while listening
arc-F4 = has data to send while listening, sends SYN
arc-F5 = gives up before an answer came
arc-F6 = closes before the handshake is complete, sends FIN
arc-F7 = closes actively, sends FIN
arc-F8 = closes passively, sends FIN
arc-F9 = aborts, sends RST
arc-F10 = 2 MSL have passed
arc-F11 = gives up, user time-out
arc-F12 = repeats what was not acknowledged, stays
arc-F13 = SYN arrives, sends SYN-ACK
arc-F14 = SYN-ACK arrives, sends ACK
arc-F15 = SYN arrives after its own went out, simultaneous open
arc-F16 = ACK of its SYN arrives
arc-F17 = RST arrives during a passive open, listens again
arc-F18 = RST arrives during an active open
arc-F19 = RST arrives in answer to its SYN
arc-F20 = FIN arrives before the handshake is complete, sends ACK
arc-F21 = FIN arrives, sends ACK
arc-F22 = ACK of its FIN arrives
arc-F23 = FIN arrives before the ACK of its own, simultaneous close
arc-F24 = FIN and ACK of its own FIN arrive together, sends ACK
arc-F25 = FIN arrives, sends ACK
arc-F26 = ACK of its FIN arrives
arc-F27 = ACK of its FIN arrives
arc-F28 = FIN arrives again, sends ACK, waits anew
arc-F29 = SYN of a new incarnation arrives, sends SYN-ACK
arc-F30 = RST arrives
arc-F31 = segment arrives that may change nothing, sends ACK, stays
arc-F32 = SYN or RST in the window arrives, old stack gives in
arc-F33 = segment arrives where no connection is, sends RST
arc-F34 = FIN arrives again, sends ACK, stays
arc-F35 = one ACK of both its SYN and its FIN arrives
arc-midstream = the capture begins here, inside the connection

## States

state-CLOSED = There is no connection: before it, or after it.
state-LISTEN = Waits for a SYN from anybody.
state-SYN-SENT = Has sent its SYN and waits for the other's.
state-SYN-RECEIVED = Has received a SYN, has sent its own, and waits for the acknowledgment of it.
state-ESTABLISHED = Both sides know each other's initial sequence number: data flow both ways.
state-FIN-WAIT-1 = Has closed first and sent its FIN; waits for the acknowledgment of it, or for the other's FIN.
state-FIN-WAIT-2 = Its FIN is acknowledged; it still receives and waits for the other's FIN.
state-CLOSE-WAIT = Has received a FIN; it may still send until its application closes.
state-CLOSING = Both have sent a FIN at once; has acknowledged the other's and waits for the acknowledgment of its own.
state-LAST-ACK = Has received a FIN and sent its own; waits for the last acknowledgment.
state-TIME-WAIT = All is done; stays for 2 MSL, to acknowledge the FIN again if the last ACK was lost, and until old segments have died out.

## Page of one connection

story-head = Connection { $conn } of { $file }: { $count ->
    [one] frame { $first }
   *[other] { $count } frames, { $first } to { $last }
}
story-around = inside { $list }
story-copies = { $count ->
    [one] { $count } of them only repeats another, by { $reasons }, and is not shown
   *[other] { $count } of them only repeat others, by { $reasons }, and are not shown
}
story-earlier = follows connection { $conn } between the same two: { $how } (evidence: { $evidence })
succession-port-reuse = the same ports used again
succession-reboot = the opener has forgotten that one: it started anew, or its timestamps do with each connection
succession-nat-rebinding = another host behind the same address and port
succession-silence = long silence, then numbers that go on from nothing known
succession-untold = why cannot be told
follows-closed = that one was closed
follows-open = that one was still open
follows-same-syn = the SYN looks the same
follows-clock-goes-on = timestamps go on
follows-clock-starts-anew = timestamps start anew
follows-hop-limit-differs = another hop limit
follows-mss-differs = another MSS
follows-window-scale-differs = another window scale
follows-options-differ = other options
follows-idle = more than two hours of silence
follows-numbers-unrelated = unrelated numbers
story-vantage = the tap probably stands { $place } (evidence: { $signs })
vantage-on-a = on A's host
vantage-on-b = on B's host
vantage-on-both = on the machine that both run on
vantage-near-a = near A
vantage-near-b = near B
vantage-between = between the two, near neither
vantage-unknown = nobody knows where
sign-loopback = one address for both, or a loopback
sign-outgoing = frames going out, A { $a }, B { $b }
sign-incoming = frames coming in, A { $a }, B { $b }
sign-passing = frames passing, A { $a }, B { $b }
sign-partial-checksums = unfinished checksums, A { $a }, B { $b }
sign-super-segments = super-segments, A { $a }, B { $b }
sign-hop-limits = hop limits, A { $a }, B { $b }
sign-round-trips = round trips, to A { $a }, to B { $b }
story-offload = left to a network card, no fault: { $supers ->
    [one] { $supers } super-segment
   *[other] { $supers } super-segments
}, { $partials ->
    [one] { $partials } unfinished checksum
   *[other] { $partials } unfinished checksums
}
story-client = client
story-server = server
story-opens-too = opens at once with the other
story-sent = { $count ->
    [one] sent { $count } octet
   *[other] sent { $count } octets
}
story-ladder = Ladder
story-findings = Findings
story-transitions = State transitions
story-end = Where they stand at the end of the capture
story-equations = Equations
story-proven = nothing else: proven
story-untold = { $count ->
    [one] { $count } more segment of this connection is not shown: the first { $kept } are
   *[other] { $count } more segments of this connection are not shown: the first { $kept } are
}

## Titles of columns

column-likely = most likely
column-possible = possible, by the segments
column-silent = possible, if it acted unseen

column-frame = frame
column-seconds = seconds
column-cause = cause
column-cause-basis = cause (basis)
column-basis = basis
column-rule = rule
column-rule-clause = rule, clause
column-equation = equation
column-verdict = verdict
column-clause = clause
column-step = step
column-flags = flags

## List of connections

list-number = #
list-frames = frames
list-handshake = handshake
list-close = close
list-segments = segments, who
list-state-a = state of A
list-state-b = state of B
list-finding = worst finding
list-found = { $rule }, frame { $frame }
list-legend = { $holds } holds  { $broken } broken, violation  ! anomaly  ? undecided  i note  - not applicable
list-more = { $count ->
    [one] { $count } more connection is not shown, no worse than these; --all shows every one
   *[other] { $count } more connections are not shown, none worse than these; --all shows every one
}
list-empty = no TCP connections

## How often each rule spoke

rules-title = Rules: { $spoke } of { $all } said something
rules-all = the others were never at stake; --rules=all shows them too

## Transitions, equations, findings

transitions-none = no transitions: no segment showed a state
transitions-before = before the first segment
transitions-cause = { $cause } ({ $basis })
equations-none = no equations: neither handshake nor close was captured
findings-none = no findings
finding-head = { $severity }: { $rule }, frame { $frame }, sent by { $peer }, { $cite }
finding-head-about = { $severity }: { $rule }, frame { $frame }, about { $peer }, { $cite }
finding-head-icmp = { $severity }: { $rule }, ICMP error in frame { $frame }, about a segment of { $peer }, { $cite }
finding-undecided = undecided { $severity }
finding-demand = demand
finding-expected = expected
finding-found = found
finding-why = why
finding-evidence = shown by
finding-again = again in
finding-frames-more = { $frames } and { $more } more
column-shown-by = shown by

## Ladder

ladder-empty = no segments
ladder-self = A is connected to itself: what it sends it receives
ladder-about = { $rule }, about { $peer }
ladder-retracted = { $peer } in { $state }: retracted by frame { $frame }
ladder-ignored = moved nothing: { $reason }
ladder-folded = { $count ->
    [one] { $count } segment folded
   *[other] { $count } segments folded
}
ladder-folded-a = { $octets ->
    [one] { $octets } octet from A
   *[other] { $octets } octets from A
}
ladder-folded-b = { $octets ->
    [one] { $octets } octet from B
   *[other] { $octets } octets from B
}
ladder-folded-all = ; --unfold shows them

## Capture

capture-frames = { $file }: { $read ->
    [one] { $read } frame
   *[other] { $read } frames
} read = { $analysed } analysed ({ $tcp } TCP, { $udp } UDP) + { $other } neither TCP nor UDP + { $undecodable } undecodable
capture-found = { $connections ->
    [one] { $connections } TCP connection
   *[other] { $connections } TCP connections
}, { $conversations ->
    [one] { $conversations } UDP conversation
   *[other] { $conversations } UDP conversations
}
udp-untold = { $count ->
    [one] { $count } more UDP conversation is not shown; --format jsonl has every one
   *[other] { $count } more UDP conversations are not shown; --format jsonl has every one
}
capture-other = neither TCP nor UDP: { $reasons }
capture-undecodable = undecodable: { $reasons }
capture-copies = { $count ->
    [one] { $count } TCP segment only repeats another frame, by { $reasons }: counted, not analysed again
   *[other] { $count } TCP segments only repeat other frames, by { $reasons }: counted, not analysed again
}
copies-routed = hop limit
copies-encapsulation = tag or tunnel
copies-interface = interface
copies-direction = direction
copies-identification = IP identification
copies-too-soon = a SYN again before any timer
copies-tap-doubles = a tap that doubles everything
capture-stepped = { $count ->
    [one] { $count } frame is stamped more than 100 ms before an earlier one
   *[other] { $count } frames are stamped more than 100 ms before an earlier one
}: the clock went back, or the order is not that of the wire; what depends on time is undecided, and frames are judged in the order of the file ("reordercap" sorts it by time)
capture-unstamped = { $count ->
    [one] { $count } frame has no time: the file does not say when it came; what depends on time is undecided
   *[other] { $count } frames have no time: the file does not say when they came; what depends on time is undecided
}
capture-lost = lost before they could be read: { $places }
capture-lost-untold = lost before they could be read: the capture does not tell
capture-lost-means = what depends on a lost frame is undecided, not broken
capture-late = { $count ->
    [one] { $count } frame came for a closed connection after its report
   *[other] { $count } frames came for closed connections after their reports
}
capture-left-out = { $count ->
    [one] 1 connection is left out by --only; it is judged and counted like the others
   *[other] { $count } connections are left out by --only; they are judged and counted like the others
}
capture-forgotten = { $count ->
    [one] { $count } connection was forgotten early, for want of room; --stats says which
   *[other] { $count } connections were forgotten early, for want of room; --stats says which
}
capture-damage = reading stopped early: { $damage }

## Bounds

bounds-title = Bounds
bounds-bound = what is bounded, and why there
bounds-what = { $bound }: { $why }
bounds-most = at most
bounds-reached = reached
bounds-forgotten = forgotten
bounds-means = Forgotten of a bound on each connection: how many connections met it. A verdict that something forgotten may touch is undecided.
bound-record-octets = octets of one record or block of the file
bound-why-record-octets = 64 times the usual snap length; a longer one is damage, and reading ends there
bound-packings = compressions around each other
bound-why-packings = each unpacks within 128 MiB; what was packed more often is refused
bound-interfaces = interfaces of one section of the file
bound-why-interfaces = as many as 16 bits number; one more is damage, and reading ends there
bound-open-files = files open at a time
bound-why-open-files = 256 KiB and a descriptor each; those that had to wait came in late
bound-open-connections = connections not known to be over
bound-why-open-connections = up to 6 KiB each; who was heard least goes first, then who was silent longest
bound-whole-attempts = attempts kept whole
bound-why-whole-attempts = longer than an answer takes even in a flood; older ones shrink to a record
bound-attempts = attempts in small records
bound-why-attempts = 400 octets each, so that a scan of a large network fits; the oldest goes first
bound-closed-connections = closed connections kept whole
bound-why-closed-connections = for what comes late within 2 MSL; older ones are reported early
bound-closed-records = records of closed connections
bound-why-closed-records = 64 octets each, so that late segments open no connection; the oldest goes first
bound-conversations = UDP conversations
bound-why-conversations = 400 octets each, the most silent is reported early
bound-waiting-octets = octets of segments that wait for their cause
bound-why-waiting-octets = a millisecond of a fast link; with more, the first goes on as captured
bound-waiting-segments = segments of one connection that wait for their cause
bound-why-waiting-segments = one queue is not further ahead of another; with more, the first goes on as captured
bound-remembered-segments = segments remembered to find copies
bound-why-remembered-segments = 5 ms of a million a second; always full, the next overwrites
bound-fragmented-datagrams = incomplete datagrams
bound-why-fragmented-datagrams = four times what Linux keeps; the oldest goes first, counted in frames
bound-fragment-octets = octets of incomplete datagrams
bound-why-fragment-octets = four times what Linux keeps; the oldest goes first, counted in frames
bound-hosts = hosts whose checksums are remembered
bound-why-hosts = a damaged segment is told from an offloaded one by its host; those not heard for longest go
bound-encapsulations = encapsulations told apart
bound-why-encapsulations = more than any network has; further ones are taken for one
bound-layers = tags and tunnels around each other
bound-why-layers = more is an attack or a loop; such frames are undecodable
bound-kinds = kinds of frames counted by name
bound-why-kinds = a page still shows them; further ones are counted together
bound-transitions = transitions of each connection
bound-why-transitions = a long life has thirty; the middle ones are left out
bound-findings = findings of each connection
bound-why-findings = every kind many times; breaches are kept before notes
bound-equations = equations of each connection
bound-why-equations = every step of handshake and close several times
bound-questions = open questions of each connection
bound-why-questions = few are open at a time; a further one is undecided at once
bound-candidates = SYNs of one attempt
bound-why-candidates = an opener tries six times; of further ones the oldest goes
bound-challengers = SYNs into an open connection
bound-why-challengers = any of them may open the next one; of further ones the oldest goes
bound-icmp-errors = ICMP errors of each connection
bound-why-icmp-errors = all are judged, the first are told
bound-held-breaches = breaches in doubt of each connection
bound-why-held-breaches = what follows soon tells whether the receiver refused the octets; a further one is undecided
bound-syn-variants = different SYNs of each side
bound-why-syn-variants = an opener falls back in two or three steps; with more, breaches are undecided
bound-syn-stamps = time stamps of the SYNs of each side
bound-why-syn-stamps = a few are under way at once; with more, breaches are undecided
bound-islands = captured stretches beyond a hole
bound-why-islands = one for each hole, and a window with so many is lost; with more, whether the lowest was filled is undecided
bound-outstanding = ranges of octets not acknowledged
bound-why-outstanding = the flight of most paths; with more, the newest are one, and what is sent again is told less well
bound-sack-blocks = blocks acknowledged selectively by each side
bound-why-sack-blocks = an acknowledgment carries four at most; of further ones the oldest goes
bound-doubtful-frames = frames of each side whose octets may have been refused
bound-why-doubtful-frames = a forger sends few before the sender goes on; with more, breaches are undecided
bound-resets = RSTs of each connection
bound-why-resets = the first says why, the rest echo it; all are judged
bound-challenges = challenged segments of each connection
bound-why-challenges = the first explain; all are judged

## Live capture

live-moved = { $peer }: { $moved }, { $cause } (frame { $frame })
live-taken-back = { $peer }: taken back by frame { $by }: { $moved } (frame { $frame })
live-numbers = expected { $expected }, found { $found }
live-began = capturing on { $interface } ({ $link })
live-began-filter = , filter "{ $filter }"
live-began-end = ; Ctrl-C ends and reports
live-counters = { $interface }: { $read ->
    [one] { $read } frame read
   *[other] { $read } frames read
}, { $received } passed the filter in the kernel; dropped by the kernel: { $kernel }, by the interface: { $driver }
live-unknown = not known
live-buffer = backend { $backend }: kernel buffer { $granted }, at most { $snap } octets of a frame
live-buffer-less = backend { $backend }: kernel buffer { $granted }, less than the { $asked } asked for; at most { $snap } octets of a frame
live-received = { $received ->
    [one] { $received } frame
   *[other] { $received } frames
} passed the filter in the kernel, those included that were dropped or came after the end
live-stamps-kernel = every frame was stamped by the kernel when it took it
live-stamps-mixed = stamped by the kernel: { $kernel }; stamped only when read: { $clock }
live-limits-pcap = not known: which frames were lost, only how many
live-limits-raw = not known: what the interface or its driver dropped; and a filter on VLAN tags does not see those that the kernel took off
live-saved = saved in { $file }

## A command that was run
run-ended = { $command }: ended with code { $code }
run-ended-by-signal = { $command }: ended by { $signal }
run-net-private = it had a network of its own: a loopback, and nothing else
run-net-host = it had this machine's network
run-kept = { $kept } of the { $all ->
    [one] { $all } TCP connection
   *[other] { $all } TCP connections
} seen are its own; { $looks ->
    [one] its processes' sockets were looked at once
   *[other] its processes' sockets were looked at { $looks } times
}
run-forgotten = { $count } sockets were forgotten for want of room: connections of theirs that were reported later are missing
run-missed = may be missing: connections that lived only between two looks, which were at most { $longest } apart; UDP is left out

## Interfaces

interfaces-index = #
interfaces-name = name
interfaces-state = state
interfaces-link = link type
interfaces-link-unknown = not known
interfaces-addresses = addresses
interfaces-capture = capture
interfaces-lack = you may not capture: { $found }; { $remedy }
interfaces-type = type `synfin live -i { $name }` to capture
interface-state-running = running
interface-state-up = up, no carrier
interface-state-down = down
may-capture-yes = yes
may-capture-no = no
may-capture-down = once it is up

## UDP

udp-head-one = UDP, frame { $first }: A { $a }, B { $b }
udp-head = UDP, frames { $first } to { $last }: A { $a }, B { $b }
udp-sent = { $from } sent { $to } { $count ->
    [one] { $count } datagram
   *[other] { $count } datagrams
}, { $octets ->
    [one] { $octets } octet
   *[other] { $octets } octets
}
udp-errors = { $count ->
    [one] { $count } ICMP error came back for a datagram of { $peer }
   *[other] { $count } ICMP errors came back for datagrams of { $peer }
}
udp-icmp = { $count ->
    [one] ICMP { $kind } in frame { $frame }
   *[other] ICMP { $kind }, { $count } times, first in frame { $frame }
}
udp-unanswered = no datagram of { $peer } was captured
udp-answered = first answer { $after } after the datagram before it (frame { $frame })
udp-silence = longest silence { $lasting }, between frames { $from } and { $to }
udp-nothing-shows = UDP has no handshake and no acknowledgment: a datagram is sent, and nothing in UDP itself shows whether it arrived.
udp-reply = B sent datagrams back, so something of what A sent very likely arrived: only B's application can have answered.
udp-no-reply = No datagram and no ICMP error came back. Whether anything arrived cannot be seen: a receiver that only listens looks the same as one that got nothing.
udp-nobody-listens = Nobody listens: the ICMP port unreachable in frame { $frame } says that a datagram reached B's host and that no socket there was bound to the port.
udp-some-refused = The ICMP port unreachable in frame { $frame } says that for one datagram at least no socket was bound to the port.

## ICMP errors

icmp-net-unreachable = network unreachable
icmp-host-unreachable = host unreachable
icmp-protocol-unreachable = protocol unreachable
icmp-port-unreachable = port unreachable
icmp-too-big = packet too big
icmp-source-route-failed = source route failed
icmp-prohibited = prohibited
icmp-unreachable = destination unreachable
icmp-source-quench = source quench
icmp-redirect = redirect
icmp-time-exceeded = time exceeded
icmp-parameter-problem = parameter problem
icmp-other = error
ladder-icmp = ICMP { $kind }
ladder-icmp-from = from { $from }, quotes seq={ $seq }: { $fit }
ladder-icmp-mtu = the next link takes { $mtu } octets
ladder-icmp-may-close = { $to } may give up: CLOSED is possible
icmp-fit-in-flight = in flight
icmp-fit-at-next = at SND.NXT, where a bare ACK stands
icmp-fit-acknowledged = acknowledged before it came
icmp-fit-not-sent = beyond all that was captured
icmp-fit-unknown = cannot be told whether it was in flight

## What explains a connection

story-account = Why it went so
kind-syn = SYN
kind-syn-ack = SYN-ACK
kind-data = data
kind-fin = FIN
kind-ack = ACK
kind-no-ack = segment without ACK
challenge-reset = RST
challenge-syn = SYN
account-state-unknown = a state unknown
account-refused = { $from } refused the SYN by a RST in frame { $frame }, { $after } after it.
account-refused-icmp = { $from } refused the SYN by an ICMP error ({ $kind }) in frame { $frame }, { $after } after it.
account-refused-by-host = The host that was called says so itself.
account-refused-between = That is an address between the two: likely a router or a firewall.
account-reset = RST from { $peer }, then in { $state }, in frame { $frame }, { $time } after { $other }'s { $kind } (frame { $after }); { $other } was in { $other-state }.
account-reset-alone = RST from { $peer }, then in { $state }, in frame { $frame }; { $other } was in { $other-state }.
account-more-resets = { $count ->
    [one] one more RST followed
   *[other] { $count } more RSTs followed
}
account-fit-exact = It is valid: its number is what its receiver expects next.
account-fit-exact-if-all-arrived = It is valid if all that was sent before it arrived: then its number is what its receiver expects next.
account-fit-possible = Whether it is valid cannot be told: what its receiver expects next is known only within an interval.
account-fit-in-window = It is not valid: in the window, but not at its left edge. It draws a challenge ACK and resets nothing.
account-fit-outside = It is not valid: its number is outside the window. It is dropped and resets nothing.
account-fit-sender-only = It resets nothing at its receiver, but shows that its sender has no such connection.
account-likely-no-listener = Likely: nobody listens on that port. A firewall that answers in the host's name would look the same.
account-likely-gave-up-opening = { $peer } does not want what was answered. Likely it had given its attempt up, as a port scan does, or the SYN was an old duplicate or forged.
account-likely-unknown-syn-ack = Likely: { $peer } never sent the SYN that was answered here; that was an old duplicate, or forged.
account-likely-went-on = { $peer } went on as if it had sent none. Likely it was forged, or a device between sent it.
account-likely-middlebox = Likely not { $peer } but a device between sent it, such as a firewall: hop limit { $hop }, where { $peer }'s own segments have { $usual }.
account-likely-ends-time-wait = It ends the TIME-WAIT of { $other } early, unless that ignores RSTs there (RFC 1337).
account-likely-never-had = { $peer } has shown nothing of such a connection. Likely it never had one, as where a scan sends an ACK.
account-likely-no-connection = Its number is that of an acknowledgment of { $other }, as in the answer of a host without such a connection. Likely { $peer } crashed, restarted or dropped it (half-open); a forged RST can look the same.
account-likely-ended-before = The connection had been reset before, so { $peer } has none any more and answers what still comes.
account-likely-closed-no-reader = Data came after { $peer } had closed. Likely its application has closed both directions, so that nobody can read them.
account-likely-closed-gone = { $peer } had closed, and keeps nothing of the connection any more: it answers what still comes.
account-likely-timed-out = { $peer } had sent { $count } segments without an answer. Likely it gave up: keep-alive or user time-out.
account-likely-fast-close = It carries MP_FASTCLOSE: MPTCP closes the whole connection at once.
account-likely-unread-data = It acknowledges, as where an application aborts. Likely { $peer } closed while data of { $other } lay unread, or with linger time 0.
account-likely-abort = It answers nothing that was captured. Likely an application aborted: it closed with linger time 0, or its process was ended.
account-challenge = The { $cause } in frame { $frame } drew a challenge ACK from { $other } in frame { $answer }; nothing changed.
account-challenge-reset = The { $cause } in frame { $frame } drew a challenge ACK from { $other } in frame { $answer }; a RST with that number came in frame { $reset }. Likely { $peer } has no connection any more; who watches and forges can do as much.
account-challenge-none = The { $cause } in frame { $frame } should draw a challenge ACK from { $other }; none was captured. They are limited in rate.
account-icmp = { $from } told { $to } by ICMP: { $kind } (frame { $frame }).
account-icmp-not-in-flight = The number that it quotes is not in flight: { $to } must take no notice (RFC 5927). Likely it is late, or forged.
account-icmp-at-next = It quotes the next number, as a bare ACK has: RFC 5927 takes no notice of it, Linux does.
account-icmp-unknown = Whether what it quotes was in flight cannot be told.
account-icmp-soft = It may pass: the connection must go on.
account-icmp-may-close = { $to } was in { $state } and may have given up: CLOSED is possible.
account-icmp-hard-late = It lasts, but { $to } was in { $state }: hosts heed it only before a connection is synchronized (RFC 5461).
account-icmp-mtu = The next link takes { $mtu } octets: smaller packets of { $to } should follow.
account-icmp-mtu-untold = Smaller packets of { $to } should follow; how large they may be it does not tell.
account-icmp-void = To be discarded (RFC 9293, MUST-55).
account-icmp-unspoken = RFC 9293 does not say what a host makes of it; Linux heeds it only before a connection is synchronized.
account-unanswered = { $other } answered none of the last { $count } segments of { $peer } that want an answer, for { $time }. Likely { $other } or the way to it is gone, or its answers take another way.
account-missing-direction = Nothing that { $peer } sent was captured: it took another way, or the capture sees one direction only. What { $peer } did is undecided.
account-missing-syn = The SYN of { $peer } was not captured: { $letter } = { $iss } follows from what the SYN-ACK in frame { $frame } acknowledges. It is lower if the SYN carried octets.
account-missing-octets = Frame { $frame } acknowledges octets of { $peer } that the capture does not hold: it missed them, and what rests on them is undecided.
account-missing-perhaps = More holes in the octets of { $peer } were open at once than are kept, the first before frame { $frame }: whether all were filled is not known, and what rests on them is undecided.
account-lingers = { $peer } is in { $state } since frame { $frame }, for { $time } when the capture ended.
account-lingered = { $peer } was in { $state } for { $time }, from frame { $frame } to frame { $until }.
account-close-wait = It has acknowledged the FIN of { $other }, but its application has not closed. Likely it still works, or it forgot to close.
account-fin-wait-2 = It has closed and waits for the FIN of { $other }. If its application has closed both directions, Linux waits 60 s at most.
account-time-wait = { $peer } is in TIME-WAIT since frame { $frame }: { $time } of it were watched.
account-time-wait-ended = { $peer } was in TIME-WAIT for { $time }, from frame { $frame } to frame { $until }.
account-reuse = Connection { $conn } had the same addresses and ports. When the SYN in frame { $frame } came, its receiver had been in { $state } for { $time }.
account-reuse-untimed = Connection { $conn } had the same addresses and ports; the SYN in frame { $frame } opens the next.
account-ground-free = Nothing forbids that: the receiver held no TIME-WAIT.
account-ground-timestamp = That is allowed in TIME-WAIT: timestamp { $stamp } is later than { $last-stamp }, the last before (RFC 6191).
account-ground-number = That is allowed in TIME-WAIT: number { $iss } is above { $last }, the last before (RFC 6191).
account-ground-waited = That is allowed: 2 MSL have passed.
account-ground-none = In TIME-WAIT neither number ({ $iss } after { $last }) nor timestamp ({ $stamp } after { $last-stamp }) allows that (RFC 6191).
account-ground-was-open = The old connection was open. Likely its sender has restarted, or an address translator gave its port to another host.
account-ground-unknown = Whether that was allowed cannot be told.
option-window-scale = window scaling
option-sack = selective acknowledgments
option-timestamps = timestamps
option-fast-open = fast open
option-mptcp = MPTCP
option-ecn = ECN
account-agreed = Both offer, and so may use: { $list }.
account-offered-alone = { $peer } alone offers: { $list }.
account-offered-untold = { $peer } offers: { $list }. The other SYN was not captured, so what both may use is not known.
account-mptcp = This is one subflow of an MPTCP connection.
account-fast-open-asked = The SYN asks for a fast-open cookie.
account-fast-open-granted = The SYN asks for a fast-open cookie, and the SYN-ACK brings one for the next time.
account-fast-open-not-granted = The SYN asks for a fast-open cookie; the SYN-ACK brings none.
account-fast-open-unasked = The SYN-ACK brings a fast-open cookie that no captured SYN asks for.
account-fast-open-tried = The SYN brings a fast-open cookie and octets.
account-fast-open-taken = The SYN brings a fast-open cookie and octets, and the SYN-ACK acknowledges the octets: fast open.
account-fast-open-renewed = The SYN brings a fast-open cookie and octets; the SYN-ACK leaves the octets out and brings another cookie: the old one does not hold any more, and the octets are sent again.
account-fast-open-declined = The SYN brings a fast-open cookie and octets; the SYN-ACK leaves the octets out, which are sent again: the cookie is not valid, or the listener does without fast open.
account-fast-open-cookie = The SYN brings a fast-open cookie and no octets.
account-fast-open-given-up = A SYN with fast open is not answered, and sent again without: something on the way may drop it.
account-fast-open-data-taken = The SYN carries octets without fast open, and the SYN-ACK acknowledges them.
account-fast-open-data-left = The SYN carries octets without fast open; the SYN-ACK leaves them out, and they are sent again.
account-timestamps-not-agreed = { $peer } sends timestamps though not both SYNs offer them (first in frame { $frame }).
account-timestamps-left-out = { $peer } leaves out the timestamps that both SYNs offer (first in frame { $frame }).
account-sack-not-permitted = { $peer } acknowledges selectively though the other did not permit it (first in frame { $frame }).
short-refused = refused by { $from } (frame { $frame })
short-refused-icmp = refused by ICMP from { $from } (frame { $frame })
short-reset = RST from { $peer } in frame { $frame }: likely { $likely }
short-unanswered = no answer to the last { $count } segments of { $peer }, for { $time }
short-lingers = { $peer } lingers in { $state } since frame { $frame }, { $time }
short-half-close = half close: { $other } sent { $count ->
    [one] { $count } octet
   *[other] { $count } octets
} in { $time } after the FIN of { $peer }
short-conn = { $conn }: { $text }
short-likely-no-listener = nobody listens
short-likely-gave-up-opening = gave its attempt up
short-likely-unknown-syn-ack = never sent that SYN
short-likely-went-on = forged, for its sender went on
short-likely-middlebox = a firewall between, not the peer
short-likely-ends-time-wait = ends a TIME-WAIT
short-likely-never-had = never had such a connection
short-likely-no-connection = knew the connection no more (half-open)
short-likely-ended-before = answers what comes after a reset
short-likely-closed-no-reader = had closed, nobody reads
short-likely-closed-gone = had closed, and keeps no connection
short-likely-timed-out = gave up after no answer
short-likely-fast-close = MPTCP fast close
short-likely-unread-data = closed with data unread, or linger 0
short-likely-abort = its application aborted

## Textbook: handshake

book-handshake-three-way = Three-way handshake
book-handshake-simultaneous = Simultaneous open
book-handshake-fast-open = Three-way handshake with data in the SYN (TCP Fast Open)
book-handshake-unanswered = A handshake that nobody answered
book-handshake-refused = A handshake refused
book-handshake-reset = A handshake cut short by a reset
book-handshake-incomplete = An incomplete handshake
book-handshake-not-captured = The handshake was not captured
book-handshake-stray = No connection

book-client = { $peer } is the client: { $address }
book-server = { $peer } is the server: { $address }
book-peer = { $peer }: { $address }
book-iss = initial sequence number { $letter } = { $iss }

book-shake-1 = 1
book-shake-2 = 2
book-shake-3 = 3
book-shake-reset = RST

book-handshake-text-three-way = A SYN takes one sequence number, so each side has to acknowledge the other's initial number plus one.
book-handshake-text-simultaneous = Both sent a SYN before the other's arrived. Each answers with its own SYN again and the ACK of the other's: four segments, one connection, no server.
book-handshake-text-fast-open = The SYN carries data; its acknowledgment may cover them beyond x+1.
book-handshake-text-unanswered = The SYN was sent and nothing came back: lost, filtered, or nobody there.
book-handshake-text-refused = Nobody listens on B's port: B's host answers the SYN with RST, whose ack = x+1 shows which SYN it refuses.
book-handshake-text-reset = One side reset the connection before it was established.
book-handshake-text-incomplete = Not every step of the handshake was captured.
book-handshake-text-self = The socket is connected to itself: the SYN that it sends is the SYN that arrives, as in a simultaneous open, with one sequence space for both directions.
book-handshake-not-captured-text = The capture begins in the middle of the connection: the initial sequence numbers are unknown, and all numbers below are as they are on the wire.
book-handshake-stray-text = All that the other side answers is a RST: it has no such connection, and listens at most (RFC 9293, Section 3.10.7). What was sent may be left of a connection that it has lost, an old duplicate, a scan, or somebody else's.
book-handshake-verdict = The handshake as a whole: { $verdict }. Equations and findings say why.

## Textbook: what the handshake proves

book-meaning = What each step proves, and to whom
meaning-how-to-read = Who knows that it works, once the segment has arrived:
meaning-arrived = arrived
meaning-a-sends = A sends
meaning-b-receives = B receives
meaning-b-sends = B sends
meaning-a-receives = A receives
meaning-shown = shown by
meaning-step = { $name }, frame { $frame }
meaning-frame = frame { $frame }
meaning-nothing = nothing yet
meaning-text-1 = When the SYN arrives, B knows that A can send and that B can receive. A knows nothing yet.
meaning-text-2 = When the SYN-ACK arrives, A knows all four: it answers A's own SYN, so A's sending and B's receiving work, and B's sending and A's receiving work or it would not be here. B cannot know yet that its SYN-ACK arrived.
meaning-text-3 = When the ACK arrives, B knows all four as well: its own sending and A's receiving work. That is why two steps are not enough, and why a fourth is not needed.

## Textbook: close

book-close-four = Four-way close
book-close-three = Close in three segments: the second and third step in one
book-close-normal = Close
book-close-simultaneous = Simultaneous close
book-close-half = Half closed
book-close-reset = Reset
book-close-refused = No close
book-close-none = No close

book-close-client-first = { $first } closes actively: it is the client. { $second } closes passively.
book-close-server-first = { $first } closes actively: it is the server. { $second } closes passively.
book-close-first = { $first } closes actively, { $second } passively.

book-wave-1 = 1
book-wave-2 = 2
book-wave-3 = 3
book-wave-4 = 4
book-wave-2-3 = 2+3
book-wave-fin = FIN
book-wave-ack = ACK
book-wave-reset = RST

book-close-text-four = A FIN takes one sequence number, so { $second } has to acknowledge u+1, and { $first } w+1. Each direction is closed on its own: one FIN and one ACK for each.
book-close-text-three = A FIN takes one sequence number. { $second } acknowledges u+1 with the very segment that carries its own FIN; { $first } goes from FIN-WAIT-1 to TIME-WAIT and never is in FIN-WAIT-2.
book-close-text-normal = A FIN takes one sequence number, so each side has to acknowledge the number of the other's FIN plus one.
book-close-text-simultaneous = Both sent a FIN before the other's arrived: neither FIN acknowledges the other (its ack is not yet u+1 or w+1). Both close actively, both pass through CLOSING, and both end in TIME-WAIT.
book-close-text-half = { $first } has closed its direction: it sends nothing more, but still receives. { $second } has not closed yet and may go on sending.
book-close-text-reset = { $first } reset the connection. A RST ends both directions at once: it is not acknowledged, and what was still under way is lost.
book-close-text-refused = No connection came to be, so there is nothing to close.
book-close-text-none = No FIN and no RST was captured: the connection was open when the capture ended.

book-u-and-w = u = { $u }: one number for the SYN of { $first }, { $octets-first } for its data. w = { $w }: one for the SYN of { $second }, { $octets-second } for its data.
book-v-is-w = v = w: { $second } sent no data between its ACK and its FIN, and an ACK takes no sequence number.
book-v-to-w = { $count ->
    [one] w = v + 1: { $second } sent one more octet between its ACK and its FIN.
   *[other] w = v + { $count }: { $second } sent { $count } more octets between its ACK and its FIN.
}
book-half-closed = { $count ->
    [0] Half close: { $second } sent no data after the FIN of { $first } (frame { $frame }).
    [one] Half close: { $second } sent one octet after the FIN of { $first } (frame { $frame }). That is allowed: a FIN closes one direction only.
   *[other] Half close: { $second } sent { $count } octets after the FIN of { $first } (frame { $frame }). That is allowed: a FIN closes one direction only.
}
book-half-closed-for = { $first } was half closed for { $time }.
book-close-verdict = The close as a whole: { $verdict }. Equations and findings say why.

## Textbook: why so many segments

book-why-four = Why four segments
book-why-three = Why three segments
book-why-simultaneous = Why this is simultaneous
why-four = A FIN says only that { $first } has nothing more to send. { $second } may have: its TCP acknowledges, but only its application can close.
why-ack-delayed = { $second } acknowledged after { $wait }: its delayed-ACK timer (40 ms or more on Linux) ran out before its application closed, so the ACK went alone.
why-ack-on-data = { $second } acknowledged after { $wait }, on the data that it still had to send.
why-ack-at-once = { $second } acknowledged after { $wait }: at once, without waiting for a FIN to carry the ACK.
why-ack-after = { $second } acknowledged after { $wait }, way included.
why-way = { $way } of that is the way to { $second } and back: its quickest answer in this capture took so long.
why-fin-later = { $second } sent its FIN { $more } after that ACK: only then had its application closed and its data gone out.
why-three = { $second }'s FIN came { $wait } after the FIN of { $first }: one segment carries both the ACK of that FIN and its own FIN.
why-merged-fast = That is sooner than a delayed ACK has to go out (40 ms or more on Linux), so no ACK went alone.
why-merged-slow = No ACK went alone in that time: either it was delayed as long, or it was not captured.
why-three-legal = This is as legal as four segments: RFC 9293, note 2 to figure 5. Linux does so whenever the application closes soon.
why-simultaneous = The two FINs were captured { $wait } apart, less than a round trip, so each left before the other arrived. What decides is not their order but their ack fields.

## Textbook: TIME-WAIT

book-time-wait = How long TIME-WAIT lasts, and why
book-no-time-wait = No TIME-WAIT, and why
time-wait-holds = { $peer } is in TIME-WAIT since frame { $frame }.
time-wait-holds-until = { $peer } is in TIME-WAIT since frame { $frame }, { $since } s after the start; until { $rfc } s by RFC 9293, until { $linux } s if it is Linux.
time-wait-msl = It lasts 2 MSL, twice the longest life of a segment. RFC 9293 takes an MSL of 2 minutes: 240 s. Linux waits 60 s.
time-wait-last-ack = The last ACK may be lost, and nobody acknowledges an ACK. Then { $other } sends its FIN again, and somebody must still be there to acknowledge it.
time-wait-old-segments = Segments of this connection that are late must have died out before the same two addresses and ports may be used again, or a new connection could take them for its own.
time-wait-other = { $other } does not wait: the ACK of its FIN tells it that all is done.
time-wait-nobody = Linux does not wait in TIME-WAIT after a reset: there is no last ACK that could be lost. RFC 9293 (note 3 to figure 5) would have the side that resets wait, for the sake of old segments.

## Textbook: UDP and verdict

book-udp = UDP: sent, and no more
book-verdict-clean = verdict: handshake { $handshake-verdict } ({ $handshake }); close { $close-verdict } ({ $close }); no findings
book-verdict-noted = verdict: handshake { $handshake-verdict } ({ $handshake }); close { $close-verdict } ({ $close }); { $notes ->
    [one] { $notes } note
   *[other] { $notes } notes
}, nobody at fault
book-verdict-found = verdict: handshake { $handshake-verdict } ({ $handshake }); close { $close-verdict } ({ $close }); { $violations ->
    [one] { $violations } violation
   *[other] { $violations } violations
}, { $anomalies ->
    [one] { $anomalies } anomaly
   *[other] { $anomalies } anomalies
}, { $undecided } undecided

## Demo

demo-origin-namespace = Real packets, captured in this run by { $backend }, on the loopback of a network namespace made for it. No interface of this machine was touched.
demo-origin-loopback = Real packets, captured in this run by { $backend }, on this machine's own loopback. The filter lets only the demo's own ports through: { $filter }
demo-origin-recorded = RECORDED: these packets are not from this run. The capture is built into synfin; synfin made it earlier, in the same way, from real traffic.
demo-ladder = The segments, and the states of both ends
demo-transitions = State transitions
demo-ladder-key = A state stands where it begins: once its segment has left or arrived. Double lines carry data.
demo-transitions-key = F-numbers are the arcs of the state machine (RFC 9293, figure 5 and text). "sent": the segment itself shows the move; "proved by": a later frame does; "presumed": it arrived in the capture, and no later frame can show more.
demo-equations = Every equation, with its numbers
demo-findings = Findings

demo-tcp = TCP, scenario { $scenario }
demo-scenario-client-closes = The client says "hello", the server answers "welcome", the client closes at once. The server waits 120 ms before it closes too, so that the close takes the textbook's four segments.
demo-scenario-merged = The client says "hello", the server answers "welcome", the client closes at once, and so does the server: its ACK and its FIN travel in one segment.
demo-scenario-server-closes = The client says "hello", the server answers "welcome" and closes first. The client waits 120 ms before it closes too.
demo-scenario-half-close = The client says "hello" and closes its own direction only. The server goes on sending, 3072 octets in three parts, and then closes.
demo-scenario-refused = The client calls a port where nobody listens.
demo-scenario-reset = The client says "hello", the server answers "welcome", and the client ends the connection with a RST instead of a FIN.
demo-tcp-heard = The programs say: the server read { $server ->
    [one] { $server } octet
   *[other] { $server } octets
}, the client { $client }, which is all that was sent.

demo-file = A file over TCP
demo-file-what = The client sends the name of a file. The server answers with its length, the file and its checksum, and closes. The client writes the file and compares.
demo-file-arrived = The programs say: { $name } arrived whole, { $octets } octets, sent in pieces of { $chunk }; the checksums of both sides agree.
demo-file-checksum = SHA-256 { $checksum }

demo-udp = UDP
demo-udp-what = The text is "{ $text }", { $octets } octets. It is sent twice: to a program that listens, and to a port where none does.
demo-udp-listened = To a program that listens
demo-udp-deaf = To a port where nobody listens
demo-udp-arrived = The listening program itself says that it read { $octets } octets. No packet shows that.

demo-more-tcp = Other scenarios: synfin demo tcp --scenario merged (the close in three segments), client-closes (in four), server-closes, half-close, refused, reset.
demo-more-file = Step by step, as a textbook has it: synfin demo tcp.

demo-note-namespace = { $found }; trying this machine's own loopback instead, with a filter on the demo's own ports
demo-note-capture = cannot capture: { $found }; showing the recorded capture instead, while the programs themselves still run
demo-remedy-works = to capture, type `sudo { $program } demo`, or once `sudo setcap cap_net_raw=ep { $program }`
demo-remedy-nosuid = to capture, type `sudo { $program } demo`
demo-remedy-no-new-privs = to capture, start `{ $program } demo` outside this session, which may gain no privileges
demo-note-playing-namespace = playing and capturing in a network namespace of its own
demo-note-playing-loopback = playing and capturing on this machine's own loopback
demo-note-recorded = showing the recorded capture, not this run's packets
demo-note-file = { $name }: { $octets } octets arrived, SHA-256 { $checksum } at both sides
demo-note-unfinished = the capture saw no end of every connection within { $seconds } s; the verdicts rest on what it saw
demo-note-not-saved = nothing was captured, so nothing was saved in { $file }
demo-note-scenario = --scenario chooses among the TCP scenarios; type `synfin demo tcp --scenario { $scenario }`
## Explanations

colon = { ": " }
column-severity = severity
column-summary = what must hold
column-state = state
column-meaning = meaning
column-arc = arc
column-from = from
column-to = to
explain-family = Rules: { $family }
explain-unbuilt = Rules that are not built, and why
explain-not-built = There is no such rule, for this reason:
explain-arcs = Arcs between states
explain-many-states = { $count } states
explain-states = States
explain-terms = Words of the reports
explain-how = synfin explain NAME explains one of them, with an example. MUST-1 to MUST-69, SHLD-1 to SHLD-31, MAY-1 to MAY-18 and REC-1 are requirements of RFC 9293; --coverage lists them.

family-header = header and options
family-handshake = handshake
family-options = what options agree on
family-data = data and acknowledgments
family-sack = selective acknowledgments
family-time = time stamps
family-probes = keep-alive and zero window
family-close = close
family-reset = reset
family-after = after the close, and ICMP

column-requirement = requirement
column-subject = subject
column-why = why
column-seen-by = rules, or what no tap sees
coverage-title = Requirements of RFC 9293, Appendix B
coverage-counts = { $all } requirements: { $rules } seen by rules, { $part } in part, { $unseen } that no tap can see
semicolon = { "; " }
explain-level = demanded
explain-also = see also
explain-guards = not told if
explain-guards-none = only as the text below says; nothing else in the capture excuses a breach
explain-details = what the ladder leaves out, by frame:
explain-since = since
level-must = by a MUST
level-should = by a SHOULD
level-may = by a MAY: it is allowed, not demanded
level-procedure = by how segments are to be processed
level-practice = by no document: a habit of implementations, or our own figure
lore-shown = shown by
lore-fails = goes wrong
lore-untold = not told
lore-example = An example: it happens where its name stands

coverage-counts-open = { $count } of them have no rule in this release, though a tap could see them
coverage-open = no rule in this release
coverage-rules = Rules that see it kept or broken
coverage-unseen = out of sight
coverage-not-seen = not seen
explain-statement = equation
explain-breaks = An example: it speaks where its name stands
explain-keeps = For comparison: here it charges nobody
explain-example = An example: here it charges nobody
explain-entered = How it is entered
explain-left = How it is left
explain-stays = What leaves it as it is
explain-next-connection = and then, between the same two ports, a new connection:

guard-speaks = speaks when
guard-why = says
guard-means = Under a guard a breach is undecided: the finding says why, and names the frame that proves it if one does. Nobody is charged, and the exit code does not change.
guard-rules = Rules whose breach is undecided then
guard-term = As a basis of a transition
guard-all = Every rule.
kind-how = What kind of segment it is is told by evidence: what was outstanding and acknowledged before it, duplicate ACKs and SACK blocks, timestamps, IP identification. Why octets are sent again is never told by a fixed time.
kind-rules = Rules that speak of it
explain-list-guards = Guards: what a capture shows of itself, under which a breach is undecided
explain-list-kinds = Kinds of segments
column-guard = guard
column-kind = kind

kind-means-retransmission-timeout = The oldest unacknowledged octets again, with fewer than three duplicate ACKs and little or nothing held beyond them: only the retransmission timer sends those first.
kind-means-retransmission-fast = Octets again that three duplicate ACKs asked for, or beyond which the other holds three ranges or more than two full segments by SACK; or octets of the same recovery.
kind-means-retransmission-time-order = Octets again of which the other holds later-sent ones, but fewer than fast retransmit asks for: RFC 8985 takes them for lost by time.
kind-means-retransmission-tail-probe = The last octets again while older ones are outstanding: a timer would begin with the oldest, so this is a tail-loss probe (RFC 8985).
kind-means-retransmission-timeout-or-tail-probe = The only segment outstanding again: the retransmission timer and a tail-loss probe do the same.
kind-means-retransmission-too-big = Octets again, after an ICMP error that quotes octets in flight has told their sender that a link takes no such packets: path MTU discovery, not a loss.
kind-means-retransmission-acknowledged = Octets again that the other had acknowledged before, as this tap saw it: the acknowledgment was lost behind the tap, or still under way.
kind-means-retransmission = Octets again that are neither the oldest nor the last outstanding, and that nobody asked for: nothing tells why.
kind-means-resent = Octets below SND.NXT that the capture sees for the first time, though their segment left after those above them: the first copy was lost before this tap, or the capture missed it.
kind-means-late = It left before what was captured before it, by its timestamp or IP identification: out of order, not sent again.
kind-means-filling = Octets below SND.NXT that the capture sees for the first time, without timestamp or identification to tell whether they are late or sent again.
kind-means-copy = The same packet as its sender's last, with every mark the same: the network or the capture doubled it; its sender sent it once.
kind-means-duplicate-ack = A bare acknowledgment that moves nothing while octets of the other are outstanding, with the window as before or a new SACK block (RFC 5681, Section 2).
kind-means-window-update = A bare acknowledgment that changes the window only.
kind-means-keep-alive = A segment one below SND.NXT, empty or with one octet that was sent before, after all was acknowledged and at least a second of silence: it asks whether the other is there.
kind-means-zero-window-probe = While the other's window is shut: an empty segment one below SND.UNA, as Linux sends it, or octets beyond what the window grants, as RFC 9293 has it.

severity-means-violation = an endpoint broke a requirement of the protocol
severity-means-anomaly = legal, but harmful or odd
severity-means-note = worth knowing; nobody is at fault

term-holds = The rule speaks of this segment, and what it demands is so.
term-broken = The rule speaks of this segment, what it demands is not so, and nothing in the capture excuses it.
term-undecided = The rule speaks of this segment, but this capture cannot tell: something is known to be missing or damaged, or the answer did not follow. The finding says which. Nobody is charged.
term-noted = Something worth knowing happened at this segment. It is neither right nor wrong.
term-not-applicable = The rule does not speak of this connection: there was no such handshake or close.
term-violation = An endpoint broke a requirement of the protocol. By default this makes synfin exit with 1.
term-anomaly = Legal, but harmful or odd. With --fail-on anomaly it makes synfin exit with 1.
term-note = Worth knowing; nobody is at fault, and the exit code does not change.
term-sent = A basis: the endpoint itself sent the segment that shows the move.
term-proved = A basis: the move happened when a segment arrived, which nobody in between sees; the frame named shows that it did.
term-presumed = A basis: the segment that causes the move was captured, but nothing has shown yet that it arrived.
term-retracted = The frame named shows that the presumed move did not happen. The row stays, marked, and so do the rows that rested on it.
term-midstream = The capture begins inside the connection: the first segment shows a state, not how it was reached.
term-likely = The state that the latest segments show: the headline. What an application has done without a segment, nobody outside can see.
term-possible = All states that the captured segments allow, if nothing unseen has happened since.
term-silent = Further states that a close, an abort or a timer may have led to without showing a segment yet.
term-proven = Only one state is possible by the captured segments.

## the lab

lab-heading = Scenario { $name }, seed { $seed }
lab-deeds = What was done
lab-ladder = What the wire saw at the { $host }
lab-ends = Both kernels, and what the wire says of them
lab-column-name = name
lab-column-what = what it plays
lab-column-host = who
lab-column-deed = did
lab-column-end = end
lab-column-kernel = kernel
lab-column-own = own tap
lab-column-far = far tap
lab-host-client = client
lab-host-server = server
lab-host-wire = wire
lab-deed-listens = listens on port { $number }
lab-deed-connects = connects to port { $number }
lab-deed-connect-failed = cannot connect: { $said }
lab-deed-accepts = accepts a connection from port { $number }
lab-deed-writes = writes { $number } octets
lab-deed-write-failed = cannot write: { $said }
lab-deed-reads = reads { $number } octets
lab-deed-reads-end = reads { $number } octets and the end
lab-deed-read-failed = cannot read: { $said }
lab-deed-shuts = closes the direction in which it sends
lab-deed-closes = closes
lab-deed-aborts = closes with a reset (SO_LINGER 0)
lab-deed-crashes = forgets the connection without a word, as after a crash
lab-deed-steers = sets its next initial sequence number to { $number }
lab-deed-pause = nobody does anything for { $number } ms
lab-deed-forged = a forged segment is put on the wire: { $said }
lab-fate-lost = lost { $count } times
lab-fate-delayed = delayed { $count } times
lab-fate-duplicated = duplicated { $count } times
lab-fate-held = held back { $count } times
lab-fate-overtaken = overtaken { $count } times
lab-fate-corrupted = corrupted { $count } times
lab-fate-truncated = cut short { $count } times
lab-fate-stripped = options taken out { $count } times
lab-fate-clamped = MSS lowered { $count } times
lab-fate-forged = followed by a forged segment { $count } times
lab-deed-killed = is killed
lab-moves = Every move, and the kernel's word on it
lab-moves-key = The time is from the capture of the segment that shows the move to the kernel's own move. A kernel moves before it sends, and after it has received.
lab-column-move = move to
lab-besides = What the kernel of the { $host } says besides
lab-column-witness = kernel
witness-agrees = kernel agrees ({ $after })
witness-told-late = kernel agrees ({ $after }, told once it was over)
witness-earlier = kernel was earlier ({ $after })
witness-disagrees = kernel disagrees ({ $state })
witness-there = kernel agrees (its socket is in that state)
witness-cannot-see = kernel cannot see
witness-excuse-no-socket = no socket came of it
witness-excuse-ends-unseen = it ended without a segment
witness-excuse-fin-waited = its FIN waited behind data
witness-excuse-small-form = the kernel tells FIN-WAIT-2 without a program as its end
witness-excuse-taken-together = the kernel took the FIN and the acknowledgment behind it as one segment
witness-nowhere = no move
witness-frame = frame { $frame }
witness-no-frame = no captured frame
witness-heading = What the kernel says besides
witness-process = { $peer } { $address } is a socket of { $name }, process { $pid }
witness-rst = RST of { $peer } ({ $frame }): { $said }
witness-rst-and = ;{ " " }
witness-rst-why = sent because of { $reason }
witness-rst-no-why = the kernel says nothing of having sent it
witness-rst-taken = the receiver's kernel took it
witness-rst-not-taken = the receiver's kernel did not take it
witness-refused = segment of { $peer } ({ $frame }) refused: { $reason }
witness-again = segment of { $peer } ({ $frame }) is a repetition
witness-summary = { $conn }: kernel agrees with { $agreed } of { $moves ->
    [one] { $moves } move
   *[other] { $moves } moves
}
witness-summary-earlier = , was earlier in { $count }
witness-summary-cannot-see = , cannot see { $count }
witness-summary-disagrees = , disagrees with { $count }
witness-lost = the kernel had no room for { $count } of its events: nothing follows from a disagreement
lab-host-middle = middle
lab-crowd = { $count } connections, { $done } as drawn, in { $seconds } s; { $packets } packets, { $events } events of the kernels
lab-crowd-probes = { $host }: its kernel told SND.NXT and SND.UNA at { $probes } segments, { $comparable } of them comparable; SND.NXT the same in { $nxt }, SND.UNA in { $una }
lab-crowd-excuse = { $host }, { $of }: { $kind } ({ $count })
lab-labelled = The state of the socket at each segment
lab-verdict = Verdict
lab-labels = { $host }: its kernel told the state at { $labels } segments; the likeliest in { $likely }, outside belief in { $outside }; { $unlabelled } segments without a label
lab-crowd-tap = tap
lab-crowd-of = ends of
lab-crowd-own = its host
lab-crowd-far = far host
lab-crowd-both = both hosts
lab-crowd-ends = ends
lab-crowd-same = same path
lab-crowd-excused = beyond segments
lab-crowd-differ = other path
lab-crowd-outside = outside belief
lab-crowd-violations = charged
lab-found-nothing = nothing
lab-verdict-agrees = agrees
lab-verdict-possible = the wire allows it
lab-verdict-disagrees = disagrees
lab-verdict-unknown = not known
lab-verdict-as-expected = as expected; rules broken at the client's tap: { $client }; at the server's tap: { $server }
lab-verdict-unexpected = NOT as expected; rules broken at the client's tap: { $client }; at the server's tap: { $server }
lab-verdict-not-played = not played to its end: { $failure }
lab-summary = { $good } as expected, { $bad } not as expected, { $unplayed } not played to their end

lab-scenario-self-connect = A socket calls its own address: SYN, SYN-ACK and FIN are its own.
lab-scenario-reset-by-connecting-nowhere = The client ends its connection by connecting to nowhere (AF_UNSPEC).
lab-scenario-reset-by-administrator = The client's administrator destroys its socket (ss -K).
lab-deed-disconnects = connects to nowhere (AF_UNSPEC)
lab-deed-destroyed = has its socket destroyed by the administrator
lab-scenario-three-way = A handshake in three segments, a question and an answer, and a close that the client begins.
lab-scenario-ipv6 = The same over IPv6.
lab-scenario-simultaneous-open = Both call each other at the same time: SYNs cross.
lab-scenario-ack-with-data = The last ACK of the handshake carries the first data.
lab-scenario-syn-cookies = The server keeps nothing for a SYN: its SYN-ACK is a cookie.
lab-scenario-fast-open = TCP Fast Open: the first connection fetches a cookie, the SYN of the second carries data.
lab-scenario-no-options = No SACK, no timestamps, no window scale.
lab-scenario-ecn = Both agree on ECN in the handshake.
lab-scenario-md5 = Every segment is signed (RFC 2385).
lab-scenario-mptcp = A Multipath TCP connection with one subflow.
lab-scenario-urgent = Urgent data in the middle of a stream.
lab-scenario-isn-wraps = The client's sequence numbers pass 2^32 in the data.
lab-scenario-isn-wraps-on-both-sides = Simultaneous open; the numbers of both pass 2^32 within the handshake.
lab-scenario-mss-clamped = A middlebox lowers the MSS in both SYNs.
lab-scenario-options-stripped = A middlebox takes window scale, SACK and timestamps out of both SYNs.
lab-scenario-two-syns = A forged SYN with another initial sequence number follows the client's.
lab-scenario-port-again-by-client = The client closes first and connects from the same port again, out of TIME-WAIT.
lab-scenario-port-again-by-server = The server closes first; a new SYN takes its TIME-WAIT over.
lab-scenario-close-by-client = The client closes, the server 100 ms later.
lab-scenario-close-by-server = The server closes, the client 100 ms later.
lab-scenario-half-close = The client closes its direction; the server goes on sending.
lab-scenario-fin-with-data = The client's FIN carries its only data.
lab-scenario-simultaneous-close = Both close at the same time: FINs cross.
lab-scenario-simultaneous-close-fin-lost = Both close at the same time, and one FIN is lost.
lab-scenario-fin-crosses-data = The client's FIN crosses the server's data.
lab-scenario-orphaned-fin-wait-2 = The client closes and forgets its socket; the server closes 100 ms later.
lab-scenario-program-killed = The client's program is killed; its kernel closes.
lab-scenario-reading-closed = The server closes its reading direction, which sends nothing.
lab-scenario-time-wait-assassinated = An old duplicate in TIME-WAIT makes the other side reset (RFC 1337).
lab-scenario-refused = Nobody listens.
lab-scenario-reset-by-linger = The client closes with a reset (SO_LINGER 0).
lab-scenario-reset-for-unread-data = The client closes without having read what came: its kernel resets.
lab-scenario-reset-crosses-fin = A reset of the server crosses the client's FIN.
lab-scenario-reset-of-late-data = The server sends to a client that has closed for good.
lab-scenario-given-up-in-syn-sent = The client gives up before the SYN-ACK comes.
lab-scenario-listener-closed-with-queue = The server stops listening with a connection in its queue.
lab-scenario-listener-closed-in-handshake = The server stops listening in the middle of a handshake.
lab-scenario-half-open-found-by-syn = The client crashes and connects from the same port again (RFC 9293, figure 9).
lab-scenario-half-open-found-in-close-wait = The same, with the server in CLOSE-WAIT.
lab-scenario-half-open-found-by-data = The server crashes; the client's data finds it out.
lab-scenario-reset-by-middlebox = A middlebox resets the server in the client's name.
lab-scenario-forged-reset-challenged = Forged resets in and outside the window are challenged or ignored (RFC 5961).
lab-scenario-forged-reset-exact = A forged reset with the exact sequence number.
lab-scenario-forged-syn-challenged = A forged SYN in an open connection is challenged (RFC 5961).
lab-scenario-forged-acknowledgment-of-the-future = Forged data acknowledges what was never sent.
lab-scenario-forged-acknowledgment-of-the-past = Forged data acknowledges what is long past (RFC 5961, section 5.2).
lab-scenario-odd-flags-to-closed-port = Segments with odd flags to a port where nobody listens.
lab-scenario-odd-flags-to-listener = Segments with odd flags to a listener.
lab-scenario-syn-lost = The first SYN is lost.
lab-scenario-syn-lost-twice = The first two SYNs are lost.
lab-scenario-syn-never-answered = Every SYN is lost.
lab-scenario-syn-ack-lost = The first SYN-ACK is lost.
lab-scenario-syn-acks-never-come = Every SYN-ACK is lost.
lab-scenario-last-ack-of-handshake-lost = The last ACK of the handshake is lost, and the client stays silent.
lab-scenario-last-ack-of-handshake-lost-then-data = The last ACK of the handshake is lost, and the client's data takes its place.
lab-scenario-fin-lost = The client's first FIN is lost.
lab-scenario-last-ack-lost = The acknowledgments of the server's FIN are lost.
lab-scenario-fin-behind-three-acks = The server's FIN is held behind three later segments.
lab-scenario-segment-overtaken = A segment arrives behind the three that follow it.
lab-scenario-fast-retransmit = A segment in the middle of a stream is lost.
lab-scenario-tail-lost = The last segment of a stream is lost.
lab-scenario-tail-lost-twice = The last segment of a stream and its first repetition are lost.
lab-scenario-retransmitted-for-nothing = Acknowledgments come 400 ms late: what is sent again had arrived.
lab-scenario-damaged = One segment arrives damaged, one cut short.
lab-scenario-everything-twice = Every segment arrives twice.
lab-scenario-handshake-twice = The SYN and the SYN-ACK arrive twice.
lab-scenario-syn-late-and-twice = The first SYN arrives 1.5 s late, in the open connection.
lab-scenario-given-up = Nothing arrives any more; the client gives up.
lab-scenario-bulk-with-loss = Two MiB with 1 % loss each way.
lab-scenario-accept-queue-full = The queue of accepted connections is full: the last ACK is dropped.
lab-scenario-accept-queue-full-cookies = The queue is full, and the SYN-ACKs are cookies: the server keeps nothing.
lab-scenario-accept-queue-full-reset = The queue is full, and the server resets.
lab-scenario-syn-queue-full = The queue of handshakes is full: SYNs are dropped.
lab-scenario-keep-alive = Nothing to say for two seconds, with keep-alive probes.
lab-scenario-keep-alive-dead = Keep-alive probes that nobody answers.
lab-scenario-zero-window = The server does not read; its window closes, and opens again.
lab-scenario-fin-wait-2-times-out = The client's FIN-WAIT-2 times out before the server closes.
