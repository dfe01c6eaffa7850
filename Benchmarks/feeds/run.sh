#!/bin/bash
# run.sh [FOLDER…]: megabytes a second of the feed reader and its peers over folders of feeds and over generated feeds.
# MEMORY=1: counts allocations and checks memory instead.
# SECONDS_EACH (default 3): how long each is measured. WORK (default .build/run): where generated feeds and tools go.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
each=${SECONDS_EACH:-3}
work=${WORK:-$here/.build/run}
scratch=${SCRATCH:-$here/.build}
swift=${SWIFT:-swift}
mkdir -p "$work"

for spec in rss:1M atom:1M rss:20M atom:20M sitemap:50000; do
  file=$work/${spec/:/-}.xml
  [ -s "$file" ] || python3 "$here/gen.py" "${spec%:*}" "${spec#*:}" > "$file"
done
# shellcheck disable=SC2046
cc -O2 -o "$work/sax" "$here/sax.c" $(pkg-config --cflags --libs libxml-2.0)
"$swift" build --package-path "$here" --scratch-path "$scratch" -c release --static-swift-stdlib >&2
bench=$scratch/release/feed-bench
venv=${VENV:-$work/venv}
[ -d "$venv" ] || { python3 -m venv "$venv" && "$venv/bin/pip" -q install feedparser fastfeedparser; }

# The best of three: sfeed reads standard input and ends, so its start counts; on small feeds it is given many at once.
sfeed_over() {
  local path=$1 size items best=
  size=$(find "$path" -type f -printf '%s\n' | awk '{ s += $1 } END { print s }')
  for _ in 1 2 3; do
    local took
    took=$( { TIMEFORMAT='%U %S'; time find "$path" -type f -print0 |
      xargs -0 -n1 sh -c 'sfeed < "$1" > /dev/null 2>&1 || :' _ ; } 2>&1 | awk '{ print $1 + $2 }')
    best=$(printf '%s\n%s\n' "$took" "${best:-$took}" | sort -g | head -1)
  done
  items=$(find "$path" -type f -print0 | xargs -0 -n1 sh -c 'sfeed < "$1" 2> /dev/null || :' _ | wc -l)
  printf '%s\t%s\t%s\t%s\n' "$path" "$size" "$items" "$best"
}

# Allocations an item, and what hostile documents cost in memory, each in a process of its own.
if [ -n "${MEMORY:-}" ]; then
  cc -O2 -shared -fPIC -o "$work/count.so" "$here/count.c"
  echo "allocations: path, bytes, items, allocations, bytes allocated"
  LD_PRELOAD=$work/count.so "$bench" allocations "$work"/{rss,atom}-{1M,20M}.xml "$work/sitemap-50000.xml"
  python3 "$here/hostile.py" "$work/hostile"
  echo "memory: document, bytes, bytes at the peak, share of eight times the document and 16 MB"
  status=0
  for file in "$work"/hostile/* "$work"/*.xml; do "$bench" memory "$file" || status=1; done
  exit $status
fi

generated=("$work/rss-1M.xml" "$work/atom-1M.xml" "$work/rss-20M.xml" "$work/atom-20M.xml" "$work/sitemap-50000.xml")
paths=("$@" "${generated[@]}")
{
  "$work/sax" "$each" "${paths[@]}" | sed 's/^/sax\t/'
  "$bench" speed "$each" "${paths[@]}" | sed 's/^/newswire\t/'
  "$bench" json "$each" "${paths[@]}" | sed 's/^/newswire+json\t/'
  "$venv/bin/python" "$here/peers.py" fastfeedparser "$each" "${paths[@]}" | sed 's/^/fastfeedparser\t/'
  # A tenth of the speed and less: the large ones would take minutes.
  "$venv/bin/python" "$here/peers.py" feedparser "$each" "$@" "${generated[@]:0:2}" | sed 's/^/feedparser\t/'
  if command -v sfeed > /dev/null; then
    for path in "${paths[@]}"; do sfeed_over "$path" | sed 's/^/sfeed\t/'; done
  fi
} | python3 "$here/table.py"
