#!/bin/sh
# Installs what is needed, builds everything with warnings as errors, runs all tests: in memory, the
# binary, and the binary on a real kernel in a virtual machine (about 4 minutes, without KVM). Only installing needs
# root. Where there is no kernel for the virtual machine, the other tests run, and it says what was left out.
# usage: tests/run.sh [CTEST-OPTION]...     such as: tests/run.sh -L fast
set -eu
cd "$(dirname "$0")/.."

packaging/need.sh build firmware test
packaging/get-dfu-util.sh
without_kernel=
{ tests/e2e/get-kernel.sh && tests/e2e/get-lava.sh; } || without_kernel=yes
cmake --preset dev
cmake --build --preset dev
# Virtual machines wait most of the time: two more tests at a time than there are processors.
jobs=$(($(nproc) + 2))
[ -n "$without_kernel" ] || exec ctest --preset dev -j $jobs "$@"

left_out=$(ctest --preset dev -N -L vm "$@" | sed -n 's/^ *Test *#[0-9]*: //p' | tr '\n' ' ')
ctest --preset dev -j $jobs -LE vm "$@"
[ -z "$left_out" ] || { echo "run.sh: left out for want of a kernel (see above): $left_out" >&2; exit 69; }
