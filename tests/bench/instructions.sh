#!/usr/bin/env bash
# Instructions per packet of each stage, by callgrind: the same on every machine, however busy. Fails where one is over
# its budget (budget.txt beside this file), and says where one is so far under it that the budget should be lowered.
#
# What a run costs besides packets falls out: it is the difference of two captures of different length.
# --print prints the lines for budget.txt instead of comparing.

set -euo pipefail
cd "$(dirname "$0")/../.."
budget=tests/bench/budget.txt
# In hundredths: how far a figure may be from its budget upwards, and how far below it is worth a lower one.
over=3 under=15

cargo build --release --locked --quiet --bin synfin --example generate --example stage
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Instructions of a command.
count() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 >/dev/null | awk '/Collected/ { print $NF }'
}

# Instructions per packet of a stage over a kind of capture.
measure() {
    local stage=$1 kind=$2 short long few many
    short=$work/$kind.short.pcap long=$work/$kind.long.pcap
    [[ -e $long ]] || {
        target/release/examples/generate "$kind" "$short" --packets 8000 --open 400 >"$short.said"
        target/release/examples/generate "$kind" "$long" --packets 24000 --open 400 >"$long.said"
    }
    read -r few _ <"$short.said"
    read -r many _ <"$long.said"
    local -a run=(target/release/examples/stage "$stage")
    [[ $stage == whole ]] && run=(target/release/synfin analyze --fail-on never)
    echo $((($(count "${run[@]}" "$long") - $(count "${run[@]}" "$short")) / (many - few)))
}

failed=0
while read -r stage kind limit; do
    [[ $stage == '#'* || -z $stage ]] && continue
    found=$(measure "$stage" "$kind")
    if [[ ${1-} == --print ]]; then
        printf '%s %s %s\n' "$stage" "$kind" "$found"
        continue
    fi
    note=
    if ((found * 100 > limit * (100 + over))); then
        note='  over its budget' failed=1
    elif ((found * 100 < limit * (100 - under))); then
        note='  far under its budget: lower it'
    fi
    printf '%-8s %-11s %6d instructions a packet, budget %6d%s\n' "$stage" "$kind" "$found" "$limit" "$note"
done <"$budget"
exit "$failed"
