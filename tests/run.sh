#!/bin/sh
# Installs what is needed, builds everything with warnings as errors, runs all tests: in memory, the
# binary, and the binary on a real kernel in a virtual machine (about 10 minutes, without KVM).
# usage: tests/run.sh [CTEST-OPTION]...     such as: tests/run.sh -L fast
set -eu
cd "$(dirname "$0")/.."

packaging/need.sh build firmware test
packaging/get-dfu-util.sh
tests/e2e/get-kernel.sh
cmake --preset dev
cmake --build --preset dev
ctest --preset dev -j "$(nproc)" "$@"
