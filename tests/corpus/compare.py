#!/usr/bin/env python3
"""Compares what synfin says of each connection with what tshark said, and counts what each rule said.

Not run by CI: it needs captures that are not in this repository. Use, after "cargo build --release":

    tests/corpus/compare.py CORPUS [SYNFIN]

CORPUS is a folder with `wild/` (capture files) and `truth/wild.tshark.tsv.gz` (one row per file and TCP stream, columns as
its first line names them); SYNFIN is the program, target/release/synfin if not given. It prints two tables in Markdown, each
kind of difference and each rule with one example, for `truth.md` and `rules.md` beside it, whose remarks are written by hand.
"""

import collections
import csv
import gzip
import json
import os
import subprocess
import sys


def objects(program, path):
    """The objects that synfin writes of one file."""
    command = [program, "analyze", path, "--format", "jsonl", "--fail-on", "never"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def numbers(cell):
    """A list of frames; of a long one the table keeps eight, and how many more there are as "+1"."""
    parts = [] if cell in ("-", "", "no") else cell.split(",")
    return [int(part) for part in parts if not part.startswith("+")]


def ends(address, port):
    return (f"[{address}]" if ":" in address else address) + f":{port}"


class Kinds:
    """Counts with the first example of each kind."""

    def __init__(self):
        self.count = collections.Counter()
        self.example = {}

    def add(self, kind, example):
        self.count[kind] += 1
        self.example.setdefault(kind, example)

    def table(self, heads):
        print("| " + " | ".join(heads) + " |")
        print("|" + "---|" * len(heads))
        for kind, count in self.count.most_common():
            print(f"| {kind} | {count} | {self.example[kind]} |")
        print()


def matched(rows, connections):
    """Each row with the connections between the same two ports whose frames overlap its own."""
    by_ends = collections.defaultdict(list)
    for it in connections:
        by_ends[frozenset((it["a"], it["b"]))].append(it)
    pairs = []
    for row in rows:
        client, server = ends(row["client_ip"], row["client_port"]), ends(row["server_ip"], row["server_port"])
        first, last = int(row["first_frame"]), int(row["last_frame"])
        same = by_ends.get(frozenset((client, server)), [])
        own = [it for it in same if it["frames"]["first"] <= last and first <= it["frames"]["last"]]
        exact = [it for it in own if it["frames"]["first"] == first]
        pairs.append((row, client, exact or own))
    return pairs


def twins(it, connections):
    """Those of the connections that go between the same two ports at the same time, in other VLANs or tunnels."""
    same = {it["a"], it["b"]}
    around = it.get("encapsulation")
    first, last = it["frames"]["first"], it["frames"]["last"]
    return [
        other
        for other in connections
        if {other["a"], other["b"]} == same
        and other.get("encapsulation") != around
        and other["frames"]["first"] <= last
        and first <= other["frames"]["last"]
    ]


def compare(row, client, it, kinds, where):
    """What differs between one row and one connection, field by field."""
    own, other = ("a", "b") if it["a"] == client else ("b", "a")

    def field(name, theirs, ours):
        if theirs is None and ours is None:
            return
        if theirs == ours:
            kinds.add(f"{name}: equal", where)
        elif theirs is None:
            kinds.add(f"{name}: only synfin names one", f"{where}: {ours}")
        elif ours is None:
            kinds.add(f"{name}: only tshark names one", f"{where}: {theirs}")
        else:
            kinds.add(f"{name}: different", f"{where}: tshark {theirs}, synfin {ours}")

    def first(cell):
        return min(numbers(row[cell]), default=None)

    def isn(cell):
        return int(row[cell]) if row[cell] not in ("-", "") else None

    syn, syn_ack, ack = it["handshake"]["frames"]
    several = numbers(row["syn_frames"])
    if syn in several and syn != several[0]:
        kinds.add("SYN: of several, synfin names the one that is answered", f"{where}: tshark {several}, synfin {syn}")
    else:
        field("SYN", first("syn_frames"), syn)
    several = numbers(row["synack_frames"])
    if syn_ack in several and syn_ack != several[0]:
        kinds.add("SYN-ACK: of several, synfin names a later one", f"{where}: tshark {several}, synfin {syn_ack}")
    else:
        field("SYN-ACK", first("synack_frames"), syn_ack)
    field("handshake ACK", first("hs_ack_frame"), ack)
    renumbered = any(reason["reason"] in ("ack-beyond-sent", "damaged") for reason in it.get("ignored", []))
    for name, cell, ours in (("client", "client_isn", own), ("server", "server_isn", other)):
        if isn(cell) is not None and it["iss"][ours] is None and renumbered:
            kinds.add("ISN: synfin has let it go, since the numbers do not go on from it", f"{where}, {name}")
        else:
            field(f"ISN of the {name}", isn(cell), it["iss"][ours])
    close = it["close"]
    fins = {side: first(f"fin_{side}_frames") for side in "cs"}
    acked = {side: first(f"fin_{side}_acked") for side in "cs"}
    resets = [frame for side in "cs" for frame in numbers(row[f"rst_{side}_frames"])]
    if close["kind"] in ("normal", "simultaneous", "half"):
        frames = close["frames"]
        by = {"a": own, "b": other}
        one = {"a": "c" if own == "a" else "s", "b": "c" if own == "b" else "s"}.get(close["first"])
        two = {"c": "s", "s": "c"}.get(one)
        if by and one:
            field("first FIN", fins[one], frames[0])
            field("ACK of the first FIN", acked[one], frames[1])
            field("second FIN", fins[two], frames[2])
            field("ACK of the second FIN", acked[two], frames[3])
        else:
            field("frames of both FINs", sorted(f for f in fins.values() if f), sorted(f for f in frames[::2] if f))
    elif close["kind"] == "reset":
        field("RST", min(resets, default=None), close["frames"][0])
    elif resets and it["handshake"]["kind"] == "refused":
        kinds.add("RST: equal, the refusal of the SYN", where)
    elif any(fins.values()) or resets:
        kinds.add("close: tshark sees a FIN or RST, synfin no close", where)
    else:
        kinds.add("close: neither sees any", where)


def catalogue(program):
    """The ids of all rules, in the order of `explain --list`."""
    listed = subprocess.run([program, "explain", "--list", "--format", "markdown"], capture_output=True, text=True).stdout
    rows = [[cell.strip() for cell in line.strip("| ").split("|")] for line in listed.splitlines() if line.startswith("| ")]
    return [row[0] for row in rows if len(row) == 3 and row[1] in ("violation", "anomaly", "note")]


def trace_of(rule):
    """A trace of the suite on which the rule speaks; its own example, if no other names it."""
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "traces")
    for where, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            with open(os.path.join(where, name)) as text:
                marks = [line for line in text if not line.startswith("#") and rule in line.split()]
            if marks:
                return os.path.join(os.path.basename(where), name)
    return "its own example (`synfin explain " + rule + "`)"


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    corpus, program = sys.argv[1], (sys.argv[2:] or ["target/release/synfin"])[0]
    rows = collections.defaultdict(list)
    with gzip.open(os.path.join(corpus, "truth", "wild.tshark.tsv.gz"), "rt") as table:
        for row in csv.DictReader(table, delimiter="\t"):
            rows[row["file"]].append(row)
    streams, kinds, files = Kinds(), Kinds(), 0
    counts, examples = collections.defaultdict(collections.Counter), {}
    odd = ("retransmission", "out_of_order", "lost_segment", "ack_lost_segment", "keep_alive", "zero_window",
           "duplicate_ack", "window_full", "reused_ports", "spurious_retransmission", "fast_retransmission",
           "bad_csum", "malformed", "tfo_syn", "fin_retransmission")
    unseen = Kinds()
    for name in sorted(os.listdir(os.path.join(corpus, "wild"))):
        if name == "MANIFEST.tsv":
            continue
        files += 1
        found = objects(program, os.path.join(corpus, "wild", name))
        connections = [it for it in found if it["type"] == "connection"]
        for it in found:
            if it["type"] == "capture":
                for rule, spoke in it["rules"].items():
                    counts[rule].update(spoke)
        for it in connections:
            for finding in it["findings"]:
                if finding["verdict"] == "broken":
                    said = f"`{name}` #{it['conn']} frame {finding['frame']}: {finding['equation']}"
                    examples.setdefault(finding["rule"], said)
        matches = matched(rows.get(name, []), connections)
        taken = collections.Counter(it["conn"] for _, _, own in matches for it in own)
        for row, client, own in matches:
            where = f"`{name}` stream {row['stream']}"
            if not own:
                quoted = "its headers are only quoted by ICMP errors" if row["icmp_quoted"] != "0" else "other"
                streams.add(f"a stream without a connection: {quoted}", where)
                continue
            if len(own) > 1:
                streams.add("one stream, several connections", f"{where}: #{[it['conn'] for it in own]}")
            elif twins(own[0], connections):
                streams.add("one stream, a connection for each VLAN or tunnel", f"{where}: #{own[0]['conn']}")
            elif taken[own[0]["conn"]] > 1:
                streams.add("several streams, one connection", f"{where}: #{own[0]['conn']}")
            else:
                streams.add("one stream, one connection", where)
                compare(row, client, own[0], kinds, where)
                if all(row[column] == "0" for column in odd):
                    for finding in own[0]["findings"]:
                        if finding["verdict"] == "broken" and finding["severity"] == "violation":
                            said = f"{where} frame {finding['frame']}: {finding['equation']}"
                            unseen.add(finding["rule"], said)
        matched_conns = {it["conn"] for _, _, own in matches for it in own}
        for it in connections:
            if it["conn"] not in matched_conns:
                own = twins(it, connections)
                kind = "a connection without a stream: " + ("the same in another VLAN or tunnel" if own else "other")
                streams.add(kind, f"`{name}` #{it['conn']}")
    print(f"{files} files, {sum(map(len, rows.values()))} streams of tshark\n")
    streams.table(["streams and connections", "count", "example"])
    kinds.table(["field", "count", "example"])
    print("Violations where tshark sees nothing odd:\n")
    unseen.table(["rule", "count", "example"])
    print("| rule | not applicable | holds | broken | undecided | noted | first breach |")
    print("|---|---|---|---|---|---|---|")
    for rule in catalogue(program):
        of = counts.get(rule)
        if of is None:
            print(f"| {rule} | | | | | | never at stake; exercised by {trace_of(rule)} |")
            continue
        cells = [str(of[name]) for name in ("not_applicable", "holds", "broken", "undecided", "noted")]
        print(f"| {rule} | " + " | ".join(cells) + f" | {examples.get(rule, '')} |")


if __name__ == "__main__":
    main()
