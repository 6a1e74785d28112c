#!/usr/bin/env bash
# What synfin costs beside what a user would run instead, and beside a bare loop: CPU time and memory, measured side by
# side. Every figure is a ratio of one interleaved run on one machine; times alone say little on a shared one.
#
# usage: tests/bench/compare.sh [PACKETS [RUNS]]      (2,000,000 packets and 3 runs if not given)
# Installs tshark, tcptrace, argus and softflowd by apt-get where they are missing (as root, Debian).

set -euo pipefail
cd "$(dirname "$0")/../.."
packets=${1:-2000000} runs=${2:-3}

missing=()
for package in tshark tcptrace argus-server softflowd time; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q ' installed$' || missing+=("$package")
done
if ((${#missing[@]})); then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
cargo build --release --locked --quiet --bin synfin --example generate --example stage

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Kinds of captures: what is generated for each, and what synfin is asked to keep of it. With 200,000 connections open at a
# time a million packets pass in a second, so that no acknowledgment is remarked on for being late.
kinds=(many-small many-small-wide bulk syn-flood mixed)
generated() {
    case $1 in
        many-small-wide) echo "many-small --packets $packets --open 200000 --apart 1" ;;
        bulk) echo "bulk --packets $((packets / 4))" ;;
        *) echo "$1 --packets $packets" ;;
    esac
}

# The tools that take a kind: tcptrace, tshark and argus need minutes or more memory than there is for a flood.
tools_of() {
    case $1 in
        syn-flood) echo floor synfin softflowd ;;
        *) echo floor synfin tcptrace tshark argus softflowd ;;
    esac
}

# The command of a tool for a kind, as words; no tool prints more than a summary.
command_of() {
    local capture=$work/$2.pcap memory=
    # By default fewer connections are kept open.
    [[ $2 == many-small-wide ]] && memory='--memory 4GiB'
    case $1 in
        floor) echo "target/release/examples/stage table $capture" ;;
        synfin) echo "target/release/synfin analyze --fail-on never $memory $capture" ;;
        tcptrace) echo "tcptrace -n $capture" ;;
        tshark) echo "tshark -n -r $capture -q -z conv,tcp" ;;
        argus) echo "argus -r $capture -w $work/argus" ;;
        softflowd) echo "softflowd -r $capture -d -m 20000000 -p $work/pid -c none" ;;
    esac
}

median() { sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }

for kind in "${kinds[@]}"; do
    read -ra words <<<"$(generated "$kind")"
    target/release/examples/generate "${words[0]}" "$work/$kind.pcap" "${words[@]:1}" >"$work/$kind.said"
done
# Each round goes through all captures and tools, so that what else the machine does touches all alike.
for ((run = 0; run < runs; run++)); do
    for kind in "${kinds[@]}"; do
        for tool in $(tools_of "$kind"); do
            cat "$work/$kind.pcap" >/dev/null
            # Damage or findings are no failure here.
            /usr/bin/time -a -o "$work/$tool.$kind" -f '%U %S %M' $(command_of "$tool" "$kind") >/dev/null 2>&1 || true
        done
    done
done

printf 'on %s, %s processors, %s\n' "$(awk -F': ' '/^model name/ { print $2; exit }' /proc/cpuinfo)" "$(nproc)" "$(uname -r)"
for kind in "${kinds[@]}"; do
    said=$(<"$work/$kind.said")
    read -r read _ <<<"$said"
    printf '\n%s: %s\n%-10s %12s %10s %10s %12s\n' "$kind" "$said" tool ns/packet 'x floor' 'x synfin' KiB
    ns() { awk -v n="$read" 'NF == 3 { printf "%.1f\n", ($1 + $2) * 1e9 / n }' "$work/$1.$kind" | median; }
    for tool in $(tools_of "$kind"); do
        awk -v tool="$tool" -v it="$(ns "$tool")" -v floor="$(ns floor)" -v own="$(ns synfin)" \
            -v memory="$(awk 'NF == 3 { print $3 }' "$work/$tool.$kind" | median)" \
            'BEGIN { printf "%-10s %12.0f %10.1f %10.2f %12d\n", tool, it, it / (floor + 0.001), it / (own + 0.001), memory }'
    done
done
