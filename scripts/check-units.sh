#!/bin/bash
# Checks what systemd/ ships, with the tools of the systemd that is installed (252 or later):
#   units are understood without a warning, the service's exposure is at most 1.2, users and directories are
#   what they claim to be, the message catalogue reads back.
# Usage: scripts/check-units.sh
# The catalogue is made from the table of events in Sources/Service; to make it again after a change there:
#   UPDATE_CATALOG=1 swift test --filter 'CatalogTests'
set -euo pipefail
cd "$(dirname "$0")/.."

limit=12 # tenths
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failures=0
fail() {
  echo "check-units: $*" >&2
  failures=$((failures + 1))
}

for tool in systemd-analyze systemd-sysusers systemd-tmpfiles journalctl; do
  command -v "$tool" >/dev/null || { echo "check-units: $tool is missing; install systemd" >&2; exit 69; }
done

# Units. The programs are not installed where this runs: any that is missing is replaced, for the check alone, by one
# that is there. Examples are checked as drop-ins, but for keys that are newer than the systemd at hand.
mkdir "$scratch/units" "$scratch/units/newswired.service.d" "$scratch/units/newswire-forward.service.d"
for unit in systemd/*.service systemd/*.socket systemd/*.timer; do
  sed -E 's#^(Exec[A-Za-z]+=)/usr/s?bin/newswire[^ ]*#\1/bin/true#' "$unit" >"$scratch/units/${unit##*/}"
done
version=$(systemctl --version | awk 'NR == 1 { print $2 }')
for example in systemd/examples/*.conf; do
  [ "${example##*/}" = restart-steps.conf ] && [ "$version" -lt 254 ] && continue
  cp "$example" "$scratch/units/newswired.service.d/"
done
cp systemd/examples/forward/*.conf "$scratch/units/newswire-forward.service.d/"
if ! systemd-analyze verify --man=no --recursive-errors=yes "$scratch"/units/*.service "$scratch"/units/*.socket "$scratch"/units/*.timer \
  >"$scratch/verify" 2>&1 || [ -s "$scratch/verify" ]; then
  cat "$scratch/verify" >&2
  fail "systemd-analyze verify complains"
fi

# Exposure, of the unit as shipped.
rm -r "$scratch/units/newswired.service.d" "$scratch/units/newswire-forward.service.d"
if ! systemd-analyze security --offline=true --no-pager --threshold="$limit" "$scratch/units/newswired.service" \
  >"$scratch/security" 2>&1; then
  grep -v '✓' "$scratch/security" >&2 || true
  fail "the exposure of newswired.service is above $limit tenths"
fi

for unit in newswire-metrics newswire-forward; do
  if ! systemd-analyze security --offline=true --no-pager --threshold="$limit" "$scratch/units/$unit.service" \
    >"$scratch/security-$unit" 2>&1; then
    grep -v '✓' "$scratch/security-$unit" >&2 || true
    fail "the exposure of $unit.service is above $limit tenths"
  fi
done

# Users and directories, made in a scratch root.
mkdir -p "$scratch/root/etc" "$scratch/root/var/spool" "$scratch/root/run"
if systemd-sysusers --root="$scratch/root" "$PWD/systemd/sysusers.d/newswire.conf" >"$scratch/sysusers" 2>&1; then
  for name in newswire newswire-admin newswire-consumers; do
    grep -q "^$name:" "$scratch/root/etc/group" || fail "sysusers.d does not make the group $name"
  done
  grep -q '^newswire:' "$scratch/root/etc/passwd" || fail "sysusers.d does not make the user newswire"
else
  cat "$scratch/sysusers" >&2
  fail "systemd-sysusers refuses sysusers.d/newswire.conf"
fi
if [ "$(id -u)" = 0 ]; then
  if systemd-tmpfiles --root="$scratch/root" --create "$PWD/systemd/tmpfiles.d/newswire.conf" >"$scratch/tmpfiles" 2>&1; then
    for expected in "2770 var/spool/newswire" "2700 var/spool/newswire/tmp" "755 run/newswire"; do
      path=${expected#* }
      mode=$(stat -c %a "$scratch/root/$path" 2>/dev/null || echo none)
      [ "$mode" = "${expected%% *}" ] || fail "/$path has mode $mode instead of ${expected%% *}"
    done
  else
    cat "$scratch/tmpfiles" >&2
    fail "systemd-tmpfiles refuses tmpfiles.d/newswire.conf"
  fi
else
  echo "check-units: modes of the directories not checked: that needs root" >&2
fi

# The catalogue.
mkdir -p "$scratch/root/usr/lib/systemd/catalog" "$scratch/root/var/lib/systemd/catalog"
cp systemd/catalog/newswire.catalog "$scratch/root/usr/lib/systemd/catalog/"
if journalctl --root="$scratch/root" --update-catalog >"$scratch/catalog" 2>&1; then
  shipped=$(grep -c '^-- ' systemd/catalog/newswire.catalog)
  read_back=$(journalctl --root="$scratch/root" --list-catalog 2>/dev/null | grep -c '^[0-9a-f]\{32\} newswire:' || true)
  [ "$shipped" = "$read_back" ] || fail "the catalogue has $shipped entries, $read_back read back"
else
  cat "$scratch/catalog" >&2
  fail "journalctl refuses the catalogue"
fi

[ "$failures" = 0 ] || exit 1
echo "check-units: $(grep -o 'exposure level.*: [0-9.]*' "$scratch/security" | tail -c 4) exposure, $shipped catalogue entries, units clean"
