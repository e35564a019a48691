#!/bin/sh
# Runs the tests in memory with sanitizers: address and undefined behaviour (asan), threads (tsan).
# usage: tests/sanitize.sh [asan|tsan]...     default: both
set -eu
cd "$(dirname "$0")/.."
packaging/need.sh build firmware test
packaging/get-dfu-util.sh
[ $# -gt 0 ] || set -- asan tsan
for preset in "$@"; do
  cmake --preset "$preset" >/dev/null
  cmake --build --preset "$preset"
  ctest --preset "$preset" -L fast -j "$(nproc)"
done
