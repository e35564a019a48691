#!/bin/sh
# Runs stm32boot.exe and the tests in memory for it under wine: unit, flow and CLI tests, and one flash of a
# virtual board. build/mingw-tests/*.log have all they said.
# usage: packaging/test-windows.sh [smoke]     smoke: the program only
set -eu
cd "$(dirname "$0")/.."
logs=build/mingw-tests
export WINEPREFIX="$PWD/build/wine" WINEDEBUG=-all PATH="$PATH:/usr/lib/wine"

fail() { echo "test-windows.sh: $*" >&2; exit 70; }

smoke() {
  exe=build/mingw/apps/stm32boot/stm32boot.exe
  wine64 "$exe" --version
  rm -f build/windows-board.img build/windows-app.bin
  # A stack in RAM, a reset handler in the image, 4 KiB of zeros.
  printf '\000\000\002\040\011\000\000\010' >build/windows-app.bin
  head -c 4088 /dev/zero >>build/windows-app.bin
  wine64 "$exe" --virtual=build/windows-board.img flash build/windows-app.bin
  cmp -n 4096 build/windows-board.img build/windows-app.bin || fail "the flash does not hold the image"
  wine64 "$exe" list || fail "list without boards failed"
}

tests() {
  packaging/need.sh test
  packaging/build-googletest.sh "$PWD/.deps/windows" libsysboot/cmake/mingw-w64.cmake
  cp -rp /usr/include/valijson .deps/windows/include
  cmake --preset mingw -DBUILD_TESTING=ON >"$logs/configure.log"
  cmake --build --preset mingw --target unit_tests flow_tests cli_tests
  tests/windows/null_modem.py "$WINEPREFIX" COM33 COM34 >"$logs/null_modem.log" &
  modem=$!
  trap 'kill $modem' EXIT
  timeout 10 sh -c "until grep -q ready '$logs/null_modem.log'; do sleep 0.1; done" || fail "no serial ports"
  failed=
  for name in unit flow cli; do
    STM32BOOT_NULL_MODEM=COM33,COM34 wine64 "build/mingw/tests/$name/${name}_tests.exe" >"$logs/$name.log" 2>&1 ||
      failed="$failed $name (exit status $?)"
    echo "$name: $(grep -E '^\[  (PASSED|FAILED)  \] [0-9]+ test' "$logs/$name.log" | tr '\n' ' ')"
  done
  [ -n "$failed" ] || return 0
  grep -h '^\[  FAILED  \]' "$logs"/*.log || true  # a test that crashed has not said so
  fail "failed:$failed; see $logs"
}

packaging/need.sh build windows
[ -f build/mingw/apps/stm32boot/stm32boot.exe ] || packaging/build-windows.sh
mkdir -p "$logs"
[ -d "$WINEPREFIX/dosdevices" ] || wine64 wineboot --init >"$logs/wineboot.log" 2>&1
smoke
[ "${1:-}" = smoke ] || tests
