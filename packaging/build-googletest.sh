#!/bin/sh
# Builds Debian's GoogleTest for another system into PREFIX; does nothing when it is there.
# usage: packaging/build-googletest.sh PREFIX TOOLCHAIN-FILE
set -eu
cd "$(dirname "$0")/.."
[ ! -f "$1/lib/libgmock_main.a" ] || exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p build
{ cmake -S /usr/src/googletest -B "$work" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_TOOLCHAIN_FILE="$PWD/$2" \
  -DCMAKE_INSTALL_PREFIX="$1" -DCMAKE_INSTALL_LIBDIR=lib && cmake --build "$work" --target install; } \
  >build/googletest.log 2>&1 || { tail -n 20 build/googletest.log >&2; exit 70; }
