#!/bin/sh
# Other people's firmware on the emulated chip: from the running program through its own trigger into DFU mode, flashed,
# and back. Prints a table. tests/README.md says what FOLDER holds.
# usage: tests/emulator/foreign.sh FOLDER [BUILD]
set -eu
folder=$(realpath "$1")
build=$(realpath "${2:-$(dirname "$0")/../../build/dev}")
program=$build/emulated/stm32boot
known=$build/firmware/blackpill.elf
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# stm32boot on this row's board; its events and its result go to $work/out, what it says to $work/log.
board() {
  "$program" --virtual="$work/board" --json "$@" >"$work/out" 2>>"$work/log"
}
# The value of a key in the result.
result() {
  tail -n 1 "$work/out" | sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p"
}
why() {
  tail -n 1 "$work/out" | sed -n 's/.*"error":{"kind":"[^"]*","text":"\(.*\)","context".*/\1/p' | sed 's/\\n.*//; s/\\"/"/g'
}

# Flashes the files that follow what is asked with; says how it went in $entered and $flashed.
flash() {
  entered=- flashed=no
  if board flash "$@"; then
    flashed=yes
  elif [ "$(result verified)" = true ]; then
    flashed='yes, not back'
  else
    reason=$(why)
  fi
  [ "$(result outcome)" != entered ] || entered="$(result trigger)"
}

row() { printf '| %-44s | %3s | %-34s | %-18s | %-14s | %-14s |\n' "$@"; }

try() {
  name=$1 crystal=$2 files=$3 options=$4
  shown='no USB' again=- way=- ours=- reason=
  rm -f "$work/board"
  : >"$work/log"
  export STM32BOOT_CRYSTAL="$crystal"
  # shellcheck disable=SC2086 # several files, several options
  {
    # The ROM starts it without a reset, which not every program bears; the next command switches the board on anew.
    board flash $files || reason="at its first start, by the ROM: $(why)"
    if board list && [ "$(result mode)" = application ]; then
      shown="$(result id) $(result product)"
      if [ "$options" != - ]; then
        flash $files --full --usb 1-1 $options
        way=$entered again=$flashed
      fi
      own=$folder/ours-$crystal.elf
      [ "$crystal" != 25 ] || own=$known
      if [ "$way" != - ] && [ -e "$own" ]; then
        flash "$own" --usb 1-1 $options
        ours=$flashed
      fi
    fi
  }
  row "$name" "$crystal" "$shown" "$way" "$again" "$ours"
  if [ -n "$reason" ]; then echo "  $reason"; fi
  mv "$work/log" "$folder/$(echo "$name" | tr ' /' '__').log"
}

row firmware MHz 'on the bus' 'own way into DFU' 'itself, back' 'ours, back'
row --- --- --- --- --- ---
cd "$folder"
grep -v '^#' table | while IFS='|' read -r name crystal files options; do
  # shellcheck disable=SC2116,SC2086 # without the spaces around it
  try "$(echo $name)" "$(echo $crystal)" "$(echo $files)" "$(echo $options)"
done
