#!/bin/sh
# consume.sh [DIRECTORY [COUNT]]: takes articles with newswirectl, prints version and headline (jq).
spool=${1:-/var/spool/newswire} left=${2:--1}
while [ "$left" -ne 0 ] && element=$(newswirectl queue claim --spool "$spool" --wait 60); do
  if newswirectl queue show --spool "$spool" "$element" | jq -r '[.version, .title] | join(" ")'; then
    newswirectl queue ack --spool "$spool" "$element"
  else
    newswirectl queue release --spool "$spool" "$element"
  fi
  left=$((left - 1))
done
