#!/bin/sh
# Checks the Homebrew formula without Homebrew: its syntax, its install into an empty prefix, and its test.
# usage: packaging/homebrew/try.sh
set -eu
cd "$(dirname "$0")/../.."
packaging/need.sh build package
packaging/get-dfu-util.sh

ruby -c packaging/homebrew/stm32boot.rb >/dev/null
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
archive=$(packaging/source-archive.sh "$work")
mkdir -p build
log=build/homebrew.log
ruby packaging/homebrew/try.rb "$archive" .deps/dfu-util-0.11.tar.gz "$work" >"$log" 2>&1 || {
  tail -n 30 "$log" >&2
  echo "homebrew/try.sh: the formula failed; all it said is in $log" >&2
  exit 70
}
tail -n 1 "$log"
