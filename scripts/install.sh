#!/usr/bin/env bash
# install.sh BUILD: put programs, plugins, units and configuration where a system expects them. Called by `make install`
# with PREFIX, DESTDIR, UNITDIR and SYSCONFDIR set. Configuration that is there already is left alone. PARTS says what is
# installed: newswire, forward (newswire-forward, which needs libnats where it runs), or both.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:?usage: install.sh BUILD}
: "${PARTS:=newswire forward}" "${PREFIX:=/usr}" "${DESTDIR:=}" "${UNITDIR:=/lib/systemd/system}" "${SYSCONFDIR:=/etc}"

root=$DESTDIR/
if [[ ! -w $DESTDIR$PREFIX && ! -w ${root%/} && -z $DESTDIR && $EUID != 0 ]]; then
  echo "error: $PREFIX is not writable; run 'sudo make install' or set DESTDIR" >&2
  exit 77
fi

put() {  # put MODE FILE DESTINATION
  install -D -m "$1" "$2" "$DESTDIR$3"
}

has() {  # has PART
  [[ " $PARTS " == *" $1 "* ]]
}

# The units name the programs where a package puts them.
if [[ $PREFIX != /usr ]]; then
  relocate=(-E "/^(Exec[A-Za-z]+|ExecPaths)=/ s#/usr/(s?bin/newswire)#$PREFIX/\\1#g")
else
  relocate=(-n p)
fi

# Pages come from the programs themselves; a package build hands them in.
pages=${MANPAGES:-}
if [[ -z $pages ]] && command -v lowdown >/dev/null; then
  pages=$(mktemp -d)
  trap 'rm -rf "$pages"' EXIT
  ${PYTHON:-/usr/bin/python3} scripts/manual.py "$build" "$pages"
fi
pages() {  # pages FILE…
  local page
  for page in "$@"; do
    [[ -f $page ]] || continue
    put 644 "$page" "$PREFIX/share/man/man${page##*.}/${page##*/}"
  done
}
[[ -n $pages ]] || echo "manual pages left out: lowdown is not installed"

if has forward; then
  put 755 "$build/newswire-forward" "$PREFIX/sbin/newswire-forward"
  [[ -n ${NOSTRIP:-} ]] || strip "$DESTDIR$PREFIX/sbin/newswire-forward"
  put 644 <(sed "${relocate[@]}" systemd/newswire-forward.service) "$UNITDIR/newswire-forward.service"
  for file in systemd/examples/forward/*.conf; do
    put 644 "$file" "$PREFIX/share/doc/newswire-forward/examples/${file##*/}"
  done
  [[ -z $pages ]] || pages "$pages"/newswire-forward.*
fi
has newswire || exit 0

put 755 "$build/newswired" "$PREFIX/sbin/newswired"
put 755 "$build/newswirectl" "$PREFIX/bin/newswirectl"
put 755 "$build/newswire-worker" "$PREFIX/lib/newswire/newswire-worker"
if [[ -z ${NOSTRIP:-} ]]; then
  strip "$DESTDIR$PREFIX/sbin/newswired" "$DESTDIR$PREFIX/bin/newswirectl" "$DESTDIR$PREFIX/lib/newswire/newswire-worker"
fi

for plugin in Plugins/*/plugin.toml; do
  id=$(basename "$(dirname "$plugin")")
  put 644 "$plugin" "$PREFIX/lib/newswire/plugins/$id/plugin.toml"
  if [[ -d Plugins/$id/Sources ]]; then
    put 755 "$build/$id" "$PREFIX/lib/newswire/plugins/$id/$id"
    [[ -n ${NOSTRIP:-} ]] || strip "$DESTDIR$PREFIX/lib/newswire/plugins/$id/$id"
  fi
done
for rules in Plugins/_cms/*/rules.toml; do
  [[ -f $rules ]] || continue
  put 644 "$rules" "$PREFIX/lib/newswire/plugins/_cms/$(basename "$(dirname "$rules")")/rules.toml"
done

