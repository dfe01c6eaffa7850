#!/usr/bin/env bash
# run.sh BUILD: the demo. Serves a sample newspaper from loopback, runs the real daemon on it until everything is in the
# queue, and shows what came of it. Needs no internet; leaves its result in var/demo.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:-.build/release}
python=${PYTHON:-/usr/bin/python3}
var=$PWD/var/demo
patience=${DEMO_SECONDS:-60}
expected=11   # ten stories, one of them from the feed's own text because its page fails, and one of them twice

if [[ -t 1 && -z ${NO_COLOR:-} ]]; then bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'; else bold='' dim='' plain=''; fi
title() { printf '\n%s%s%s\n' "$bold" "$1" "$plain"; }
fail() { echo "error: $1" >&2; exit 1; }

for program in newswired newswire-worker newswirectl; do
  [[ -x $build/$program ]] || fail "$build/$program is missing; run 'make build' first"
done
"$python" -c '' 2>/dev/null || fail "$python does not run; install python3 or set PYTHON"

ctl() { NEWSWIRE_SOCKET=$var/control.sock "$build/newswirectl" "$@"; }
shown() {
  printf '%s$ newswirectl %s%s\n' "$dim" "$*" "$plain"
  ctl "$@"
}
queued() { find "$var/spool" -regextype posix-extended -regex '.*/[0-9a-f]{8}/[0-9a-f]{14}' 2>/dev/null | wc -l; }

server='' daemon=''
cleanup() {
  trap - EXIT
  for pid in $daemon $server; do kill "$pid" 2>/dev/null || true; done
  for pid in $daemon $server; do wait "$pid" 2>/dev/null || true; done
}
trap cleanup EXIT
trap 'exit 130' INT TERM

wait_until() {  # wait_until WHAT COMMAND…: succeeds when COMMAND does, fails the demo after $patience seconds
  local what=$1 deadline=$((SECONDS + patience)); shift
  until "$@"; do
    [[ -z $daemon ]] || kill -0 "$daemon" 2>/dev/null || fail "newswired ended early; its last lines are above"
    ((SECONDS < deadline)) || fail "$what: not after $patience s ($(queued) articles in the queue)"
    sleep 0.1
  done
}

rm -rf "$var"
mkdir -p "$var"
"$python" Demo/serve.py --port-file "$var/port" & server=$!
wait_until 'the sample newspaper answers' test -s "$var/port"
sed -e "s|@VAR@|$var|" -e "s|@DEMO@|$PWD/Demo|" -e "s|@PORT@|$(<"$var/port")|" Demo/newswire.toml > "$var/newswire.toml"

title 'The Harbour Courier is out. Newswire reads it:'
"$build/newswired" --config "$var/newswire.toml" & daemon=$!
have() { (($(queued) >= $1)); }
wait_until "$((expected - 1)) articles in the queue" have $((expected - 1))

title 'The storm story has changed meanwhile; we ask for the paper again:'
shown fetch harbour-courier --wait
wait_until 'the second version in the queue' have "$expected"

title 'How it stands'
shown status

title 'The queue: one file an article, complete the moment it appears'
shown queue list --spool "${var#"$PWD/"}/spool"

kill "$daemon"
wait "$daemon" || fail "newswired did not stop cleanly (status $?)"
daemon=''

title 'One article, as any program finds it (IPTC ninjs 3.1; long lines are cut)'
"$python" Demo/show.py "${var#"$PWD/"}/spool" 'night ferry'

title 'What next'
cat <<TEXT
  make run                      the same on real publishers (needs the internet)
  make test                     all tests
  Demo/plugins/harbour-courier/plugin.toml   the plugin you have just seen at work; copy it to add a publisher
  docs/                         running it as a service, writing plugins, reading the queue
  $build/newswirectl queue list --spool var/demo/spool   this demo's queue, until the next demo
TEXT
