#!/bin/sh
# Cross-builds stm32boot.exe on Debian: one file that needs nothing but Windows itself, and a zip with it.
# libusb is built from Debian's source package; libraries that are headers only are taken as they are.
# usage: packaging/build-windows.sh [FOLDER]     the zip goes to FOLDER (default: build/mingw)
set -eu
cd "$(dirname "$0")/.."
folder=${1:-build/mingw}
target=x86_64-w64-mingw32
root=$PWD/.deps/windows
exe=build/mingw/apps/stm32boot/stm32boot.exe

check_imports() {
  imports=$($target-objdump -p "$exe" | sed -n 's/.*DLL Name: //p' | sort)
  echo "imports: $(echo "$imports" | tr '\n' ' ')"
  foreign=$(echo "$imports" | grep -vixE 'kernel32.dll|msvcrt.dll|setupapi.dll|cfgmgr32.dll|shell32.dll|advapi32.dll|user32.dll' || :)
  [ -z "$foreign" ] || { echo "build-windows.sh: $exe needs more than Windows: $foreign" >&2; exit 70; }
}

# The same bytes for the same commit.
pack() {
  version=$(sed -n 's/^CMAKE_PROJECT_VERSION:STATIC=//p' build/mingw/CMakeCache.txt)
  name=stm32boot-$version-windows-x86_64
  stage=build/mingw/$name
  rm -rf "$stage"
  mkdir -p "$stage/licences"
  $target-strip -o "$stage/stm32boot.exe" "$exe"
  cp README.md LICENSE CHANGELOG.md packaging/schema/stm32boot.schema.json "$stage"
  sed 's/[\\]//g' packaging/man/stm32boot-troubleshooting.7.scd >"$stage/TROUBLESHOOTING.txt"
  cp "$root"/licences/* "$stage/licences"
  find "$stage" -exec touch -h -d "@${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}" {} +
  zip=$(mkdir -p "$folder" && cd "$folder" && pwd)/$name.zip
  rm -f "$zip"
  (cd build/mingw && find "$name" -type f | LC_ALL=C sort | TZ=UTC zip -X -q "$zip" -@)
  ls -l "$zip"
}

packaging/need.sh build windows
packaging/get-dfu-util.sh
packaging/build-libusb.sh "$root" --host=$target CC=$target-gcc-posix
mkdir -p build
packaging/header-libraries.sh "$root" $target
cmake --preset mingw -DBUILD_TESTING=OFF >build/windows.log
cmake --build --preset mingw --target stm32boot
check_imports
pack
