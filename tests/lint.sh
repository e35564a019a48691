#!/bin/sh
# Everything that reads the sources instead of running them; any finding is an error.
# usage: tests/lint.sh
set -eu
cd "$(dirname "$0")/.."
packaging/need.sh lint
sources() { git ls-files "$@"; }
# What only Windows and macOS compile needs their headers.
compiled_here() { sources 'libsysboot/*.cpp' 'apps/*.cpp' | grep -vE '/(windows|mac)/|/libusb/(libusb_bus|hotplug)\.cpp$'; }

sources '*.cpp' '*.hpp' | xargs clang-format --dry-run -Werror
sources '*.sh' .ci/run | xargs shellcheck
doxygen packaging/Doxyfile

# Each file by itself: what it forgets to include must not come from another one.
cmake --preset dev -B build/lint >/dev/null
compiled_here | xargs cppcheck --quiet --error-exitcode=1 --std=c++20 --language=c++ --inline-suppr -j "$(nproc)" \
  --enable=warning,performance,portability --suppress=missingIncludeSystem \
  -I libsysboot/include -I libsysboot/src -I libsysboot/virtual/include
findings=build/lint/clang-tidy.log
if ! compiled_here | xargs -P "$(nproc)" -n 4 clang-tidy -p build/lint --quiet >$findings 2>&1; then
  grep -v 'warnings generated' $findings
  exit 1
fi