# Files of systemd/ go by their kind; the folder's README says what each is for.
place() {  # place SUFFIX-GLOB DIRECTORY [NAME]
  local file
  for file in $1; do
    [[ -f $file ]] || continue
    put 644 "$file" "$2/${3:-$(basename "$file")}"
  done
}
# Completions come from the program itself; a package build hands them in. Shells read them, nobody runs them.
complete() {  # complete SHELL DESTINATION
  local file=${COMPLETIONS:+$COMPLETIONS/$1}
  if [[ -z $file ]]; then
    file=$(mktemp)
    "$build/newswirectl" --generate-completion-script "$1" > "$file"
  fi
  put 644 <(sed '1{/^#!/d}' "$file") "$2"
  [[ -n ${COMPLETIONS:-} ]] || rm "$file"
}
complete bash "$PREFIX/share/bash-completion/completions/newswirectl"
complete zsh "$PREFIX/share/zsh/vendor-completions/_newswirectl"
complete fish "$PREFIX/share/fish/vendor_completions.d/newswirectl.fish"

if [[ -n $pages ]]; then
  for page in "$pages"/*.[1-8]; do
    [[ ${page##*/} == newswire-forward.* ]] || pages "$page"
  done
fi

for kind in service socket target slice timer path; do
  for unit in systemd/*."$kind"; do
    [[ -f $unit && $unit != systemd/newswire-forward.* ]] || continue
    put 644 <(sed "${relocate[@]}" "$unit") "$UNITDIR/${unit##*/}"
  done
done
if [[ $PREFIX != /usr ]]; then
  sed -i -E "s#^ExecPaths=.*#& $PREFIX/lib/newswire#" "$DESTDIR$UNITDIR/newswired.service"
fi
place 'systemd/examples/*.conf' "$PREFIX/share/doc/newswire/examples"
for file in docs/monitoring/*; do put 644 "$file" "$PREFIX/share/doc/newswire/examples/monitoring/${file##*/}"; done
place 'systemd/sysusers.d/*.conf' "$PREFIX/lib/sysusers.d"
place 'systemd/tmpfiles.d/*.conf' "$PREFIX/lib/tmpfiles.d"
place 'systemd/*.catalog' "$PREFIX/lib/systemd/catalog"
place 'systemd/catalog/*.catalog' "$PREFIX/lib/systemd/catalog"
place 'systemd/*.preset' "$PREFIX/lib/systemd/system-preset"
place 'systemd/preset/*.preset' "$PREFIX/lib/systemd/system-preset"

config=$SYSCONFDIR/newswire/newswire.toml
if [[ -e $DESTDIR$config ]] && ! cmp -s etc/newswire/newswire.toml "$DESTDIR$config"; then
  put 644 etc/newswire/newswire.toml "$config.new"
  echo "kept $config; what this version ships is $config.new"
else
  put 644 etc/newswire/newswire.toml "$config"
fi
install -d -m 755 "$DESTDIR$SYSCONFDIR/newswire/newswire.toml.d" "$DESTDIR$SYSCONFDIR/newswire/plugins"
if [[ $PREFIX != /usr ]]; then
  cat > "$DESTDIR$SYSCONFDIR/newswire/newswire.toml.d/00-prefix.toml" <<TOML
# Written by 'make install PREFIX=$PREFIX': where this installation keeps what the defaults expect below /usr.
[paths]
plugins = ["$PREFIX/lib/newswire/plugins", "$SYSCONFDIR/newswire/plugins"]

[workers]
program = "$PREFIX/lib/newswire/newswire-worker"
TOML
fi

[[ -z $DESTDIR ]] || exit 0
if command -v systemd-sysusers >/dev/null; then
  systemd-sysusers newswire.conf 2>/dev/null || echo "warning: systemd-sysusers newswire.conf failed" >&2
  systemd-tmpfiles --create newswire.conf 2>/dev/null || echo "warning: systemd-tmpfiles --create newswire.conf failed" >&2
  journalctl --update-catalog 2>/dev/null || true
fi
if [[ -d /run/systemd/system ]]; then
  systemctl daemon-reload
  echo "Installed. Start it with: systemctl enable --now newswired"
else
  echo "Installed. Run it with: newswired --config $config"
fi
