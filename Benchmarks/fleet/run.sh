#!/usr/bin/env bash
# Measures a fleet on one machine: fetches a second of one node and of three, what a fetch, an article and a node's being there
# cost the database, at one, two and three nodes, and how soon a lost node is replaced. PostgreSQL, nginx and NATS run on the same processors. Needs root.
#
# usage: Benchmarks/fleet/run.sh [PART…]     parts: throughput load takeover; all by default
# example: sudo Benchmarks/fleet/run.sh load
#
# `load` writes what it measured to costs.json beside this script, of which sizing.py computes what a million sources need.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
if [[ ${1:-} == --help || ${1:-} == -h ]]; then sed -n '2,8s/^# \?//p' "$0"; exit; fi
programs=${PROGRAMS:-$here/../../.build/release}
[[ -x $programs/newswired ]] || { echo "error: no newswired in $programs; run 'make build' first" >&2; exit 1; }
PYTHONPATH=$here/../../Tests/System NEWSWIRE_PROGRAMS=$programs exec /usr/bin/python3 "$here/run.py" "$@"
