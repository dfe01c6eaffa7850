#!/bin/sh
# consume.sh [DIRECTORY [COUNT]]: takes articles with newswirectl, prints version and headline (jq). With --json a damaged
# element goes to bad/ and the next one is claimed, so that what comes here is whole.
spool=${1:-/var/spool/newswire} left=${2:--1} purged=0
purge() {  # once a minute: frees what dead consumers have held for ten minutes, removes empty directories
  [ "$(date +%s)" -lt $((purged + 60)) ] && return
  newswirectl queue purge --spool "$spool" >/dev/null
  purged=$(date +%s)
}
while [ "$left" -ne 0 ] && purge && claim=$(newswirectl queue claim --spool "$spool" --wait 60 --json); do
  element=$(printf '%s\n' "$claim" | jq -r .name)
  if printf '%s\n' "$claim" | jq -r '.item | [.version, .title] | join(" ")'; then
    newswirectl queue ack --spool "$spool" "$element"
  else
    newswirectl queue release --spool "$spool" "$element"
    sleep 1
  fi
  left=$((left - 1))
done
