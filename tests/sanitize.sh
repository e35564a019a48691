#!/bin/sh
# Runs the tests in memory with the address and undefined-behaviour sanitizers.
# usage: tests/sanitize.sh
set -eu
cd "$(dirname "$0")/.."
packaging/need.sh build firmware test
packaging/get-dfu-util.sh
cmake --preset asan >/dev/null
cmake --build --preset asan
ctest --preset asan -L fast -j "$(nproc)"
