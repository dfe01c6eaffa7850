#!/bin/bash
# run.sh TARGET [libFuzzer's options and folders]: builds the fuzzer and runs one of its targets.
#
#   Fuzz/run.sh html -runs=200000                       seeded with the fixtures; what it learns stays below Fuzz/.build
#   Fuzz/run.sh html -runs=5000000 -max_len=8192 ~/pages    and with a folder of pages of one's own
#
# A finding is left as crash-… or timeout-… in the present folder. NOBUILD=1 runs what is built.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
target=${1:?usage: run.sh TARGET [libFuzzer\'s options and folders]}
shift
scratch=${SCRATCH:-$here/.build}
swift=$(command -v "${SWIFT:-swift}")
root=$(dirname "$(dirname "$(readlink -f "$swift")")")
FUZZER_LIBRARY=$(echo "$root"/lib/clang/*/lib/linux/libclang_rt.fuzzer_no_main-"$(uname -m)".a)
export FUZZER_LIBRARY
[[ -f $FUZZER_LIBRARY ]] || { echo "libFuzzer is not part of $root" >&2; exit 69; }
[[ -n ${NOBUILD:-} ]] || "$swift" build --quiet --package-path "$here" --scratch-path "$scratch" -c release >&2
# Swift's own report of a trap would come before libFuzzer's, which leaves the input behind.
export SWIFT_BACKTRACE=enable=no
corpus=${CORPUS:-$scratch/corpus-$target}
mkdir -p "$corpus"
dictionary=()
[[ ! -f $here/$target.dict ]] || dictionary=("-dict=$here/$target.dict")
# libFuzzer writes what it learns into the first folder that it is given: never into the seeds.
options=() folders=()
for argument in "$@"; do
  if [[ $argument == -* ]]; then options+=("$argument"); else folders+=("$argument"); fi
done
exec "$scratch/release/newswire-fuzz" "$target" -timeout=20 -rss_limit_mb=1024 -max_len=4096 "${dictionary[@]}" \
  "${options[@]}" "$corpus" "$here/seeds/$target" "${folders[@]}"
