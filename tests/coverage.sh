#!/bin/sh
# Reports which lines of libsysboot the tests run: those in memory, and with "vm" those in the virtual
# machine, too, without which the code that speaks to the operating system is hardly run.
# usage: tests/coverage.sh [vm]
set -eu
cd "$(dirname "$0")/.."
packaging/need.sh build firmware test coverage
packaging/get-dfu-util.sh
build=build/coverage
cmake --preset coverage >/dev/null
cmake --build --preset coverage
find $build -name '*.gcda' -delete
ctest --preset coverage -L fast -E EveryFault -j "$(nproc)"
# Too slow with counters for the limit that it has as a test.
$build/tests/flow/flow_tests --gtest_filter='*EveryFault*' --gtest_brief=1

if [ "${1:-}" = vm ]; then
  tests/e2e/get-kernel.sh
  tests/e2e/get-lava.sh
  out=$PWD/$build/vm
  rm -rf "$out"
  STM32BOOT_VM_SECONDS=1800 tests/e2e/vm.sh "$out" env GCOV_PREFIX=/run/out/gcda "$PWD/$build/tests/e2e/e2e_tests" \
    --gtest_filter=-Killed.*:ModelProof.*
  gcov-tool merge $build "$out/gcda$PWD/$build" -o "$out/merged"
  cp -r "$out/merged/." $build/
fi
gcovr -r . --object-directory $build --filter libsysboot/src/ --filter libsysboot/include/ --txt
