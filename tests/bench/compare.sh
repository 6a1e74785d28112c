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
capture=$work/capture.pcap

# The command of a tool, as words; no tool prints more than a summary.
command_of() {
    case $1 in
        floor) echo "target/release/examples/stage table $capture" ;;
        synfin) echo "target/release/synfin analyze --fail-on never $capture" ;;
        tcptrace) echo "tcptrace -n $capture" ;;
        tshark) echo "tshark -n -r $capture -q -z conv,tcp" ;;
        argus) echo "argus -r $capture -w $work/argus" ;;
        softflowd) echo "softflowd -r $capture -d -m 20000000 -p $work/pid -c none" ;;
    esac
}

median() { sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }

printf 'on %s, %s processors, %s\n' "$(awk -F': ' '/^model name/ { print $2; exit }' /proc/cpuinfo)" "$(nproc)" "$(uname -r)"
for kind in many-small many-small-wide bulk syn-flood mixed; do
    options=()
    case $kind in
        many-small-wide) options=(--open 200000) ;;
    esac
    count=$packets
    [[ $kind == bulk ]] && count=$((packets / 4))
    said=$(target/release/examples/generate "${kind%-wide}" "$capture" --packets "$count" "${options[@]}")
    read -r read _ connections _ <<<"$said"
    printf '\n%s: %s\n%-10s %12s %10s %10s %12s\n' "$kind" "$said" tool ns/packet 'x floor' 'x synfin' KiB
    tools=(floor synfin tcptrace tshark argus softflowd)
    # These need minutes or more memory than there is for a flood.
    [[ $kind == syn-flood ]] && tools=(floor synfin softflowd)
    for ((run = 0; run < runs; run++)); do
        for tool in "${tools[@]}"; do
            cat "$capture" >/dev/null
            # Damage or findings are no failure here.
            /usr/bin/time -a -o "$work/$tool.$kind" -f '%U %S %M' $(command_of "$tool") >/dev/null 2>&1 || true
        done
    done
    ns() { awk -v n="$read" 'NF == 3 { printf "%.1f\n", ($1 + $2) * 1e9 / n }' "$work/$1.$kind" | median; }
    for tool in "${tools[@]}"; do
        awk -v tool="$tool" -v it="$(ns "$tool")" -v floor="$(ns floor)" -v own="$(ns synfin)" \
            -v memory="$(awk 'NF == 3 { print $3 }' "$work/$tool.$kind" | median)" \
            'BEGIN { printf "%-10s %12.0f %10.1f %10.2f %12d\n", tool, it, it / (floor + 0.001), it / (own + 0.001), memory }'
    done
done
