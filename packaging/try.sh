#!/bin/sh
# From a fresh machine to a flashed board: installs what is needed, builds stm32boot and the companion
# firmware, and flashes it onto a virtual Black Pill.
# usage: packaging/try.sh
set -eu
cd "$(dirname "$0")/.."
[ "$(uname -s)" = Linux ] || { echo "try.sh: this version of stm32boot runs on Linux only" >&2; exit 69; }
log=build/try.log
stm32boot=build/release/apps/stm32boot/stm32boot
board=build/try-board.img

logged() {
  "$@" >>"$log" 2>&1 && return 0
  tail -n 30 "$log" >&2
  echo "try.sh: '$*' failed; all it said is in $log" >&2
  exit 70
}
show() { printf '\n$ stm32boot %s\n' "$*" && "$stm32boot" "$@"; }

mkdir -p build
rm -f "$log" "$board"
echo "Installing what is needed ..."
packaging/need.sh build firmware
packaging/get-dfu-util.sh
echo "Building stm32boot and a firmware for the Black Pill ..."
logged cmake --preset release
logged cmake --build --preset release --target stm32boot firmware

firmware=build/release/firmware/blackpill.bin
show --virtual="$board" list
show --virtual="$board" flash "$firmware"
show --virtual="$board" flash "$firmware"
printf '\nThe program is %s; without --virtual it works on real boards.\n' "$stm32boot"
