#!/bin/sh
# From a fresh machine to a flashed board: installs what is needed, builds stm32boot and the companion
# firmware, and flashes it onto a virtual Black Pill. Where there is libunicorn, the board has an emulated
# chip, which runs the firmware that was flashed and lets it answer.
# usage: packaging/try.sh
set -eu
cd "$(dirname "$0")/.."
[ "$(uname -s)" = Linux ] || { echo "try.sh: this version of stm32boot runs on Linux only" >&2; exit 69; }
log=build/try.log
program=build/release/apps/stm32boot/stm32boot
board=build/try-board.img
firmware=build/release/firmware

logged() {
  "$@" >>"$log" 2>&1 && return 0
  tail -n 30 "$log" >&2
  echo "try.sh: '$*' failed; all it said is in $log" >&2
  exit 70
}
show() { printf '\n$ stm32boot %s\n' "$*" && "$stm32boot" "$@"; }
show_and_ask() {
  printf "\n\$ printf 'version\\\\r' | stm32boot %s\n" "$*"
  printf 'version\r' | "$stm32boot" "$@"
}

mkdir -p build
rm -f "$log" "$board"
echo "Installing what is needed ..."
packaging/need.sh build firmware
packaging/need.sh emulator || echo "Going on without libunicorn."
packaging/get-dfu-util.sh
echo "Building stm32boot and a firmware for the Black Pill ..."
logged cmake --preset release
logged cmake --build --preset release --target stm32boot firmware

if grep -q '^unicorn_FOUND:.*=1$' build/release/CMakeCache.txt; then
  echo "Building the emulator ..."
  logged cmake --build --preset release --target stm32boot-emulated
  stm32boot=build/release/emulated/stm32boot
  printf '\nA board from the factory, with BOOT0 held, and then its update:\n'
  show --virtual="$board" list
  show_and_ask --virtual="$board" flash "$firmware/blackpill.bin" --monitor
  show_and_ask --virtual="$board" flash "$firmware/blackpill-next.bin" --monitor
  show_and_ask --virtual="$board" flash "$firmware/blackpill-next.bin" --monitor
else
  stm32boot=$program
  show --virtual="$board" list
  show --virtual="$board" flash "$firmware/blackpill.bin"
  show --virtual="$board" flash "$firmware/blackpill.bin"
fi
printf '\nThe program is %s; without --virtual it works on real boards.\n' "$program"
