#!/usr/bin/env bash
# check-size.sh PROGRAM BYTES: fail when the program, stripped, is larger than the budget.
set -euo pipefail
program=${1:?usage: check-size.sh PROGRAM BYTES}
budget=${2:?usage: check-size.sh PROGRAM BYTES}

stripped=$(mktemp)
trap 'rm -f "$stripped"' EXIT
strip -o "$stripped" "$program"
bytes=$(stat -c %s "$stripped")
megabytes() { awk -v bytes="$1" 'BEGIN { printf "%.1f MB", bytes / 1000000 }'; }

echo "${program##*/}: $(megabytes "$bytes") stripped, budget $(megabytes "$budget")"
if ((bytes > budget)); then
  echo "error: over budget. 'nm --size-sort -S $program | tail' shows the largest parts; linking Foundation is the usual cause." >&2
  exit 1
fi
