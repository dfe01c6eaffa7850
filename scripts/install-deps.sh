#!/usr/bin/env bash
# Install the Debian packages that building newswire needs; with --package also those that packing it needs, with --test
# also those its tests need.
# Silent and instant when nothing is missing. Without root or passwordless sudo it prints the one line to run and fails.
set -euo pipefail

packages=(
  libcurl4-openssl-dev libpsl-dev libssl-dev libxml2-dev libsystemd-dev libsqlite3-dev libseccomp-dev zlib1g-dev
  libnats-dev
  pkg-config python3 binutils tzdata
)
# systemd for its tools that check units; nothing of it has to run.
package_packages=(debhelper dpkg-dev lowdown)
# Makers of file systems, for tests that cut the power.
# The state of a fleet is tested on a PostgreSQL server that the tests start themselves.
# The service is tested in a clean Debian under its own systemd (mmdebstrap, systemd-nspawn), its figures with Prometheus.
test_packages=(
  nginx-light nats-server openssl iproute2 python3-jsonschema python3-dirq systemd strace jq chromium
  mmdebstrap systemd-container lintian man-db tmux prometheus prometheus-node-exporter e2fsprogs xfsprogs btrfs-progs
  postgresql libpq5
)

case "${1:-}" in
  '') ;;
  --package) packages+=("${package_packages[@]}") ;;
  --test) packages+=("${package_packages[@]}" "${test_packages[@]}") ;;
  *) echo "usage: scripts/install-deps.sh [--package | --test]" >&2; exit 64 ;;
esac

if ! command -v swift >/dev/null; then
  echo "error: swift is not in PATH. Newswire needs Swift 6.3 or later: https://www.swift.org/install/linux/" >&2
  exit 1
fi
if ! command -v dpkg-query >/dev/null; then
  echo "error: this is not a Debian system; install what corresponds to: ${packages[*]}" >&2
  exit 1
fi

# One query for all: a line only for what is installed.
installed=" $(dpkg-query -W -f='${db:Status-Status}=${Package} ' "${packages[@]}" 2>/dev/null || true) "
missing=()
for package in "${packages[@]}"; do
  [[ $installed == *" installed=$package "* ]] || missing+=("$package")
done
((${#missing[@]})) || exit 0

if ((EUID == 0)); then
  root=(env)
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
  root=(sudo env)
else
  echo "error: Debian packages are missing. Run this, then try again:" >&2
  echo "  sudo apt-get install --no-install-recommends ${missing[*]}" >&2
  exit 1
fi

echo "Installing ${missing[*]}"
log=$(mktemp)
blocker=/usr/sbin/policy-rc.d
blocked=
cleanup() {
  rm -f "$log"
  if [[ $blocked ]]; then "${root[@]}" rm -f "$blocker"; fi
}
trap cleanup EXIT

# A package may bring a service (nginx); the tests start their own, so nothing may start now. See invoke-rc.d(8).
if [[ ! -e $blocker ]]; then
  printf '#!/bin/sh\nexit 101\n' | "${root[@]}" tee "$blocker" >/dev/null
  "${root[@]}" chmod 755 "$blocker"
  blocked=yes
fi

install() {
  "${root[@]}" DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 \
    install -qq -y --no-install-recommends "${missing[@]}" >>"$log" 2>&1
}
# Package lists may be absent (a bare container) or stale (a version that the mirror no longer has).
if ! install; then
  if ! { "${root[@]}" apt-get -o DPkg::Lock::Timeout=120 update -qq >>"$log" 2>&1 && install; }; then
    cat "$log" >&2
    echo "error: apt-get could not install ${missing[*]}" >&2
    exit 1
  fi
fi

# Not running now, and not after the next boot either, when it was us who brought it.
for unit in nginx-light=nginx nats-server=nats-server prometheus=prometheus prometheus-node-exporter=prometheus-node-exporter postgresql=postgresql; do
  if [[ " ${missing[*]} " == *" ${unit%=*} "* ]] && command -v systemctl >/dev/null; then
    "${root[@]}" systemctl disable --quiet "${unit#*=}.service" >/dev/null 2>&1 || true
  fi
done
