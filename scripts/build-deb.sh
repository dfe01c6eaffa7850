#!/usr/bin/env bash
# build-deb.sh BUILD: makes the Debian packages of what is built, in .build/deb, and prints their paths. Needs no root.
# The packing is debhelper's, by the rules in debian/; it works on a copy, so that the tree stays as it is.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:?usage: build-deb.sh BUILD}
version=$(sed -n 's/.*newswireVersion = "\(.*\)".*/\1/p' Sources/Values/Version.swift)
[[ $version ]] || { echo "error: no version in Sources/Values/Version.swift" >&2; exit 1; }
# For packages of the same version that differ, such as those that test an upgrade.
version+=${DEB_REVISION:-}

out=$PWD/.build/deb
tree=$out/newswire-$version
rm -rf "$tree"
mkdir -p "$tree/programs" "$tree/completions"
cp -a debian etc systemd scripts Plugins "$tree"
mkdir "$tree/docs"
cp -a docs/monitoring "$tree/docs"
cp -a "$build/newswired" "$build/newswire-worker" "$build/newswirectl" "$build/newswire-forward" "$tree/programs"
for sources in Plugins/*/Sources; do cp -a "$build/$(basename "${sources%/Sources}")" "$tree/programs"; done
/usr/bin/python3 scripts/manual.py "$build" "$tree/man"
for shell in bash zsh fish; do "$build/newswirectl" --generate-completion-script $shell > "$tree/completions/$shell"; done

# The changelog's one entry is this version; what changed is in CHANGELOG.md, which the package carries too.
changed=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH=$changed
maintainer=$(sed -n 's/^Maintainer: //p' debian/control)
cat > "$tree/debian/changelog" <<TEXT
newswire ($version) unstable; urgency=medium

  * This version of newswire; /usr/share/doc/newswire/NEWS.gz says what changed.

 -- $maintainer  $(LC_ALL=C date --utc --date="@$changed" '+%a, %d %b %Y %H:%M:%S +0000')
TEXT
cp CHANGELOG.md "$tree/NEWS"

log=$out/build.log
if ! (cd "$tree" && env -u MAKEFLAGS -u MAKELEVEL DEB_BUILD_OPTIONS=nocheck debian/rules binary) > "$log" 2>&1; then
  tail -n 30 "$log" >&2
  echo "error: packing failed; the whole log is $log" >&2
  exit 1
fi
for package in "$out"/newswire_"$version"_*.deb "$out"/newswire-forward_"$version"_*.deb; do
  echo "${package#"$PWD"/}: $(du -h "$package" | cut -f1)"
done
