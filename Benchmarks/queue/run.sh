#!/bin/bash
# run.sh [speed|seen|seen-unordered|peers|beside]: articles a second and latency of publishing, beside a C loop of the same durable system
# calls and python-dirq's add; or what a million seen articles cost, of publishers as they are, or of one with keys in no order;
# or how that grows from the first ten thousand on, beside a hash table in memory, LMDB and bare SQLite with the same articles
# (wants liblmdb-dev and libsqlite3-dev); or what publishing takes with a million of them beside the same with ten thousand.
#
# speed: ROUNDS (default 25) short runs of each, in turn, newswire and the loop changing places. What counts of each pair is the
# ratio of the two neighbours, and of the ratios the median: what else uses the disk meets both. Wants a disk of its own all the
# same. WORK (default .build/run) says where; COUNT how many articles a run has, for batches of 1 (others: three times as many).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
project=$(cd "$here/../.." && pwd)
work=${WORK:-$here/.build/run}
rounds=${ROUNDS:-25}
drill=${DRILL:-$project/.build/release/queue-drill}
[ -x "$drill" ] || { echo "run 'make build' first: $drill is missing" >&2; exit 1; }
mkdir -p "$work"
cc -O2 -Wall -o "$work/loop" "$here/loop.c"
fresh() { rm -rf "$work/q"; mkdir -p "$work/q"; }
# The frames a commit writes, told by a first run of newswire; and the pages of a checkpoint, as strace shows them.
frames=20 pages=150
newswire() { fresh; line=$("$drill" publish "$work/q" "$1" "$2" 8192); frames=$(cut -f7 <<< "$line"); cut -f1-6 <<< "$line"; }
loop() { fresh; "$work/loop" "$work/q" "$1" "$2" 8192 "$frames" "$pages"; }

speed() {
  for batch in 1 10 100; do
    count=${COUNT:-100}
    [ "$batch" = 1 ] || count=$((count * 3))
    newswire "$batch" "$count" > /dev/null
    for round in $(seq "$rounds"); do
      if [ $((round % 2)) = 0 ]; then newswire "$batch" "$count"; loop "$batch" "$count"
      else loop "$batch" "$count"; newswire "$batch" "$count"; fi | sed "s/^/$round\t/"
      # The pipe's newswire ran in a shell of its own; the frames of the first run stand.
    done
  done
  for round in $(seq 5); do
    fresh
    /usr/bin/python3 "$here/dirq_add.py" "$work/q" 2000 8192 | sed "s/^/$round\t/"
  done
}

if [ "${1:-speed}" = speed ]; then
  speed | /usr/bin/python3 "$here/table.py"
elif [ "$1" = peers ]; then
  for header in lmdb.h sqlite3.h; do
    echo "#include <$header>" | cc -E - > /dev/null 2>&1 || {
      echo "$header is missing: apt-get install liblmdb-dev libsqlite3-dev" >&2
      exit 1
    }
  done
  cc -O2 -Wall -o "$work/seen" "$here/seen.c" -llmdb -lsqlite3
  for store in hash lmdb sqlite newswire; do
    fresh
    echo "$store" >&2
    if [ "$store" = newswire ]; then
      # The columns that the peers have, too.
      "$drill" seen "$work/q" "${COUNT:-1000000}" | cut -f1,3-8
    else "$work/seen" "$work/q" "$store" "${COUNT:-1000000}"; fi | tee /dev/stderr | awk -F '\t' -v OFS='\t' -v store="$store" '
      NR == 1 { $1 = "store"; head = $0 }
      NR == 2 { for (i = 2; i <= NF; i++) first[i] = $i }
      NR > 1 { for (i = 2; i <= NF; i++) last[i] = $i }
      END {
        if (store == "hash") print head
        line = store
        for (i = 2; i <= NF; i++) line = line OFS sprintf("%s to %s (%.1f)", first[i], last[i], last[i] / first[i])
        print line
      }'
  done | column -t -s $'\t'
elif [ "$1" = beside ]; then
  fresh
  "$drill" beside "$work/q" 10000 "${COUNT:-1000000}" | column -t -s $'\t'
else
  fresh
  order=()
  [ "$1" = seen ] || order=(--unordered)
  "$drill" seen "$work/q" "${COUNT:-1000000}" "${order[@]}" | column -t -s $'\t'
fi
rm -rf "$work/q"
