#!/usr/bin/env bash
# run-local.sh BUILD: the daemon in the foreground on the real publishers, everything below ./var, as any user.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:?usage: run-local.sh BUILD}
mkdir -p var

# Written once: the file is yours to change.
if [[ ! -e var/newswire.toml ]]; then
  cat > var/newswire.toml <<TOML
# The configuration of 'make run'. Every key is explained in etc/newswire/newswire.toml.

[paths]
state = "$PWD/var/state"
spool = "$PWD/var/spool"
plugins = ["$PWD/Plugins"]
socket = "$PWD/var/control.sock"

[fetch]
# Where publishers can reach you; it is part of the User-Agent. Please set it.
#contact = "https://example.org/newswire"
TOML
fi

cat <<TEXT
Articles arrive below var/spool. In another terminal:
  $build/newswirectl status --socket var/control.sock
  $build/newswirectl log -f --socket var/control.sock
  $build/newswirectl queue list --spool var/spool

TEXT
exec "$build/newswired" --config var/newswire.toml
