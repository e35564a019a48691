#!/bin/sh
# Builds the fuzz targets and runs each for SECONDS: stops at nothing, reports executions, and fails
# when there was a finding. Needs clang. Corpora stay in build/fuzz/corpus, findings in
# build/fuzz/findings.
# usage: tests/fuzz/run.sh SECONDS [TARGET…]
set -eu
[ $# -ge 1 ] || { echo "usage: $0 SECONDS [TARGET...]" >&2; exit 64; }
seconds=$1
shift
cd "$(dirname "$0")/../.."
[ $# -gt 0 ] || set -- hex srec elf dfu uf2 image layout configuration string_descriptor

work=build/fuzz
flags='-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer'
cmake -S . -B "$work" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DSTM32BOOT_WERROR=ON \
  -DSTM32BOOT_FUZZ=ON -DBUILD_TESTING=OFF -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++ \
  -DCMAKE_C_FLAGS="$flags" -DCMAKE_CXX_FLAGS="$flags" >/dev/null
nice -n 10 cmake --build "$work" -j "${JOBS:-2}" --target fuzzers fuzz_seeds >"$work/build.log" ||
  { tail -n 30 "$work/build.log" >&2; exit 70; }

mkdir -p "$work/findings" "$work/logs"
failed=0
printf '%-18s %8s %12s %8s %7s  %s\n' target seconds executions edges corpus result
for target; do
  mkdir -p "$work/corpus/$target"
  result=clean
  # Inputs up to 8 KiB; none may take 10 s, or more than 256 MiB in one allocation.
  nice -n 10 "$work/tests/fuzz/fuzz_$target" "$work/corpus/$target" "$work/tests/fuzz/seeds/$target" \
    -max_total_time="$seconds" -max_len=8192 -timeout=10 -malloc_limit_mb=256 -rss_limit_mb=1024 \
    -use_value_profile=1 -print_final_stats=1 -artifact_prefix="$work/findings/$target-" \
    >"$work/logs/$target.log" 2>&1 || { result="FINDING, see $work/logs/$target.log"; failed=1; }
  executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/logs/$target.log")
  edges=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$work/logs/$target.log" | tail -n 1)
  printf '%-18s %8s %12s %8s %7s  %s\n' "$target" "$seconds" "${executions:--}" "${edges:--}" \
    "$(find "$work/corpus/$target" -type f | wc -l)" "$result"
done
exit $failed
