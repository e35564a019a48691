#!/bin/sh
# Prints the table of speed and size: stm32boot beside dfu-util on virtual boards and a real kernel.
# Needs a build (the dev preset); takes about fifteen minutes. Draws docs/speed-*.svg from the same figures.
# usage: tests/bench/run.sh
set -eu
cd "$(dirname "$0")/../.."
build=build/dev
bench=$PWD/$build/tests/bench/bench
program=$PWD/$build/apps/stm32boot/stm32boot

"$build/tests/flow/flow_tests" --gtest_filter='Speed.*' --gtest_output=json:"$build/speed.json" >/dev/null
percent=$(sed -n 's/.*"ratio_percent": "\([0-9]*\)".*/\1/p' "$build/speed.json")
"$build/tests/flow/flow_tests" --gtest_filter='Shared.*' --gtest_output=json:"$build/profile.json" >/dev/null
strip -o "$build/stripped" "$program"
starts=100
begin=$(date +%s%N)
for _ in $(seq $starts); do "$program" --version >/dev/null; done
end=$(date +%s%N)

milliseconds() {
  before=$(date +%s%N)
  "$@" >/dev/null
  echo $((($(date +%s%N) - before) / 1000000))
}
row() { printf '| %-62s | %10s | %-14s |\n' "$@"; }
row what measured goal
row --- --- ---
row 'whole flash over what erasing, programming and wire take' "$percent %" '105 % or less'
x32=$(sed -n 's/.*"x32_over_default_permille": "\([0-9]*\)".*/\1/p' "$build/speed.json")
row 'whole flash with --x32 over without, in virtual time' "$((x32 / 10)).$((x32 % 10)) %" '50 % or less'
row '--version, start to end' "$(((end - begin) / starts / 1000)) us" '15 ms or less'
row 'stripped binary' "$(($(stat -c %s "$build/stripped") / 1024)) KiB" '5 MiB or less'
head -c 4194304 /dev/urandom >"$build/4m.bin"
"$program" convert "$build/4m.bin" "$build/4m.hex" >/dev/null
row 'a file of 4 MiB from Intel HEX to raw binary' "$(milliseconds "$program" convert "$build/4m.hex" "$build/4m-again.bin") ms" ''
cmp "$build/4m.bin" "$build/4m-again.bin"
for share in enter erase program data requests run; do
  permille=$(sed -n 's/.*"'$share'_permille": "\([0-9]*\)".*/\1/p' "$build/profile.json")
  row "share of a whole flash: $share" "$((permille / 10)).$((permille % 10)) %" ''
done
"$build/tests/cli/cli_tests" --gtest_filter='SeveralBoards.TakeNoLongerThanOne' --gtest_output=json:"$build/many.json" >/dev/null
for boards in 1 2 4 8 16 32; do
  permille=$(sed -n 's/.*"permille_of_'$boards'": "\([0-9]*\)".*/\1/p' "$build/many.json")
  row "$boards boards, 100 KiB each, over one, in virtual time" "$(printf '%d.%03d' $((permille / 1000)) $((permille % 1000)))" ''
done
for test in Bench.Memory Bench.Entering Bench.Reading Bench.OneLineOfRealFirmware Bench.BuildToRunning \
  BesideDfuUtil.OnAFastHost BesideDfuUtil.OnASlowHost Bench.InPlaceOfDfuUtil Bench.MemoryOfManyBoards Bench.ManyBoards; do
  mkdir -p "$build/bench-$test"
  cpus=1
  case $test in Bench.ManyBoards) cpus=2 ;; esac # one is too slow for 32 boards: its own time would be measured
  STM32BOOT_VM_CPUS=$cpus tests/e2e/vm.sh "$build/bench-$test" "$bench" --gtest_filter="$test" >"$build/bench-$test.log" || {
    cat "$build/bench-$test.log" >&2
    exit 1
  }
  echo "| $test, processors: $cpus | | |"
  grep '^|' "$build/bench-$test.log"
done

# What the board and the wire take is the same for both; what is left of dfu-util's time, it waits.
theirs=$(sed -n 's/.*not verified: .* s over \([0-9.]*\) s.*/\1/p' "$build/bench-BesideDfuUtil.OnAFastHost.log")
took=$(sed -n 's/.*"took_ms": "\([0-9]*\)".*/\1/p' "$build/profile.json")
part() { # seconds of a share
  permille=$(sed -n 's/.*"'"$1"'_permille": "\([0-9]*\)".*/\1/p' "$build/profile.json")
  awk "BEGIN { print $permille * $took / 1000000 }"
}
board="\"erase\": $(part erase), \"program\": $(part program), \"wire\": $(part data)"
written=$(awk "BEGIN { print $(part data) / 2 }") # which it does not read back
waits=$(awk "BEGIN { print $theirs - $(part erase) - $(part program) - $written }")
cat >"$build/speed-figures.json" <<END
{"bars": [
  {"name": "dfu-util", "note": "erases and writes", "parts":
    {"erase": $(part erase), "program": $(part program), "wire": $written, "waits": $waits}},
  {"name": "stm32boot", "note": "the whole job, verified", "parts":
    {"enter": $(part enter), $board, "requests": $(part requests), "run": $(part run)}},
  {"name": "the limit", "note": "of chip and wire", "parts": {$board}}
]}
END
tests/bench/draw.py "$build/speed-figures.json" docs
