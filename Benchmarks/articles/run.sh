#!/bin/bash
# run.sh PAGES [PLUGINS]: pages a second of the extractor and its peers over a folder of pages, on one processor and on two.
# PAGES holds index.json and <page>.html.gz (shared/corpus/README.md describes it). ROUNDS (default 4): how often all are
# measured, one after the other; the best round of each counts. SECONDS_EACH (default 2): how long each is measured. WORK
# (default .build/run): where unpacked pages and tools go.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
pages=${1:?usage: run.sh PAGES [PLUGINS]}
plugins=${2:-$here/../../Plugins}
each=${SECONDS_EACH:-2}
rounds=${ROUNDS:-4}
work=${WORK:-$here/.build/run}
scratch=${SCRATCH:-$here/.build}
swift=${SWIFT:-swift}
mkdir -p "$work"
python3 "$here/unpack.py" "$pages" "$work/pages" > "$work/all.tsv"
split -n r/2 --additional-suffix=.tsv "$work/all.tsv" "$work/half-"
# shellcheck disable=SC2046
cc -O2 -o "$work/dom" "$here/dom.c" $(pkg-config --cflags --libs libxml-2.0)
[ -n "${NOBUILD:-}" ] || "$swift" build --package-path "$here" --scratch-path "$scratch" -c release --static-swift-stdlib >&2
bench=$scratch/release/article-bench
venv=${VENV:-$work/venv}
[ -d "$venv" ] || { python3 -m venv "$venv" && "$venv/bin/pip" -q install trafilatura lxml_html_clean resiliparse; }

# on LIST: every tool over one list, a line each: tool, processors, then what it prints.
one() {
  local tool=$1
  shift
  "$@" "$work/all.tsv" ${last:+"$last"} | sed "s/^/$round\t$tool\t1\t/"
  # Two processes, half of the pages each, at the same time: the slower one counts.
  local first second
  "$@" "$work/half-aa.tsv" ${last:+"$last"} > "$work/first" &
  first=$!
  "$@" "$work/half-ab.tsv" ${last:+"$last"} > "$work/second" &
  second=$!
  wait $first $second
  cat "$work/first" "$work/second" | sed "s/^/$round\t$tool\t2\t/"
}
for round in $(seq "$rounds"); do
  last='' one libxml2 "$work/dom" "$each"
  last=$plugins one 'newswire, plugins' "$bench" pages "$each"
  last='' one 'newswire, generic' "$bench" pages "$each"
  last='' one resiliparse "$venv/bin/python" "$here/peers.py" resiliparse "$each"
  last='' one trafilatura "$venv/bin/python" "$here/peers.py" trafilatura "$each"
done | python3 "$here/table.py"
