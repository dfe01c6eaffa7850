#!/bin/bash
# run.sh [speed|seen]: articles a second and latency of publishing, beside a C loop of the same system calls and
# python-dirq; then what a million seen articles cost. Wants an idle disk: WORK (default .build/run) says where.
# ROUNDS (default 3): how often each is measured; the best round counts, alternating, so that a busy disk is fair to all.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
project=$(cd "$here/../.." && pwd)
work=${WORK:-$here/.build/run}
rounds=${ROUNDS:-3}
drill=${DRILL:-$project/.build/release/queue-drill}
[ -x "$drill" ] || { echo "run 'make build' first: $drill is missing" >&2; exit 1; }
mkdir -p "$work"
cc -O2 -o "$work/loop" "$here/loop.c"
fresh() { rm -rf "$work/q"; mkdir -p "$work/q"; }

speed() {
  for batch in 1 10 100; do
    count=$((batch < 10 ? 2000 : 5000))
    frames=
    for _ in $(seq "$rounds"); do
      fresh
      line=$("$drill" publish "$work/q" "$batch" "$count" 8192)
      frames=$(cut -f6 <<< "$line")
      cut -f1-5 <<< "$line"
      fresh
      "$work/loop" "$work/q" "$batch" "$count" 8192 "$frames"
    done
  done
  for _ in $(seq "$rounds"); do
    fresh
    /usr/bin/python3 "$here/dirq_add.py" "$work/q" 5000 8192
  done
}

if [ "${1:-speed}" = speed ]; then
  speed | sort -t$'\t' -k2,2n -k1,1 | awk -F'\t' '
    { key = $1 "\t" $2; if (!(key in rate)) order[++n] = key; if ($3 > rate[key]) { rate[key] = $3; p50[key] = $4; p99[key] = $5 } }
    END {
      printf "%-26s %6s %12s %9s %9s %8s\n", "what", "batch", "articles/s", "p50 ms", "p99 ms", "of C"
      for (i = 1; i <= n; i++) {
        split(order[i], part, "\t"); c = rate["C loop\t" part[2]]
        printf "%-26s %6s %12s %9s %9s %8s\n", part[1], part[2], rate[order[i]], p50[order[i]], p99[order[i]], c ? sprintf("%.2f", rate[order[i]] / c) : "-"
      }
    }'
else
  fresh
  "$drill" seen "$work/q" "${COUNT:-1000000}" | column -t -s $'\t'
fi
