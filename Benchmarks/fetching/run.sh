#!/usr/bin/env bash
# Measures newswired beside a bare C fetcher on the same libcurl and beside newsboat, against nginx on loopback, in a
# network namespace of its own with a name server for thousands of host names. Prints Markdown tables.
#
# usage: Benchmarks/fetching/run.sh [PART…]     parts: unchanged new idle flat newsboat; all by default
# example: sudo Benchmarks/fetching/run.sh unchanged idle
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
if [[ ${1:-} == --help || ${1:-} == -h ]]; then sed -n '2,7s/^# \?//p' "$0"; exit; fi
programs=${PROGRAMS:-$here/../../.build/release}
[[ -x $programs/newswired ]] || { echo "error: no newswired in $programs; run 'make build' first" >&2; exit 1; }
for need in nginx gcc unshare ip; do
  command -v "$need" >/dev/null || [[ -x /usr/sbin/$need ]] || { echo "error: $need is missing: apt-get install nginx-light gcc iproute2 libcurl4-openssl-dev" >&2; exit 1; }
done
scratch=$(mktemp -d /tmp/nw-fetching.XXXXXX)
trap 'rm -rf "$scratch"' EXIT
gcc -O2 -o "$scratch/fetch" "$here/fetch.c" $(pkg-config --cflags --libs libcurl)
as_root=()
((EUID == 0)) || as_root=(--user --map-root-user)
PYTHONPATH=$here/../../Tests/System NEWSWIRE_PROGRAMS=$programs \
  unshare "${as_root[@]}" --net --mount /usr/bin/python3 "$here/run.py" "$scratch" "$@"
